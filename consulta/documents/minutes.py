"""The minutes of an act as a document: DOCX, and PDF/UA-1 that a screen reader reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from .glyphs import printable
from .setting import Manuscript


@dataclass(frozen=True)
class Record:
    """What the document says; ``facts`` and ``voices``: label and text; ``parts``: heading (may be empty) and text."""

    title: str
    consultation: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[tuple[str, str]]
    voices_heading: str
    voices: Sequence[tuple[str, str]]
    source: str
    demo: str
    language: str


def docx(record: Record) -> Manuscript:
    """The document for a word processor."""
    return Manuscript("minutes.docx", json.dumps(asdict(record), ensure_ascii=False))


def pdf(record: Record) -> Manuscript:
    """The same as PDF/UA-1."""
    return Manuscript("minutes.pdf", printable(json.dumps(asdict(record), ensure_ascii=False)))
