"""A table in a file: its encoding, its separator, which column is what."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import Invalid

FIELDS = (
    "external_id", "title", "body", "theme", "received_on", "department", "taking_part_as", "language", "withdrawn_on",
)  # fmt: skip
GUESSES = {
    "external_id": ("id", "external_id"), "title": ("title", "titulo", "título"),
    "body": ("body", "description", "texto", "text", "opinion", "opinión"), "theme": ("theme", "tema"),
    "received_on": ("received_on", "created_at", "fecha", "date"), "department": ("department", "departamento"),
    "taking_part_as": ("taking_part_as", "participo_como"), "language": ("language", "idioma"),
    "withdrawn_on": ("withdrawn_on", "retired_at"),
}  # fmt: skip
CELL_MAX = 200_000


@dataclass(frozen=True)
class Given:
    """A file as it was given. ``source``: where its identifiers come from, its name unless said; ``mapping``: field to
    column."""

    data: bytes
    name: str
    source: str | None = None
    delimiter: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None

    @property
    def known_as(self) -> str:
        """The source under which its rows are known."""
        return self.source or self.name.rsplit(".", 1)[0]


def digest(data: bytes) -> str:
    """The SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def opened(given: Given) -> tuple[csv.DictReader[str], dict[str, str]]:
    """The rows, and which column is which field: as mapped, else as its name suggests. ``Invalid`` without a text."""
    reader = reader_of(given)
    names = _names(reader, given)
    columns = guessed(names, given)
    if "body" not in columns and "title" not in columns:
        raise Invalid(
            "%(file)s, línea 1: falta la columna del texto («body»); hay %(columns)s. Diga cuál es.",
            file=given.name, columns=", ".join(names) or "ninguna", field="body",
        )  # fmt: skip
    return reader, columns


def header(given: Given) -> list[str]:
    """The names of the columns."""
    return _names(reader_of(given), given)


def _names(reader: csv.DictReader[str], given: Given) -> list[str]:
    try:
        return list(reader.fieldnames or ())
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea 1: las comillas no cierran bien, y no se entiende qué columnas hay.",
            file=given.name, field="file",
        ) from error  # fmt: skip


def guessed(names: list[str], given: Given) -> dict[str, str]:
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


def reader_of(given: Given) -> csv.DictReader[str]:
    """The rows of a CSV file, by the names of its columns; ``csv.Error`` where quotation marks do not close."""
    text = _decode(given)
    csv.field_size_limit(CELL_MAX)
    first = text.split("\n", 1)[0]
    mark = given.delimiter or max(",;\t", key=first.count)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restkey="", strict=True)


def _decode(given: Given) -> str:
    try:
        return given.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given.data[: error.start].count(b"\n") + 1
        raise Invalid(
            "%(file)s, línea %(line)s: el archivo no está en UTF-8 (byte %(byte)s); guárdelo como «CSV UTF-8».",
            file=given.name, line=line, byte=f"0x{given.data[error.start]:02x}", field="file",
        ) from error  # fmt: skip
