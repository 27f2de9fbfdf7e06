"""Marks of who came, made with or without internet. They only add up: whoever has a mark that nobody undid is there, in
whatever order and however often marks arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, aliased

from consulta.domain.codes import sha256
from consulta.models.base import table_of
from consulta.models.forums import AttendanceMark, Registration, Seat

PIECE = 50
"""Marks of one transaction, which stays short."""
_M = table_of(AttendanceMark)
_R = table_of(Registration)
ON_PAPER = select(_M.c.mark).where(_M.c.registration_id == _R.c.id, _M.c.on_paper).exists()
"""The condition for whom a row of the typed sheet stands for."""


@dataclass(frozen=True)
class Person:
    """Somebody on the roster, as stored."""

    id: int
    ref: str
    present: bool


def store(db: Session, rows: Sequence[dict[str, Any]]) -> bool:
    """Add marks of a person who is locked, unless they are there; whether they were new."""
    if db.execute(select(_M.c.mark).where(_M.c.mark.in_([row["mark"] for row in rows]))).first():
        return False
    db.execute(insert(_M), list(rows))
    return True


def known(db: Session, mark_id: str) -> bool:
    """Whether a mark came before."""
    return db.execute(select(_M.c.mark).where(_M.c.mark == sha256(mark_id).hex())).first() is not None


def holder(db: Session, mark_id: str) -> int | None:
    """Whose mark it is; ``None`` if it never came."""
    return db.execute(select(_M.c.registration_id).where(_M.c.mark == sha256(mark_id).hex())).scalar()


def standing(db: Session, registration_id: int) -> list[str]:
    """The marks of a person that nobody undid."""
    undo = aliased(_M)
    query = select(_M.c.mark).where(_M.c.registration_id == registration_id, _M.c.present)
    undone = select(undo.c.mark).where(undo.c.undoes == _M.c.mark).exists()
    return list(db.execute(query.where(~undone).order_by(_M.c.mark)).scalars())


def only_of_the_sheet(db: Session, forum_id: int, name_key: str) -> int | None:
    """The first of a name who came unannounced, is there, and whom nobody at the door noted."""
    noted = select(_M.c.mark).where(_M.c.registration_id == _R.c.id, _M.c.present, ~_M.c.on_paper)
    query = select(_R.c.id).where(
        _R.c.forum_id == forum_id, _R.c.name_key == name_key, _R.c.state == Seat.WALK_IN, _R.c.present
    )
    return db.execute(query.where(ON_PAPER, ~noted.exists()).order_by(_R.c.id).limit(1)).scalar()


def named(folio_hash: bytes | None, undone: str | None) -> Any:
    """The condition for whom a mark is of: the holder of a code, or whose mark it takes back."""
    if undone is None:
        return _R.c.folio_hash == folio_hash
    return _R.c.id == select(_M.c.registration_id).where(_M.c.mark == undone).scalar_subquery()
