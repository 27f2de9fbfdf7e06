"""A file that came with a form which could not be taken: kept for a day for that form, so that nobody sends it twice.

Whoever has neither the form's token nor the account that sent it cannot read it. There is room for so much; where there
is none, the form says that the file has to be chosen again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.models.base import table_of
from consulta.models.files import StagedFile

KEPT = timedelta(hours=24)
ROOM, ROOM_OF_ONE = 400_000_000, 60_000_000
"""Bytes for everybody together, and for one account or for all who have none."""
_T = table_of(StagedFile)


@dataclass(frozen=True)
class Staged:
    """A kept file."""

    name: str
    content: bytes


def keep(db: Session, *, token: str, account_id: int | None, name: str, content: bytes, now: datetime) -> bool:
    """Keep a file under the token of its form; false if there is no room for it."""
    size = func.coalesce(func.sum(_T.c.size), 0)
    mine = _T.c.account_id.is_(None) if account_id is None else _T.c.account_id == account_id
    full = db.execute(select(size)).scalar_one() + len(content) > ROOM
    if full or db.execute(select(size).where(mine)).scalar_one() + len(content) > ROOM_OF_ONE:
        return False
    values = {"token_hash": sha256(token), "account_id": account_id, "name": name[:200], "size": len(content)}
    db.execute(insert(_T).values(**values, content=content, staged_at=now))
    return True


def find(db: Session, *, token: str, account_id: int | None, now: datetime) -> Staged | None:
    """The file of a token, for the account that sent it; one that was sent without an account is its form's."""
    query = select(_T.c.name, _T.c.content, _T.c.account_id).where(
        _T.c.token_hash == sha256(token), _T.c.staged_at > now - KEPT
    )
    row = db.execute(query).first()
    if row is None or row.account_id not in (None, account_id):
        return None
    return Staged(row.name, row.content)


def drop(db: Session, token: str) -> None:
    """The form was taken: its file is where it belongs."""
    db.execute(delete(_T).where(_T.c.token_hash == sha256(token)))


def forget(db: Session, *, now: datetime) -> None:
    """Destroy what is older than a day."""
    db.execute(delete(_T).where(_T.c.staged_at <= now - KEPT))
