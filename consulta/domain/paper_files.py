"""Notes of a forum's sheets from a table: CSV or XLSX with the columns *hoja*, *nota*, *idioma*, *objeción*."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from . import import_files, papers
from .errors import Invalid, NotFound
from .gatherings import ForumView
from .import_files import Given
from .papers import Note
from .snapshots import ConsultationView
from .texts import as_sent

MOST_NOTES, MOST_UNPACKED = 200, 30_000_000
COLUMNS = {
    "sheet": ("hoja", "sheet", "numero", "número"), "body": ("nota", "note", "texto"),
    "language": ("idioma", "language"), "objection": ("objecion", "objeción", "objection"),
}  # fmt: skip
YES = ("si", "sí", "x", "1", "yes")


@dataclass(frozen=True)
class Taken:
    """How many notes were entered, and how many were there already."""

    entered: int
    there: int


def read(data: bytes, name: str, consultation: ConsultationView) -> dict[int, list[Note]]:
    """The notes by the number of their sheet; ``Invalid`` names line, column and value of the first fault."""
    rows = _xlsx(data, name) if name.lower().endswith(".xlsx") else _csv(data, name)
    header = next(rows, (1, []))[1]
    places = {field: _place(header, guesses) for field, guesses in COLUMNS.items()}
    if places["sheet"] is None or places["body"] is None:
        raise Invalid("%(file)s, línea 1: faltan las columnas «hoja» y «nota».", file=name, field="file")
    codes = {c.code for c in consultation.lists.get("language", ())}
    labels = {c.label["es"].casefold(): c.code for c in consultation.lists.get("language", ())}
    found: dict[int, list[Note]] = defaultdict(list)
    for line, cells in rows:
        given = {field: cells[at].strip() if at is not None and at < len(cells) else "" for field, at in places.items()}
        if not any(given.values()):
            continue
        number = given["sheet"].removesuffix(".0")
        where: dict[str, Any] = {"file": name, "line": line, "field": "file"}
        if not number.isdecimal() or len(number) > 9:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «hoja»: «%(value)s» no es el número de una hoja.",
                value=given["sheet"][:80], **where,
            )  # fmt: skip
        language = labels.get(given["language"].casefold(), given["language"]) or None
        if language and language not in codes:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «idioma»: «%(value)s» no está en la lista de idiomas.",
                value=language[:80], **where,
            )  # fmt: skip
        if not given["body"]:
            raise Invalid("%(file)s, línea %(line)s, columna «nota»: está vacía.", **where)
        found[int(number)].append(Note(given["body"], language, given["objection"].casefold() in YES))
    if sum(map(len, found.values())) > MOST_NOTES:
        raise Invalid("%(file)s: caben 200 notas por archivo. Divídalo en varios.", file=name, field="file")
    if not found:
        raise Invalid("%(file)s: no trae ninguna nota.", file=name, field="file")
    return dict(found)


def take(
    db: Session, consultation: ConsultationView, forum: ForumView, found: dict[int, list[Note]], *, account_id: int,
    now: datetime,
) -> Taken:  # fmt: skip
    """Enter all of it or nothing; what is there already is not entered again."""
    try:
        entered = papers.enter_all(db, consultation, forum, found, account_id=account_id, now=now)
    except NotFound as error:
        raise Invalid("La hoja %(number)s no es de este foro.", number=error.values["number"], field="file") from error
    return Taken(entered, sum(map(len, found.values())) - entered)


def _place(header: list[str], guesses: tuple[str, ...]) -> int | None:
    return next((at for at, cell in enumerate(header) if cell.strip().casefold() in guesses), None)


def _csv(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    reader, text = import_files.reader_of(Given(data, name)), ""
    try:
        yield 1, list(reader.fieldnames or ())
        for row in reader:
            text = next(iter(row.values())) or ""
            yield reader.line_num, [as_sent(value or "") for key, value in row.items() if key]
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea %(line)s: no se entiende (cerca de «%(near)s»).", file=name, line=reader.line_num + 1,
            near=text[:40], field="file",
        ) from error  # fmt: skip


def _xlsx(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    import openpyxl  # on first use: a worker that reads no workbook is lighter

    broken = Invalid("%(file)s no es un libro de Excel (.xlsx), o está dañado.", file=name, field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise Invalid("%(file)s es demasiado grande por dentro.", file=name, field="file")
        book = openpyxl.load_workbook(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise broken from error
    sheet: Any = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        raise broken
    for span in sheet.merged_cells.ranges:
        raise Invalid(
            "%(file)s, línea %(line)s: las celdas %(cells)s están unidas; sepárelas.", file=name, line=span.min_row,
            cells=span.coord, field="file",
        )  # fmt: skip
    for line, row in enumerate(sheet.iter_rows(), start=1):
        yield line, [_cell(name, line, cell) for cell in row]


def _cell(name: str, line: int, cell: Any) -> str:
    if cell.data_type == "f":
        raise Invalid(
            "%(file)s, línea %(line)s, columna «%(column)s»: «%(value)s» es una fórmula; pegue solo el valor.",
            file=name, line=line, column=cell.column_letter, value=str(cell.value)[:80], field="file",
        )  # fmt: skip
    return "" if cell.value is None else as_sent(str(cell.value))
