"""Mail leaves in the transaction that causes it, as a row; the worker delivers it at least once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.models.accounts import Account
from consulta.models.contributions import Contributor
from consulta.models.forums import Registration
from consulta.models.news import Subscriber
from consulta.models.organizations import Organization
from consulta.models.outbox import GAVE_UP, OutboxMessage
from consulta.models.proposals import ProposalDraft

LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = 12


@dataclass(frozen=True)
class Message:
    """A message to deliver now: whom to, in which words, with which stable Message-ID."""

    id: int
    to: str
    template: str
    payload: dict[str, Any]
    message_id: str
    recipient: str


def post(db: Session, *, event: str, recipient: str, template: str, payload: Mapping[str, Any], now: datetime) -> None:
    """Put a message into the outbox; the same event reaches the same recipient once (UNIQUE)."""
    db.execute(
        insert(OutboxMessage).values(
            event=event,
            recipient=recipient,
            template=template,
            payload=dict(payload),
            due_at=now,
            created_at=now,
            message_id=f"<{secrets.token_hex(16)}@consulta>",
            attempts=0,
        )
    )


def post_once(
    db: Session, *, event: str, recipient: str, template: str, payload: Mapping[str, Any], now: datetime
) -> None:
    """The same, unless the event reached the recipient already."""
    try:
        with db.begin_nested():
            post(db, event=event, recipient=recipient, template=template, payload=payload, now=now)
    except IntegrityError:
        return


def claim(db: Session, *, now: datetime, limit: int = 50) -> list[Message]:
    """Lease what is due. A conditional UPDATE decides between two workers; the address is read only here."""
    rows = db.execute(
        select(OutboxMessage)
        .where(
            OutboxMessage.outcome.is_(None),
            OutboxMessage.due_at <= now,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit)
    ).scalars()
    claimed = []
    for row in list(rows):
        taken: Any = db.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == row.id,
                OutboxMessage.outcome.is_(None),
                or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
            )
            .values(leased_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
        )
        if not taken.rowcount:
            continue
        to = _address(db, row.recipient, row.payload or {})
        if to is None:
            settle(db, row.id, outcome="no address", now=now)
        else:
            claimed.append(Message(row.id, to, row.template, row.payload or {}, row.message_id, row.recipient))
    return claimed


def settle(db: Session, message_id: int, *, outcome: str, now: datetime) -> None:
    """Delivered or given up: drop what it said and whom to."""
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(outcome=outcome, payload=None, leased_until=None, due_at=now)
    )


def retry_later(db: Session, message_id: int, *, now: datetime) -> None:
    """The mail server did not take it: again after 1, 2, 4 … minutes, and given up after twelve tries (three days)."""
    attempts = db.execute(select(OutboxMessage.attempts).where(OutboxMessage.id == message_id)).scalar_one()
    if attempts >= GIVE_UP_AFTER:
        settle(db, message_id, outcome=GAVE_UP, now=now)
        return
    db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(leased_until=None, due_at=now + timedelta(minutes=2 ** min(attempts, 10)))
    )


def _address(db: Session, recipient: str, payload: Mapping[str, Any]) -> str | None:
    kind, _, key = recipient.partition(":")
    if kind == "contribution":
        return db.execute(select(Contributor.email).where(Contributor.contribution_id == int(key))).scalar_one_or_none()
    if kind == "subscriber":
        return db.execute(select(Subscriber.email).where(Subscriber.key == key)).scalar_one_or_none()
    queries = {
        "account": select(Account.email).where(Account.id == bindparam("id")),
        "organization": select(Organization.contact_email).where(Organization.id == bindparam("id")),
        "draft": select(ProposalDraft.email).where(ProposalDraft.id == bindparam("id")),
        "registration": select(Registration.email).where(Registration.id == bindparam("id")),
    }
    if kind in queries:
        return db.execute(queries[kind], {"id": int(key)}).scalar_one_or_none()
    found = payload.get("address")
    return str(found) if found else None
