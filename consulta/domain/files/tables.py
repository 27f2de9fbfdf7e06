"""Tables as people hand them in: CSV, XLSX and ODS, read by position by one reader.

Whatever stands in a cell belongs to the column above it, whether or not that column has a heading. What a program adds
to a file (a line ``sep=;``, a mark of the encoding, escapes) is no part of anybody's words.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from consulta.domain.errors import Invalid
from consulta.domain.texts import as_sent

from . import workbooks

CELL_MAX = 200_000
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""What may stand between the cells of a CSV file, by its name in the form."""
WINDOWS = "windows-1252"
_LOOKED_AT = 60
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class TableFile:
    """A file as it was given, and what was said about it.

    ``source``: the import's name, under which its identifiers are known; ``mapping``: field to column; ``values``: what
    the words of a field mean; ``encoding``: ``WINDOWS`` once somebody saw that a sample reads well; ``hidden``:
    ``take`` or ``skip`` for hidden rows; ``alike``: the same for texts that are there already.
    """

    data: bytes
    name: str
    source: str | None = None
    delimiter: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    encoding: str | None = None
    hidden: str | None = None
    alike: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def known_as(self) -> str:
        """The source under which its rows are known: the import's name, or what the file was called before a browser
        numbered it."""
        bare = self.name.rsplit(".", 1)[0]
        return self.source or re.sub(r"(\s*\(\d{1,3}\)|\s+-\s+copia|\s+copy)+$", "", bare).strip() or bare


class NotUtf8(Invalid):
    """A file in another encoding, as Excel's ordinary CSV is; ``sample``: words of it, read as Windows-1252."""

    def __init__(self, name: str, line: int, byte: int, sample: str) -> None:
        super().__init__(
            "%(file)s, línea %(line)s: el archivo no está en UTF-8 (byte %(byte)s). Si «%(sample)s» se lee bien, diga "
            "que es Windows-1252; si no, guárdelo como «CSV UTF-8».",
            file=name,
            line=line,
            byte=f"0x{byte:02x}",
            sample=sample,
            field="encoding",
        )
        self.sample = sample


@dataclass(frozen=True)
class Line:
    """A row of a table: ``number`` of its first line in the file, from 1, and its cells, as many as the header has.
    ``beyond``: what stands in cells beyond the last column."""

    number: int
    cells: tuple[str, ...]
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table that was opened. ``columns``: what each column is called, a heading that two bear or none with its letter
    beside it; ``headings``: as they stand in the file; ``lines`` are read once; ``blank`` is complete then."""

    name: str
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    lines: Iterator[Line]
    blank: list[int]


def digest(data: bytes) -> str:
    """The SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def open_table(given: TableFile) -> Table:
    """Open a table; ``Invalid`` names what cannot be read, by line where there is one."""
    if workbooks.is_workbook(given.data, given.name):
        numbered = workbooks.lines(given.data, given.name, hidden=given.hidden)
    else:
        numbered = _csv_lines(given)
    first = next(((number, cells) for number, cells in numbered if any(cell.strip() for cell in cells)), None)
    if first is None:
        raise Invalid("%(file)s: el archivo está vacío.", file=given.name, field="file")
    headings = tuple(" ".join(cell.split()) for cell in first[1])
    while headings and not headings[-1]:
        headings = headings[:-1]
    blank: list[int] = []
    return Table(given.name, headings, _columns(headings), _rows(numbered, len(headings), blank), blank)


def _columns(headings: Sequence[str]) -> tuple[str, ...]:
    times = Counter(heading.casefold() for heading in headings)
    return tuple(
        heading if heading and times[heading.casefold()] == 1 else f"{heading} (columna {workbooks.letter(at)})".strip()
        for at, heading in enumerate(headings)
    )


def _rows(numbered: Iterator[tuple[int, list[str]]], width: int, blank: list[int]) -> Iterator[Line]:
    """Rows as wide as the header; empty ones are counted and not given."""
    for number, cells in numbered:
        if not any(cell.strip() for cell in cells):
            blank.append(number)
            continue
        padded = (*cells[:width], *[""] * (width - len(cells)))
        beyond = tuple(cells[width:])
        yield Line(number, padded, beyond if any(cell.strip() for cell in beyond) else ())


def too_wide(table: Table, line: Line) -> Invalid:
    """The refusal of a row with more cells than the header: a text with commas and no quotation marks, of which the end
    would be lost."""
    return Invalid(
        "%(file)s, línea %(line)s: «%(value)s» está de más, pues hay %(columns)s columnas. Ponga entre comillas el "
        "texto que lleva comas.",
        file=table.name,
        line=line.number,
        value=next(cell for cell in line.beyond if cell.strip())[:80],
        columns=len(table.columns),
        field="file",
    )


def strict(table: Table) -> Iterator[Line]:
    """The rows, clean; ``Invalid`` for the first that is wider than the header, or holds what cannot be kept."""
    for line in table.lines:
        if line.beyond:
            raise too_wide(table, line)
        yield Line(line.number, tuple(clean(table, line.number, at, cell) for at, cell in enumerate(line.cells)))


def clean(table: Table, number: int, at: int, cell: str) -> str:
    """A cell as text is kept; ``Invalid`` names line and column of what cannot be."""
    try:
        return as_sent(cell)
    except Invalid as error:
        raise Invalid(
            "%(file)s, línea %(line)s, columna «%(column)s»: hay un signo que no se puede guardar. Bórrelo.",
            file=table.name,
            line=number,
            column=table.columns[at],
            field="file",
        ) from error


def _csv_lines(given: TableFile) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with the line on which each begins."""
    text, skipped = _decoded(given), 0
    mark = SEPARATORS.get(given.delimiter or "", given.delimiter)
    first, _, rest = text.partition("\n")
    said = first.strip().strip('"').casefold()
    if said.startswith("sep=") and len(said) <= 5:
        mark, text, skipped = mark or said[4:] or "\t", rest, 1
    csv.field_size_limit(CELL_MAX)
    mark = mark or _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    begun, near = 1, ""
    try:
        for cells in reader:
            yield begun + skipped, cells
            begun, near = reader.line_num + 1, cells[0] if cells else near
    except csv.Error as error:
        if "field larger" in str(error):
            raise Invalid(
                "%(file)s, línea %(line)s: una casilla pasa de %(most)s letras.",
                file=given.name,
                line=begun + skipped,
                most=f"{CELL_MAX:,}",
                field="file",
            ) from error
        raise Invalid(
            "%(file)s, línea %(line)s: las comillas no cierran bien (cerca de «%(near)s»).",
            file=given.name,
            line=begun + skipped,  # the reader stands at the end of the file where quotation marks do not close
            near=near[:40],
            field="file",
        ) from error


def _separator(text: str) -> str:
    """What separates the cells: that with which the first rows are as wide as the header, and the header is widest."""

    def fit(mark: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        try:
            widths = [len(cells) for cells in islice(reader, _LOOKED_AT) if any(cells)]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max(SEPARATORS.values(), key=fit)
    return best if fit(best)[1] else ","


def _decoded(given: TableFile) -> str:
    """The text of a CSV file with line ends as LF where they stand between rows; ``NotUtf8`` with a sample."""
    data = given.data
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), given.encoding or "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise Invalid("%(file)s: el archivo está cortado o dañado.", file=given.name, field="file") from error
        line = data[: error.start].count(b"\n") + 1
        around = data[max(0, error.start - 20) : error.start + 30].decode(WINDOWS, "replace")
        raise NotUtf8(given.name, line, data[error.start], " ".join(around.split())) from error


def twice(name: str, one: str, other: str) -> Invalid:
    """The refusal of two headings of the file ``name`` that mean the same: what stands under one would be lost."""
    return Invalid(
        "%(file)s, línea 1: hay dos columnas para lo mismo («%(one)s» y «%(other)s»). Deje una, o diga cuál es.",
        file=name,
        one=one,
        other=other,
        field="file",
    )


def places(table: Table, columns: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    """Which column holds a field, by the headings that it may bear; ``Invalid`` if two do, or if a heading is none of
    them: what stands there would be lost in silence."""
    said = [heading.casefold() for heading in table.headings]
    found: dict[str, int | None] = {}
    for field_, names in columns.items():
        at = [place for place, cell in enumerate(said) if cell in names]
        if len(at) > 1:
            raise twice(table.name, table.columns[at[0]], table.columns[at[1]])
        found[field_] = at[0] if at else None
    return found


def unknown(table: Table, found: Mapping[str, int | None], columns: Mapping[str, Sequence[str]]) -> Invalid | None:
    """The refusal of a heading that is none of the known ones."""
    taken = set(found.values())
    strange = next((heading for at, heading in enumerate(table.headings) if heading and at not in taken), None)
    if strange is None:
        return None
    return Invalid(
        "%(file)s, línea 1: no conocemos la columna «%(column)s». Se entienden: %(known)s. Quítela o cámbiele "
        "el nombre.",
        file=table.name,
        column=strange[:80],
        known=", ".join(names[0] for names in columns.values()),
        field="file",
    )


def picked(line: Line, where: Mapping[str, int | None]) -> dict[str, str]:
    """The fields of a row; empty where it has no such column."""
    return {field: line.cells[at].strip() if at is not None else "" for field, at in where.items()}
