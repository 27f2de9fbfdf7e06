"""The DOCX of commitment sheets, written from what ``sheets.content`` says."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from . import sheet_content
from .sheet_content import COUNT, FULL, LABEL
from .wordml import GREY, JADE, SHADE, cell, contents, elements, heading, page_number, paragraph, row, run, table

Content = dict[str, Any]
MARGIN = (FULL - 210) / -2
DEMO_FILL = "3a2e00"


def write(data: Content) -> bytes:
    """The file: ``sheets`` one after the other, each on a new page; before several their ``title`` and contents."""
    sheets, title = data["sheets"], data["title"]
    document = _empty(title)
    markup: list[str] = []
    if len(sheets) > 1:
        markup += [paragraph(run(title, "es"), style="Title")]
        markup += [paragraph(run(sheet_content.CONTENTS, "es", bold=True, size=13, colour=JADE), space=(0, 6))]
        markup += contents([(one["title"], one["language"]) for one in sheets])
    for place, one in enumerate(sheets):
        markup += _sheet(one, place, new_page=len(sheets) > 1)
    body = document.element.body
    for element in elements(markup):
        body.insert(len(body) - 1, element)  # before the properties of the section, which come last
    _footer(document, sheets)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _empty(title: str) -> Any:
    """A document of A4 pages in our colours; ``Casilla`` is the paragraph of a cell."""
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    document: Any = Document()
    about, section = document.core_properties, document.sections[0]
    about.title, about.language, about.author, about.comments = title[:255], "es-GT", "", ""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    styles = document.styles
    styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}").set(qn("w:val"), "es-GT")
    normal = styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Calibri", Pt(10.5), RGBColor.from_string("1D2A33")
    small = styles.add_style("Casilla", WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = normal
    small.font.size = Pt(10)
    small.paragraph_format.space_before, small.paragraph_format.space_after = Pt(1.5), Pt(1.5)
    small.paragraph_format.line_spacing = 1.05
    for name, size in (("Title", 22), ("Heading 1", 16), ("Heading 2", 13)):
        style = styles[name]
        style.font.size, style.font.color.rgb, style.font.name = Pt(size), RGBColor.from_string(JADE.upper()), "Calibri"
        fonts = style.element.rPr.rFonts  # the template's own names of a theme would win over ours
        border = style.element.pPr.find(qn("w:pBdr"))
        if border is not None:
            style.element.pPr.remove(border)
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
    return document


def _sheet(one: Content, place: int, *, new_page: bool) -> list[str]:
    made: list[str] = []
    if one["demo"]:
        band = run(one["demo"], "es", colour="ffffff", size=9)
        made.append(paragraph(band, fill=DEMO_FILL, new_page=new_page))
    if one["heading"]:
        above = run(one["heading"], "es", size=9.5, colour=GREY)
        made.append(paragraph(above, new_page=new_page and not made, together=True, space=(0, 0)))
    made.append(heading(one["title"], one["language"], 1, place=place, new_page=new_page and not made))
    made.append(_boxes(one["above"], one["band"]))
    if one["rows"]:
        made += [heading(one["milestones"], "es", 2), _milestones(one)]
    if one["below"]:
        made += [paragraph(space=(0, 4)), _boxes(one["below"], one["band"])]
    for label, lines in ((sheet_content.NOTES, one["notes"]), (sheet_content.AMENDMENTS, one["amendments"])):
        if lines:
            made.append(heading(label, "es", 2))
            made += [paragraph(run(line, one["text_language"])) for line in lines]
    if one["annex"]:
        made += [heading(sheet_content.ANNEX, "es", 2), paragraph(run(one["annex_note"], "es"), together=True)]
        made.append(_boxes(one["annex"], sheet_content.ANNEX_BAND))
    made += [
        paragraph(run(text, language, size=9, colour=GREY), space=(8, 0))
        for text, language in ((one["source"], "es"), (one["address"], "en"))
        if text
    ]
    # a table may not be the last thing of a page that a section ends
    return made if one["source"] or one["address"] else [*made, paragraph()]


def _boxes(boxes: Iterable[Content], band: str) -> str:
    head = _line(band, "es", bold=True, size=9, colour="ffffff")
    rows = [row([cell([head], FULL, fill=JADE, span=2)], header=True)]
    for box in boxes:
        label = cell([_line(box["label"], "es", bold=True, size=9.5)], LABEL, fill=SHADE)
        rows.append(row([label, cell(_paragraphs(box["parts"]), FULL - LABEL)], whole=box["whole"]))
    return table(rows, (LABEL, FULL - LABEL), band)


def _milestones(one: Content) -> str:
    widths = (COUNT, *one["widths"])
    labels = (sheet_content.NUMBER, *one["columns"])
    head = [
        cell([_line(label, "es", bold=True, size=9)], width, fill=SHADE)
        for label, width in zip(labels, widths, strict=True)
    ]
    rows = [row(head, header=True)]
    for milestone in one["rows"]:
        indent = milestone["indent"]
        number = _line(milestone["number"], one["text_language"], size=9, indent=indent)
        cells = [cell([number], COUNT)]
        for place, (beside, width) in enumerate(zip(milestone["cells"], one["widths"], strict=True)):
            cells.append(cell(_paragraphs(beside["parts"], size=9, indent=indent if place == 0 else 0), width))
        rows.append(row(cells, whole=milestone["whole"]))
    return table(rows, widths, one["milestones"])


def _paragraphs(parts: Iterable[Content], *, size: float | None = None, indent: float = 0) -> list[str]:
    made = []
    for part in parts:
        if part["label"]:
            made.append(_line(part["label"], "es", bold=True, size=8.5, colour=JADE, indent=indent))
        made += [_line(text, part["language"], size=size, indent=indent) for text in part["lines"]]
    return made


def _line(text: str, language: str, *, indent: float = 0, **look: Any) -> str:
    return paragraph(run(text, language, **look), style="Casilla", indent=indent)


def _footer(document: Any, sheets: Sequence[Content]) -> None:
    """The number of the page; on demonstration data also that it is."""
    demo = next((one["demo"] for one in sheets if one["demo"]), "")
    text = run(f"{demo} · ", "es", size=9, colour=GREY) if demo else ""
    old = document.sections[0].footer.paragraphs[0]._p
    for element in elements([paragraph(text + page_number("es"))]):
        old.addprevious(element)
    old.getparent().remove(old)
