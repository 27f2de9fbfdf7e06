"""Marks of who came, made with or without internet. They only add up: whoever has a mark that nobody undid is there, in
whatever order and however often marks arrive."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, aliased

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions.fingerprints import sha256
from consulta.domain.forums.registrations import Guest
from consulta.domain.texts import showable
from consulta.models.forums import AttendanceMark, Registration

PIECE = 50
"""Marks of one transaction, which stays short."""
NAME = 80
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_M: Any = AttendanceMark.__table__
_R: Any = Registration.__table__


class Outcome(StrEnum):
    """What became of a mark that was brought. ``unknown``: of nobody who is on the list of this forum."""

    NEW = "new"
    KNOWN = "known"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Person:
    """Somebody on the roster, as stored."""

    id: int
    ref: str
    present: bool


@dataclass(frozen=True)
class Brought:
    """A mark as a device brings it: of the holder of a code, of somebody unannounced, or an undo of one of its own."""

    id: str
    at: datetime
    folio_hash: bytes | None = None
    undoes: str | None = None
    guest: Guest | None = None
    department: str | None = None


def read(data: Mapping[str, Any], consultation: ConsultationView) -> Brought | None:
    """A mark from what a device wrote down; ``None`` if it says nothing of sense. Choices that are not on the lists
    are left out: a person who came is not lost for them."""
    id_, at = data.get("id"), data.get("at")
    if not (isinstance(id_, str) and _ID.fullmatch(id_) and isinstance(at, int | float) and 0 <= at < 1e14):
        return None
    made_at = datetime.fromtimestamp(at / 1000, UTC)
    code, undoes, name = data.get("code"), data.get("undoes"), data.get("name")
    if isinstance(undoes, str) and _ID.fullmatch(undoes):
        return Brought(id_, made_at, undoes=undoes)
    if isinstance(code, str) and re.fullmatch(r"[0-9a-f]{64}", code):
        return Brought(id_, made_at, folio_hash=bytes.fromhex(code))
    if not isinstance(name, str) or not showable(name, NAME).strip():
        return None
    guest = Guest(
        showable(name, NAME).strip(),
        first=_text(data.get("table")),
        taking_part_as=_listed(consultation, "taking_part_as", data.get("taking_part_as")),
    )
    return Brought(id_, made_at, guest=guest, department=_listed(consultation, "department", data.get("department")))


def store(db: Session, rows: Sequence[dict[str, Any]]) -> bool:
    """Add marks of a person who is locked, unless they are there; whether they were new."""
    if db.execute(select(_M.c.mark).where(_M.c.mark.in_([row["mark"] for row in rows]))).first():
        return False
    db.execute(insert(_M), list(rows))
    return True


def known(db: Session, mark_id: str) -> bool:
    """Whether a mark came before."""
    return db.execute(select(_M.c.mark).where(_M.c.mark == sha256(mark_id).hex())).first() is not None


def standing(db: Session, registration_id: int) -> list[str]:
    """The marks of a person that nobody undid."""
    undo = aliased(_M)
    query = select(_M.c.mark).where(_M.c.registration_id == registration_id, _M.c.present)
    undone = select(undo.c.mark).where(undo.c.undoes == _M.c.mark).exists()
    return list(db.execute(query.where(~undone).order_by(_M.c.mark)).scalars())


def named(folio_hash: bytes | None, undone: str | None) -> Any:
    """The condition for whom a mark is of: the holder of a code, or whose mark it takes back."""
    if undone is None:
        return _R.c.folio_hash == folio_hash
    return _R.c.id == select(_M.c.registration_id).where(_M.c.mark == undone).scalar_subquery()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _listed(consultation: ConsultationView, name: str, value: object) -> str | None:
    return value if isinstance(value, str) and value in {c.code for c in consultation.lists.get(name, ())} else None
