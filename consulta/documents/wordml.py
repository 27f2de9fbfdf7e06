"""Paragraphs and tables of a DOCX as WordprocessingML: a list of a hundred sheets in a second, not in a minute.

Sizes are in points, widths in millimetres, colours in hexadecimal digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .xml_text import cleaned

INK, JADE, LINE, SHADE, GREY = "1d2a33", "0b5d4e", "e4ddd0", "f6f1e7", "55636d"
LOCALES = {"es": "es-GT", "en": "en-US"}


def run(text: str, language: str, *, bold: bool = False, size: float | None = None, colour: str | None = None) -> str:
    """A run of text in a language; a line end in it is a line break."""
    look = "<w:b/>" if bold else ""
    look += f'<w:color w:val="{colour}"/>' if colour else ""
    look += f'<w:sz w:val="{round(size * 2)}"/>' if size else ""
    look += f"<w:lang w:val={quoteattr(LOCALES.get(language, language))}/>"
    shown = escape(cleaned(text)).replace("\n", "</w:t><w:br/>" + _TEXT).replace("\t", "</w:t><w:tab/>" + _TEXT)
    return f"<w:r><w:rPr>{look}</w:rPr>{_TEXT}{shown}</w:t></w:r>"


_TEXT = '<w:t xml:space="preserve">'


def paragraph(
    content: str = "",
    *,
    style: str = "",
    fill: str = "",
    new_page: bool = False,
    together: bool = False,
    space: tuple[float, float] | None = None,
    indent: float = 0,
) -> str:
    """A paragraph. ``space``: before and after it; ``together``: with the next one; ``fill``: colour behind it."""
    look = f'<w:pStyle w:val="{style}"/>' if style else ""
    look += "<w:keepNext/>" if together else ""
    look += "<w:pageBreakBefore/>" if new_page else ""
    look += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    if space:
        look += f'<w:spacing w:before="{round(space[0] * 20)}" w:after="{round(space[1] * 20)}"/>'
    look += f'<w:ind w:left="{_twips(indent)}"/>' if indent else ""
    return f"<w:p><w:pPr>{look}</w:pPr>{content}</w:p>"


def cell(paragraphs: Sequence[str], width: float, *, fill: str = "", span: int = 1) -> str:
    """A cell, which holds at least one paragraph."""
    look = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/>'
    look += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    look += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{''.join(paragraphs) or paragraph(style='Casilla')}</w:tc>"


def row(cells: Iterable[str], *, header: bool = False, whole: bool = False) -> str:
    """A row; a ``header`` stands again on each page that the table runs on, a ``whole`` one is on one page."""
    look = ("<w:cantSplit/>" if header or whole else "") + ("<w:tblHeader/>" if header else "")
    return f"<w:tr><w:trPr>{look}</w:trPr>{''.join(cells)}</w:tr>"


def table(rows: Iterable[str], widths: Sequence[float], caption: str) -> str:
    """A table of fixed widths with thin lines; ``caption``: what it is, for a screen reader."""
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="100" w:type="dxa"/>'
        '<w:right w:w="100" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="00A0" w:firstRow="1" w:firstColumn="1"/>'
        f"<w:tblCaption w:val={quoteattr(cleaned(caption))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def heading(title: str, language: str, level: int, *, place: int | None = None, new_page: bool = False) -> str:
    """A heading; ``place``: number of the bookmark to which the table of contents leads."""
    inner = run(title, language)
    if place is not None:
        mark = f'<w:bookmarkStart w:id="{place}" w:name="{_anchor(place)}"/>'
        inner = f'{mark}{inner}<w:bookmarkEnd w:id="{place}"/>'
    return paragraph(inner, style=f"Heading{level}", new_page=new_page, together=True)


def contents(entries: Sequence[tuple[str, str]]) -> list[str]:
    """A table of contents that leads to the bookmarks 0, 1, …; the word processor adds pages when asked to update."""
    begin = _field("begin") + '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h </w:instrText></w:r>'
    begin += _field("separate")
    made = []
    for place, (title, language) in enumerate(entries):
        link = f'<w:hyperlink w:anchor="{_anchor(place)}" w:history="1">{run(title, language)}</w:hyperlink>'
        first, last = begin if place == 0 else "", _field("end") if place == len(entries) - 1 else ""
        made.append(paragraph(f"{first}{link}{last}", space=(0, 4)))
    return made


def page_number(language: str) -> str:
    """Runs that show the number of the page."""
    code = '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    return f"{_field('begin')}{code}{_field('separate')}{run('1', language)}{_field('end')}"


def elements(markup: Iterable[str]) -> list[Any]:
    """The elements that the markup writes, to be put into a document."""
    from docx.oxml import parse_xml  # on first use: a worker that writes none is lighter
    from docx.oxml.ns import nsdecls

    return list(parse_xml(f"<w:body {nsdecls('w')}>{''.join(markup)}</w:body>"))


def _field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _anchor(place: int) -> str:
    return f"ficha_{place + 1}"


def _twips(millimetres: float) -> int:
    return round(millimetres * 56.693)
