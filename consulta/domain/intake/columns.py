"""Which column of a table is which field of an opinion."""

from __future__ import annotations

from collections.abc import Mapping

from consulta.domain.errors import Invalid
from consulta.domain.files import tables
from consulta.domain.files.tables import Table, TableFile

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
    "external_id": ("id", "external_id", "number"),
    "title": ("title", "titulo", "título"),
    "body": ("body", "description", "texto", "text", "opinion", "opinión"),
    "theme": ("theme", "tema"),
    "received_on": ("received_on", "created_at", "fecha", "date", "marca temporal", "timestamp"),
    "department": ("department", "departamento"),
    "taking_part_as": ("taking_part_as", "participo_como", "participo como"),
    "language": ("language", "idioma"),
    "withdrawn_on": ("withdrawn_on", "retired_at"),
}
OUR_OWN = frozenset({"number", "kind", "theme", "channel", "department", "week", "title", "body"})
"""Headings by which a file is known as one of our own exports."""


def opened(given: TableFile) -> tuple[Table, dict[str, int]]:
    """The table, and at which place each field stands: as mapped, else as a heading suggests. ``Invalid`` without a
    text, or where two headings suggest one field."""
    table = tables.open_table(given)
    columns = guessed(table, given.mapping)
    if "body" not in columns and "title" not in columns:
        raise Invalid(
            "%(file)s, línea 1: falta la columna del texto («body»); hay %(columns)s. Diga cuál es.",
            file=given.name,
            columns=", ".join(table.columns) or "ninguna",
            field="body",
        )
    return table, columns


def is_our_own(table: Table) -> bool:
    """Whether it is an export of this program, in which what a spreadsheet would run has an apostrophe in front."""
    return set(table.headings) >= OUR_OWN


def guessed(table: Table, mapping: Mapping[str, str]) -> dict[str, int]:
    """Field to place: those mapped (by heading, or by what the column is called), then those a heading suggests."""
    columns: dict[str, int] = {}
    for name, wanted in mapping.items():
        if name not in FIELDS:
            raise Invalid("%(name)s: no existe ese campo; existen %(valid)s", name=name, valid=", ".join(FIELDS))
        columns[name] = _place(table, name, wanted)
    for name, guesses in GUESSES.items():
        if name in columns:
            continue
        found = [
            at
            for at, heading in enumerate(table.headings)
            if heading.casefold() in guesses and at not in columns.values()
        ]
        alike = [at for at in found if table.headings[at].casefold() == table.headings[found[0]].casefold()]
        if len(alike) > 1:
            raise tables.twice(table.name, table.columns[alike[0]], table.columns[alike[1]])
        if found:
            columns[name] = found[0]
    return columns


def _place(table: Table, name: str, wanted: str) -> int:
    said = " ".join(wanted.split())
    called = [at for at, column in enumerate(table.columns) if column == said]
    found = called or [at for at, heading in enumerate(table.headings) if heading == said]
    if not found:
        raise Invalid("%(file)s, línea 1: falta la columna «%(column)s»", file=table.name, column=wanted, field=name)
    if len(found) > 1:
        raise tables.twice(table.name, table.columns[found[0]], table.columns[found[1]])
    return found[0]
