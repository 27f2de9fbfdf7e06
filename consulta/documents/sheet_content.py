"""What a printed sheet says, whatever prints it: boxes, rows, cells, amendments, annex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from consulta.domain.sheets.boxes import BoxRow, Part, place
from consulta.domain.sheets.lines import with_unsaid
from consulta.domain.sheets.sheet import Amendment, Generation, Sheet
from consulta.domain.sheets.templates import TEMPLATES

from .glyphs import breadth
from .xml_text import cleaned

CONTENTS = "Contenido"
NOTES = "Notas"
AMENDMENTS = "Enmiendas"
ANNEX = "Sin lugar en esta plantilla"
ANNEX_BAND = "Anexo de la ficha"
ANNEX_NOTE = (
    "La plantilla de la Alianza para el Gobierno Abierto (%s) no tiene una casilla para lo que sigue. "
    "Se anexa para que no se pierda."
)
BAND = "Ficha de compromiso · Plantilla de la Alianza para el Gobierno Abierto, %s"
UNTITLED = "Compromiso sin nombre"
NUMBER = "N.º"

WIDTHS = {
    "responsible": 31,
    "continuity": 18,
    "start": 22,
    "end": 22,
    "expected_output": 52,
    "expected_completion": 33,
}
"""Millimetres of a column of milestones; the text takes the rest."""
FULL, LABEL, COUNT = 170, 50, 13
"""Millimetres between the margins, of the labels, of the numbers."""
PADDING, INDENT, DEEPEST = 4.3, 3, 3
"""Millimetres inside a cell, by which a part of a milestone is set in, and how often at most."""
LOW = 25
"""Lines of a row that is not broken over pages."""
BOX_SIZE, CELL_SIZE = 3.36, 3.0
"""Millimetres of the square of a sign in a box (9.5 points) and in the milestones (8.5 points)."""


@dataclass(frozen=True)
class Page:
    """A sheet to print. ``number``: of the commitment or proposal; ``heading``: the line above the title, in Spanish;
    ``address``: where it stands on the web; ``source``: the line about where it is from; ``demo``: text of the band on
    demonstration data."""

    sheet: Sheet
    generation: Generation
    number: int | None = None
    heading: str = ""
    address: str = ""
    source: str = ""
    demo: str = ""
    amendments: tuple[Amendment, ...] = ()


def title_of(pages: Sequence[Page]) -> str:
    """What a document is called that was given no title: its sheet, or its first and how many more."""
    first = named(pages[0]) if pages else CONTENTS
    return first if len(pages) < 2 else f"{first} (+{len(pages) - 1})"


def named(page: Page) -> str:
    """«17. Agua limpia»: number and title in one line."""
    number = page.sheet.number if page.number is None else page.number
    title = " ".join((page.sheet.title or UNTITLED).split()) or UNTITLED
    return cleaned(title if number is None else f"{number}. {title}")


def content(page: Page) -> dict[str, Any]:
    """What a sheet's document says, in order, ready for both formats."""
    sheet, template = page.sheet, TEMPLATES[page.generation]
    placed = place(sheet, page.generation)
    boxes = [(box.below, _box(box.label, box.parts)) for box in placed.boxes]
    widths = [WIDTHS.get(column.key, 0) for column in template.columns]
    widths = [width or FULL - COUNT - sum(widths) for width in widths]
    return {
        "title": named(page),
        "language": sheet.language if sheet.title else "es",
        "text_language": sheet.language,
        "heading": cleaned(page.heading),
        "demo": cleaned(page.demo),
        "source": cleaned(page.source),
        "address": cleaned(page.address),
        "band": BAND % template.years,
        "above": [box for below, box in boxes if not below],
        "below": [box for below, box in boxes if below],
        "milestones": placed.milestones,
        "columns": list(placed.columns),
        "widths": widths,
        "rows": [_row(row, widths) for row in placed.rows],
        "notes": [cleaned(text) for text in placed.notes],
        "amendments": [line for one in page.amendments for line in _amendment(one)],
        "annex": [_box(part.label, [replace(part, label="")]) for part in placed.unplaced],
        "annex_note": ANNEX_NOTE % template.years,
    }


def _box(label: str, parts: Sequence[Part]) -> dict[str, Any]:
    cell = _cell(parts, FULL - LABEL, BOX_SIZE)
    return {"label": label, **cell, "whole": cell["lines"] <= LOW}


def _row(row: BoxRow, widths: Sequence[int]) -> dict[str, Any]:
    indent = min(row.depth, DEEPEST) * INDENT
    narrowed = (widths[0] - indent, *widths[1:])
    cells = [_cell(parts, width, CELL_SIZE) for parts, width in zip(row.cells, narrowed, strict=True)]
    whole = all(cell["lines"] <= LOW for cell in cells)
    return {"indent": indent, "number": cleaned(row.number), "cells": cells, "whole": whole}


def _cell(parts: Sequence[Part], width: float, size: float) -> dict[str, Any]:
    """The parts of a cell. ``lines``: how many it is high; ``breaks``: whether a word is wider than the cell, which is
    found out here because a PDF in which every word may break takes half as much memory again."""
    texts = [{**asdict(part), "lines": [cleaned(line) for line in part.lines]} for part in parts]
    lines = [line for text in texts for line in text["lines"]]
    room = (width - PADDING) / size
    high = sum(1 + int(breadth(line) / room) for line in lines)
    return {
        "parts": texts,
        "lines": high,
        "breaks": any(breadth(word) > room for line in lines for word in line.split()),
    }


def _amendment(one: Amendment) -> tuple[str, ...]:
    """The footnote, and what it does not say itself of when, by whom, from what and to what."""
    told = with_unsaid(one.text, (one.day_text, one.approved_by, one.before, one.after))
    return tuple(cleaned(f"{one.footnote}. {line}" if n == 0 else line) for n, line in enumerate(told))
