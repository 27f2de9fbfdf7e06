"""Files as people hand them in."""

from __future__ import annotations

import io

from pypdf import PdfWriter


def written(writer: PdfWriter) -> bytes:
    """The bytes of a PDF."""
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def one_page() -> PdfWriter:
    """A PDF of an empty page."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    return writer


PDF = written(one_page())
