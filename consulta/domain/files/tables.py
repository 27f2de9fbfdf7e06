"""Tables as people hand them in: CSV and XLSX, read by one reader."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consulta.domain.errors import Invalid
from consulta.domain.texts import as_sent

CELL_MAX, MAX_UNPACKED = 200_000, 30_000_000


@dataclass(frozen=True)
class TableFile:
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


def reader_of(given: TableFile) -> csv.DictReader[str]:
    """The rows of a CSV file, by the names of its columns; what stands beyond the last heading comes under ``None``.
    ``csv.Error`` where quotation marks do not close."""
    text, mark = _opened(given)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, strict=True)


def _opened(given: TableFile) -> tuple[str, str]:
    """The text of a CSV file, and what stands between its cells."""
    text = _decode(given)
    csv.field_size_limit(CELL_MAX)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return text, given.delimiter or max(",;\t", key=first.count)


def _decode(given: TableFile) -> str:
    try:
        return given.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given.data[: error.start].count(b"\n") + 1
        raise Invalid(
            "%(file)s, línea %(line)s: el archivo no está en UTF-8 (byte %(byte)s); guárdelo como «CSV UTF-8».",
            file=given.name,
            line=line,
            byte=f"0x{given.data[error.start]:02x}",
            field="file",
        ) from error


def rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV or XLSX file with their number, the header first; ``Invalid`` names what cannot be read."""
    return _xlsx(data, name) if name.lower().endswith(".xlsx") else _csv(data, name)


def places(header: Sequence[str], columns: Mapping[str, Sequence[str]], name: str) -> dict[str, int | None]:
    """Which column of the file ``name`` holds a field, by the headings that it may bear; ``Invalid`` if two do."""
    said = [cell.strip().casefold() for cell in header]
    found: dict[str, int | None] = {}
    for field_, names in columns.items():
        at = [place for place, cell in enumerate(said) if cell in names]
        if len(at) > 1:
            raise twice(name, header[at[0]].strip(), header[at[1]].strip())
        found[field_] = at[0] if at else None
    return found


def twice(name: str, one: str, other: str) -> Invalid:
    """The refusal of two headings of the file ``name`` that mean the same: what stands under one would be lost."""
    return Invalid(
        "%(file)s, línea 1: hay dos columnas para lo mismo («%(one)s» y «%(other)s»). Deje una.",
        file=name,
        one=one,
        other=other,
        field="file",
    )


def picked(cells: Sequence[str], where: Mapping[str, int | None]) -> dict[str, str]:
    """The fields of a line; empty where it has no such cell."""
    return {field: cells[at].strip() if at is not None and at < len(cells) else "" for field, at in where.items()}


def _csv(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text, mark = _opened(TableFile(data, name))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    width, good, near = 0, 0, ""
    try:
        for cells in reader:
            width = width or len(cells)
            good, near = reader.line_num, cells[0] if cells else near
            if any(cell.strip() for cell in cells[width:]):
                raise Invalid(
                    "%(file)s, línea %(line)s: «%(value)s» está de más, pues hay %(columns)s columnas. Ponga entre "
                    "comillas el texto que lleva comas.",
                    file=name,
                    line=reader.line_num,
                    value=cells[width][:80],
                    columns=width,
                    field="file",
                )
            if cells:
                yield reader.line_num, [as_sent(cell) for cell in cells[:width]]
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea %(line)s: no se entiende (cerca de «%(near)s»).",
            file=name,
            line=good + 1,  # the reader stands at the end of the file where quotation marks do not close
            near=near[:40],
            field="file",
        ) from error


def _xlsx(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # on first use: a worker that reads no workbook is lighter

    broken = Invalid("%(file)s no es un libro de Excel (.xlsx), o está dañado.", file=name, field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise Invalid("%(file)s es demasiado grande por dentro.", file=name, field="file")
        book = openpyxl.load_workbook(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise broken from error
    sheet: Any = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        raise broken
    for span in sheet.merged_cells.ranges:
        raise Invalid(
            "%(file)s, línea %(line)s: las celdas %(cells)s están unidas; sepárelas.",
            file=name,
            line=span.min_row,
            cells=span.coord,
            field="file",
        )
    for line, row in enumerate(sheet.iter_rows(), start=1):
        yield line, [_cell(name, line, cell) for cell in row]


def _cell(name: str, line: int, cell: Any) -> str:
    if cell.data_type == "f":
        raise Invalid(
            "%(file)s, línea %(line)s, columna «%(column)s»: «%(value)s» es una fórmula; pegue solo el valor.",
            file=name,
            line=line,
            column=cell.column_letter,
            value=str(cell.value)[:80],
            field="file",
        )
    return "" if cell.value is None else as_sent(str(cell.value))
