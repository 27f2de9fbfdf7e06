"""The minutes of an act as a document: DOCX, and PDF/UA-1 that a screen reader reads."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .glyphs import printable
from .typesetting import here


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


def docx(record: Record) -> bytes:
    """The document for a word processor."""
    from docx import Document  # on first use: a worker that writes none is lighter

    document: Any = Document()
    document.core_properties.title = record.title
    document.core_properties.language = record.language
    if record.demo:
        document.add_paragraph(record.demo, style="Intense Quote")
    document.add_heading(record.title, 0)
    document.add_paragraph(record.consultation)
    table = document.add_table(rows=0, cols=2)
    for label, text in record.facts:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, text
    for heading, text in record.parts:
        if heading:
            document.add_heading(heading, 1)
        for paragraph in text.split("\n\n"):
            document.add_paragraph(paragraph)
    if record.voices:
        document.add_heading(record.voices_heading, 1)
        for who, said in record.voices:
            document.add_paragraph(who, style="Heading 2")
            document.add_paragraph(said)
    document.add_paragraph(record.source)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(record: Record) -> bytes:
    """The same as PDF/UA-1."""
    return here("minutes.typ", printable(json.dumps(asdict(record), ensure_ascii=False)))
