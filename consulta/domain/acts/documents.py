"""Documents: PDF files up to 10 MB, checked to be one, kept by their SHA-256."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import Invalid, NotFound
from consulta.models.acts import Act, ActVersion, StoredFile
from consulta.models.positions import Position

MOST_BYTES = 10_000_000
MOST_REQUEST = 10_800_000
"""A document with the rest of its form."""
ACTIVE = ("/JS", "/JavaScript", "/Launch", "/RichMedia", "/XFA", "/EmbeddedFile", "/EmbeddedFiles", "/Rendition")
"""What makes a PDF do something when it is opened, or carry something else along."""
MOST_OBJECTS = 200_000


def check_pdf(data: bytes, name: str) -> None:
    """``Invalid`` says what is wrong: too large, no PDF, locked, damaged, or holding a script or another file."""
    if len(data) > MOST_BYTES:
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
    while todo and len(seen) < MOST_OBJECTS:
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


def store(db: Session, data: bytes, name: str) -> dict[str, Any]:
    """Keep a document that was checked; what an entry and a page say of it."""
    digest = hashlib.sha256(data).hexdigest()
    put: Any = postgres_insert if is_postgres(db) else sqlite_insert
    db.execute(put(StoredFile).values(sha256=digest, content=data).on_conflict_do_nothing())
    return {"name": name[:120], "sha256": digest, "size": len(data)}


def read(db: Session, consultation: ConsultationView, sha256: str) -> bytes:
    """The bytes of a document that an act or a position of this consultation published; ``NotFound`` else."""
    found = None
    if re.fullmatch(r"[0-9a-f]{64}", sha256) and _published(db, consultation, sha256):
        found = db.execute(select(StoredFile.content).where(StoredFile.sha256 == sha256)).scalar_one_or_none()
    if found is None:
        raise NotFound("No hay un documento con esa dirección.")
    return found


def _published(db: Session, consultation: ConsultationView, sha256: str) -> bool:
    act = select(ActVersion.id).join(Act, Act.id == ActVersion.act_id)
    act = act.where(Act.consultation_id == consultation.id, cast(ActVersion.content, String).contains(sha256))
    position = select(Position.id).where(
        Position.consultation_id == consultation.id, cast(Position.document, String).contains(sha256)
    )
    return any(db.execute(query.limit(1)).first() for query in (act, position))
