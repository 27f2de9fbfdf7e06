"""The DOCX of minutes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any


def write(record: Mapping[str, Any]) -> bytes:
    """The document for a word processor, of a ``minutes.Record`` as a mapping."""
    from docx import Document

    document: Any = Document()
    document.core_properties.title = record["title"]
    document.core_properties.language = record["language"]
    if record["demo"]:
        document.add_paragraph(record["demo"], style="Intense Quote")
    document.add_heading(record["title"], 0)
    document.add_paragraph(record["consultation"])
    table = document.add_table(rows=0, cols=2)
    for label, text in record["facts"]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, text
    for heading, text in record["parts"]:
        if heading:
            document.add_heading(heading, 1)
        for paragraph in text.split("\n\n"):
            document.add_paragraph(paragraph)
    if record["voices"]:
        document.add_heading(record["voices_heading"], 1)
        for who, said in record["voices"]:
            document.add_paragraph(who, style="Heading 2")
            document.add_paragraph(said)
    document.add_paragraph(record["source"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
