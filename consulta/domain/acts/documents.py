"""Documents: PDF files up to 10 MB, checked to be one, kept by their SHA-256."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import NotFound
from consulta.models.acts import Act, ActVersion, StoredFile
from consulta.models.positions import Position

MAX_REQUEST = 10_800_000
"""A document with the rest of its form."""


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
