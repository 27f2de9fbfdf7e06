"""Workbooks (XLSX, ODS) as rows of text: what is seen in a cell, without what only a program understands.

What a reader of values would pass over in silence is refused by its cell: formulas (one that was never computed has no
value), errors, joined cells. Hidden rows are named, and somebody says whether they belong to it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

from consulta.domain.errors import Invalid

MAX_UNPACKED = 30_000_000
TYPES = (".xlsx", ".xlsm", ".ods")
_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


@dataclass
class Unseen:
    """What a reader of values does not tell: rows and columns that are hidden (from 1), and the first cell that is a
    formula or an error, with what is wrong with it."""

    rows: list[int] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    cell: tuple[str, int, str] | None = None


_AS_ELEMENTS = {re.compile(rb"<text:tab\b[^>]*/>"): b"&#9;", re.compile(rb"<text:line-break\b[^>]*/>"): b"&#10;"}


def is_workbook(data: bytes, name: str) -> bool:
    """Whether a file is a workbook, by its name or by how it begins."""
    return name.lower().endswith((*TYPES, ".xls")) or data.startswith((_PACKED, _OLD))


def lines(data: bytes, name: str, *, hidden: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that is seen, with their numbers; ``hidden``: ``take`` or ``skip`` hidden rows."""
    if data.startswith(_OLD) or (name.lower().endswith(".xls") and not data.startswith(_PACKED)):
        raise Invalid(
            "%(file)s es un libro de Excel antiguo (.xls). Guárdelo como «Libro de Excel (.xlsx)» y súbalo otra vez.",
            file=name,
            field="file",
        )
    sheet, unseen = _opened(data, name)
    if unseen.cell:
        column, line, why = unseen.cell
        raise Invalid(
            "%(file)s, línea %(line)s, columna «%(column)s»: %(why)s.",
            file=name,
            line=line,
            column=column,
            why=why,
            field="file",
        )
    if (unseen.rows or unseen.columns) and hidden not in ("take", "skip"):
        raise Invalid(
            "%(file)s tiene ocultas: %(what)s. Diga si también se toman, o muéstrelas y suba el archivo otra vez.",
            file=name,
            what=_named(unseen),
            field="hidden",
        )
    skipped = set(unseen.rows) if hidden == "skip" else set()
    return ((at, row) for at, row in sheet if at not in skipped)


def _named(unseen: Unseen) -> str:
    rows, columns = ", ".join(map(str, unseen.rows[:20])), ", ".join(unseen.columns[:20])
    return "; ".join(
        part for part in (f"filas {rows}" if rows else "", f"columnas {columns}" if columns else "") if part
    )


def _opened(data: bytes, name: str) -> tuple[Iterator[tuple[int, list[str]]], Unseen]:
    import python_calamine as calamine  # on first use: a worker that reads no workbook is lighter

    broken = Invalid("%(file)s no es un libro de cálculo (.xlsx, .ods), o está dañado.", file=name, field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise Invalid("%(file)s es demasiado grande por dentro.", file=name, field="file")
            book = calamine.CalamineWorkbook.from_filelike(_with_signs(packed, data))
            seen = [one for one in book.sheets_metadata if one.visible == calamine.SheetVisibleEnum.Visible]
            if not seen:
                raise broken
            unseen = (
                _in_ods(packed, seen[0].name) if "content.xml" in packed.namelist() else _in_xlsx(packed, seen[0].name)
            )
        sheet = book.get_sheet_by_name(seen[0].name)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, OSError) as error:
        raise broken from error
    except calamine.CalamineError as error:
        raise broken from error
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        raise Invalid(
            "%(file)s, línea %(line)s: las celdas %(cells)s están unidas; sepárelas.",
            file=name,
            line=top + 1,
            cells=f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}",
            field="file",
        )
    values = sheet.to_python(skip_empty_area=False)
    return ((at, [_text(cell) for cell in row]) for at, row in enumerate(values, start=1)), unseen


def _with_signs(packed: zipfile.ZipFile, data: bytes) -> io.BytesIO:
    """ODS holds tabs and line ends within a text as elements, which the reader leaves out; as signs they stay."""
    content = packed.read("content.xml") if "content.xml" in packed.namelist() else b""
    if not any(pattern.search(content) for pattern in _AS_ELEMENTS):
        return io.BytesIO(data)
    for pattern, sign in _AS_ELEMENTS.items():
        content = pattern.sub(sign, content)
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as out:
        for one in packed.infolist():
            own = content if one.filename == "content.xml" else packed.read(one)
            out.writestr(one.filename, own, one.compress_type)
    changed.seek(0)
    return changed


def letter(at: int) -> str:
    """The letter of a column, as spreadsheets say it: 0 is A, 26 is AA."""
    before, own = divmod(at, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + own)


def _text(cell: Any) -> str:
    """What is seen in a cell: whole numbers without a point, days and times in ISO form."""
    if isinstance(cell, bool):
        return "sí" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).replace("\r\n", "\n")


def _in_xlsx(packed: zipfile.ZipFile, name: str) -> Unseen:
    """What is unseen in a sheet of an XLSX file."""
    found = Unseen()
    with packed.open(_sheet_file(packed, name)) as file:
        for _, node in ElementTree.iterparse(file):  # noqa: S314
            if node.tag == f"{_MAIN}col" and node.get("hidden") in ("1", "true"):
                found.columns += [letter(at - 1) for at in range(int(node.get("min", 1)), int(node.get("max", 1)) + 1)][
                    :50
                ]
            elif node.tag == f"{_MAIN}c" and found.cell is None:
                _note_cell(found, node)
            elif node.tag == f"{_MAIN}row":
                if node.get("hidden") in ("1", "true") and len(node):
                    found.rows.append(int(node.get("r", len(found.rows) + 1)))
                node.clear()
    return found


def _note_cell(found: Unseen, node: ElementTree.Element) -> None:
    place = _REFERENCE.fullmatch(node.get("r", ""))
    formula = node.find(f"{_MAIN}f")
    if place and formula is not None:
        found.cell = place[1], int(place[2]), f"«={(formula.text or '')[:60]}» es una fórmula; pegue solo el valor"
    elif place and node.get("t") == "e":
        said = node.findtext(f"{_MAIN}v") or "#¿?"
        found.cell = place[1], int(place[2]), f"«{said[:20]}» es un error de la hoja; escriba el valor o bórrelo"


def _parsed(packed: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part of a workbook. No spreadsheet writes one that declares entities; expat refuses amplification too."""
    data = packed.read(name)
    if b"<!DOCTYPE" in data[:1_000]:
        raise ValueError(name)
    return ElementTree.fromstring(data)  # noqa: S314


def _sheet_file(packed: zipfile.ZipFile, name: str) -> str:
    book = _parsed(packed, "xl/workbook.xml")
    ids = {one.get("name"): one.get(_RELATION) for one in book.iter(f"{_MAIN}sheet")}
    relations = _parsed(packed, "xl/_rels/workbook.xml.rels")
    target = next(one.get("Target", "") for one in relations if one.get("Id") == ids[name])
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _in_ods(packed: zipfile.ZipFile, name: str) -> Unseen:
    """What is unseen in a sheet of an ODS file."""
    found, content = Unseen(), _parsed(packed, "content.xml")
    sheet = next(one for one in content.iter(f"{_TABLE}table") if one.get(f"{_TABLE}name") == name)
    line = 0
    for row in sheet.iter(f"{_TABLE}table-row"):
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            found.rows += list(range(line + 1, line + 1 + min(repeated, 50)))
        at = 0
        for cell in row:
            formula = cell.get(f"{_TABLE}formula")
            if formula and found.cell is None:
                said = formula.partition(":")[2] or formula
                found.cell = letter(at), line + 1, f"«{said[:60]}» es una fórmula; pegue solo el valor"
            at += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        line += repeated
    return found
