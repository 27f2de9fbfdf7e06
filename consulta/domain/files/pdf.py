"""A PDF as somebody handed it in, and whether it is one that may be published."""

from __future__ import annotations

import io
from typing import Any

from consulta.domain.errors import Invalid

MAX_BYTES = 10_000_000
ACTIVE = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA", "/EmbeddedFile", "/EmbeddedFiles", "/Rendition")
"""What makes a PDF do something when it is opened, or carry something else along."""
MAX_OBJECTS = 200_000


def check_pdf(data: bytes, name: str) -> None:
    """``Invalid`` says what is wrong: too large, no PDF, locked, damaged, or holding a script or another file."""
    if len(data) > MAX_BYTES:
        raise Invalid("«%(name)s» pesa más de 10 MB. Divídalo o bájele la calidad.", name=name, field="document")
    if not data.startswith(b"%PDF-"):
        raise Invalid("«%(name)s» no es un PDF.", name=name, field="document")
    # Imported when somebody uploads: a server that only serves is lighter without it.
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Invalid("«%(name)s» está protegido con contraseña: quítesela.", name=name, field="document")
        pages, active = len(reader.pages), _holds_script(reader)
    except Invalid:
        raise
    except Exception as error:  # the library raises a dozen kinds for what somebody put together by hand
        raise Invalid("«%(name)s» está dañado: no se puede leer como PDF.", name=name, field="document") from error
    if not pages:
        raise Invalid("«%(name)s» no tiene ninguna página.", name=name, field="document")
    if active:
        raise Invalid(
            "«%(name)s» trae un programa u otro archivo adentro (%(what)s). Guárdelo de nuevo como PDF simple.",
            name=name,
            what=active.strip("/"),
            field="document",
        )


def _holds_script(reader: Any) -> str | None:
    """The first active thing found in a walk through every object that can be reached."""
    from pypdf.generic import IndirectObject

    seen: set[tuple[int, int]] = set()
    todo: list[Any] = [reader.trailer]
    while todo and len(seen) < MAX_OBJECTS:
        one = todo.pop()
        if isinstance(one, IndirectObject):
            place = (one.idnum, one.generation)
            one = None if place in seen else one.get_object()
            seen.add(place)
        if isinstance(one, dict):
            for key, value in dict.items(one):
                if key in ACTIVE or (key == "/S" and value in ACTIVE):
                    return str(key if key in ACTIVE else value)
                todo.append(value)
        elif isinstance(one, list):
            todo += list.__iter__(one)
    if todo:
        raise ValueError("more objects than are looked at")
    return None
