"""Commitment sheets as documents in the look of OGP's form: DOCX, and PDF/UA-1 that a screen reader reads.

One sheet, or a whole plan with a table of contents. What stands in a box is what ``sheet_placing`` puts there, each
line a paragraph; the labels are the form's own, in Spanish, and every text is marked with its language.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import sheet_content
from .glyphs import printable
from .sheet_content import AMENDMENTS, ANNEX, ANNEX_BAND, CONTENTS, COUNT, FULL, LABEL, NOTES, NUMBER, Page
from .typesetting import apart, here
from .xml_text import cleaned


def docx(pages: Sequence[Page], *, title: str = "") -> bytes:
    """The sheets for a word processor; ``title``: of the whole, needed where there are several."""
    from consulta.documents.sheets_docx import write  # on first use: a worker that writes none is lighter

    return write([sheet_content.content(page) for page in pages], title or sheet_content.title_of(pages))


def pdf(pages: Sequence[Page], *, title: str = "") -> bytes:
    """The same as PDF/UA-1."""
    data = {
        "title": cleaned(title or sheet_content.title_of(pages)),
        "contents": CONTENTS,
        "notes": NOTES,
        "amendments": AMENDMENTS,
        "annex": ANNEX,
        "annex_band": ANNEX_BAND,
        "number": NUMBER,
        "full": FULL,
        "label": LABEL,
        "count": COUNT,
        "sheets": [sheet_content.content(page) for page in pages],
    }
    typeset = apart if len(pages) > 1 else here
    return typeset("sheets.typ", printable(json.dumps(data, ensure_ascii=False)))
