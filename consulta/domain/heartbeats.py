"""What the installation does by itself: when it last did it, and who does it when several could."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.rows import changed
from consulta.models.operations import Heartbeat
from consulta.models.outbox import OutboxMessage

from .dialects import is_postgres

WORKER, BACKUP, CLAIM, EDITIONS = "worker", "backup", "backup-claim", "editions-claim"
LATE = {WORKER: timedelta(minutes=5), BACKUP: timedelta(hours=36), "mail": timedelta(hours=1)}
"""After how long something is late."""


def beat(db: Session, name: str, *, now: datetime) -> None:
    """Note that something was done just now."""
    put: Any = postgres_insert if is_postgres(db) else sqlite_insert
    statement = put(Heartbeat).values(name=name, at=now)
    db.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def claim(db: Session, *, every: timedelta, now: datetime, name: str = CLAIM) -> bool:
    """Whether it is this process that should do what is due; the others are told no. ``name``: what, unless told the
    copy."""
    put: Any = postgres_insert if is_postgres(db) else sqlite_insert
    long_ago = now - every - timedelta(seconds=1)
    db.execute(put(Heartbeat).values(name=name, at=long_ago).on_conflict_do_nothing())
    mine = update(Heartbeat).where(Heartbeat.name == name, Heartbeat.at <= now - every).values(at=now)
    return bool(changed(db, mine))


def give_back(db: Session, *, every: timedelta, now: datetime) -> None:
    """The copy could not be made: it is due again in an hour."""
    db.execute(update(Heartbeat).where(Heartbeat.name == CLAIM).values(at=now - every + timedelta(hours=1)))


def ages(db: Session, *, now: datetime) -> dict[str, timedelta | None]:
    """How long ago the worker ran and a copy was made, and how old the oldest unsent mail is; ``None`` for never."""
    unsent = select(literal("mail"), func.min(OutboxMessage.created_at)).where(OutboxMessage.outcome.is_(None))
    rows = db.execute(union_all(select(Heartbeat.name, Heartbeat.at), unsent))
    at = {name: when for name, when in rows}  # noqa: C416
    oldest = at["mail"]
    return {
        WORKER: now - at[WORKER] if WORKER in at else None,
        BACKUP: now - at[BACKUP] if BACKUP in at else None,
        "mail": max(timedelta(), now - oldest) if oldest else timedelta(),
    }


def late(found: Iterable[tuple[str, timedelta | None]]) -> list[str]:
    """Which of these are late."""
    return [name for name, age in found if age is None or age > LATE[name]]
