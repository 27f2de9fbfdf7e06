"""Commitment sheets as documents in the look of OGP's form: DOCX, and PDF/UA-1 that a screen reader reads.

One sheet, or a whole plan with a table of contents. What stands in a box is what ``sheet_placing`` puts there, each
line a paragraph; the labels are the form's own, in Spanish, and every text is marked with its language.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import sheet_content
from .glyphs import printable
from .setting import Manuscript
from .sheet_content import AMENDMENTS, ANNEX, ANNEX_BAND, CONTENTS, COUNT, FULL, LABEL, NOTES, NUMBER, Page
from .xml_text import cleaned


def docx(pages: Sequence[Page], *, title: str = "") -> Manuscript:
    """The sheets for a word processor; ``title``: of the whole, needed where there are several."""
    data = {
        "title": title or sheet_content.title_of(pages),
        "sheets": [sheet_content.content(page) for page in pages],
    }
    return Manuscript("sheets.docx", json.dumps(data, ensure_ascii=False))


def pdf(pages: Sequence[Page], *, title: str = "") -> Manuscript:
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
    return Manuscript("sheets.pdf", printable(json.dumps(data, ensure_ascii=False)))
