"""A table in a file: its encoding, its separator, which column is what."""

from __future__ import annotations

import csv

from consulta.domain.errors import Invalid
from consulta.domain.files import tables
from consulta.domain.files.tables import TableFile

FIELDS = (
    "external_id",
    "title",
    "body",
    "theme",
    "received_on",
    "department",
    "taking_part_as",
    "language",
    "withdrawn_on",
)
GUESSES = {
    "external_id": ("id", "external_id"),
    "title": ("title", "titulo", "título"),
    "body": ("body", "description", "texto", "text", "opinion", "opinión"),
    "theme": ("theme", "tema"),
    "received_on": ("received_on", "created_at", "fecha", "date"),
    "department": ("department", "departamento"),
    "taking_part_as": ("taking_part_as", "participo_como"),
    "language": ("language", "idioma"),
    "withdrawn_on": ("withdrawn_on", "retired_at"),
}


def opened(given: TableFile) -> tuple[csv.DictReader[str], dict[str, str]]:
    """The rows, and which column is which field: as mapped, else as its name suggests. ``Invalid`` without a text."""
    reader = tables.reader_of(given)
    names = _names(reader, given)
    columns = guessed(names, given)
    twice = next((column for column in columns.values() if names.count(column) > 1), None)
    if twice is not None:
        raise tables.twice(given.name, twice, twice)
    if "body" not in columns and "title" not in columns:
        raise Invalid(
            "%(file)s, línea 1: falta la columna del texto («body»); hay %(columns)s. Diga cuál es.",
            file=given.name,
            columns=", ".join(names) or "ninguna",
            field="body",
        )
    return reader, columns


def header(given: TableFile) -> list[str]:
    """The names of the columns."""
    return _names(tables.reader_of(given), given)


def _names(reader: csv.DictReader[str], given: TableFile) -> list[str]:
    try:
        return list(reader.fieldnames or ())
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea 1: las comillas no cierran bien, y no se entiende qué columnas hay.",
            file=given.name,
            field="file",
        ) from error


def guessed(names: list[str], given: TableFile) -> dict[str, str]:
    """Field to column: those mapped, then those whose name suggests it."""
    columns: dict[str, str] = {}
    for name, wanted in given.mapping.items():
        if name not in FIELDS:
            raise Invalid("%(name)s: no existe ese campo; existen %(valid)s", name=name, valid=", ".join(FIELDS))
        if wanted not in names:
            raise Invalid(
                "%(file)s, línea 1: falta la columna «%(column)s»", file=given.name, column=wanted, field=name
            )
        columns[name] = wanted
    for name, guesses in GUESSES.items():
        match = next((n for n in names if n.strip().lower() in guesses and n not in columns.values()), None)
        if name not in columns and match:
            columns[name] = match
    return columns
