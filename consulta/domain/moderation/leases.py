"""Who has an item open; others wait or take the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import Conflict
from consulta.domain.ledger.log import By
from consulta.models.accounts import Pseudonym
from consulta.models.contributions import Channel
from consulta.models.moderation import Intake, Lease

from . import items, queue

LEASE = timedelta(minutes=10)
AT_ONCE = 10
"""So many colleagues may take what comes next at the same instant."""

_LEASED = (
    select(Lease.contribution_id, Pseudonym.name)
    .join(Pseudonym, (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Lease.consultation_id))
    .where(Lease.consultation_id == bindparam("consultation"), Lease.until > bindparam("now"))
    .order_by(Lease.contribution_id)
)


def open_item(db: Session, consultation: ConsultationView, number: int, *, by: By, now: datetime) -> None:
    """Lease a contribution for ten minutes; ``Conflict`` names who has it."""
    row = status.by_number(db, consultation, number)
    mine = select(Intake.contribution_id).where(Intake.contribution_id == row.id, Intake.account_id == by.account_id)
    if db.execute(mine).first():
        raise Conflict("Lo ingresó usted: lo decide otra persona.")
    insert_into: Any = postgres_insert if is_postgres(db) else sqlite_insert
    statement = insert_into(Lease).values(
        contribution_id=row.id, consultation_id=consultation.id, account_id=by.account_id, until=now + LEASE
    )
    done: Any = db.execute(
        statement.on_conflict_do_update(
            index_elements=["contribution_id"],
            set_={"account_id": by.account_id, "until": now + LEASE},
            where=(Lease.until < now) | (Lease.account_id == by.account_id),
        ).returning(Lease.contribution_id)
    )
    if done.first() is None:
        holder = items.item(db, consultation, number, account_id=by.account_id or 0, now=now).leased_by
        raise Conflict("Lo tiene abierto %(who)s. Elija otro, o vuelva en diez minutos.", who=holder or "")


def open_next(
    db: Session,
    consultation: ConsultationView,
    *,
    scope: Sequence[int] | None,
    theme: str | None = None,
    channel: Channel | None = None,
    by: By,
    now: datetime,
) -> int | None:
    """Lease the first waiting contribution that nobody else has and that one may decide upon, within the filters; its
    number, or ``None`` if there is none. A colleague who is faster takes it: then the one after."""
    filters: dict[str, Any] = {"scope": scope, "theme": theme, "channel": channel}
    for number in queue.offered(db, consultation, by.account_id or 0, now=now, limit=AT_ONCE, **filters):
        try:
            open_item(db, consultation, number, by=by, now=now)
        except Conflict:
            continue
        return number
    return None


def release(db: Session, consultation: ConsultationView, number: int, *, by: By) -> None:
    """Let go of a contribution."""
    row = status.by_number(db, consultation, number)
    db.execute(delete(Lease).where(Lease.contribution_id == row.id, Lease.account_id == by.account_id))


def leases(db: Session, consultation: ConsultationView, *, now: datetime) -> tuple[tuple[int, str], ...]:
    """Who has what open just now: contribution and pseudonym."""
    rows = db.connection().execute(_LEASED, {"consultation": consultation.id, "now": now})
    return tuple((id_, name) for id_, name in rows)
