"""Mail leaves in the transaction that causes it, as a row; the worker delivers it at least once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.rows import changed
from consulta.models.accounts import Account
from consulta.models.contributions import Contributor
from consulta.models.forums import Registration
from consulta.models.news import Subscriber
from consulta.models.organizations import Organization
from consulta.models.outbox import GAVE_UP, OutboxMessage
from consulta.models.proposals import ProposalDraft

LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = 12


class Recipient(StrEnum):
    """Whom a message is for. The address is looked up when it is delivered: until then it can be erased."""

    CONTRIBUTION = "contribution"
    ACCOUNT = "account"
    ORGANIZATION = "organization"
    DRAFT = "draft"
    REGISTRATION = "registration"
    SUBSCRIBER = "subscriber"
    ADDRESS = "address"

    def of(self, key: int | str) -> str:
        """As it stands in the outbox: ``contribution:12``. The key of an address is its hash."""
        return f"{self.value}:{key}"


@dataclass(frozen=True)
class Delivery:
    """What a mail may need when it is delivered: the address, the installation's secret, the time."""

    to: str
    secret: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What the words of one template are made of; every template has its own, beside the noun that posts it."""

    template: ClassVar[str]
    language: str

    def payload(self) -> dict[str, Any]:
        """What the outbox keeps until it is delivered: the fields, days in ISO form."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read back what ``payload`` wrote; what is not there has the value that its field says."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            if one.name in payload:
                value, is_day = payload[one.name], str(one.type).startswith("date")
                values[one.name] = date.fromisoformat(value) if value and is_day else value
        return cls(**values)

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """What the template is given: the fields, and links and codes that are never stored; ``None`` if there is
        nobody to write to."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True)
class Message:
    """A message to deliver now: whom to, in which words, with which stable Message-ID."""

    id: int
    to: str
    template: str
    payload: dict[str, Any]
    message_id: str
    recipient: str

    @property
    def organization_id(self) -> int | None:
        """The organisation it is for, if it is for one's own address."""
        kind, _, key = self.recipient.partition(":")
        return int(key) if kind == Recipient.ORGANIZATION else None


def post(db: Session, mail: Mail, *, event: str, to: str, now: datetime) -> None:
    """Put a mail into the outbox; the same event reaches the same recipient once (UNIQUE). ``to``: as
    ``Recipient.of`` gives it."""
    db.execute(
        insert(OutboxMessage).values(
            event=event,
            recipient=to,
            template=mail.template,
            payload=mail.payload(),
            due_at=now,
            created_at=now,
            message_id=f"<{secrets.token_hex(16)}@consulta>",
            attempts=0,
        )
    )


def post_once(db: Session, mail: Mail, *, event: str, to: str, now: datetime) -> None:
    """The same, unless the event reached the recipient already."""
    try:
        with db.begin_nested():
            post(db, mail, event=event, to=to, now=now)
    except IntegrityError:
        return


def posted(db: Session, *, event: str, to: str) -> bool:
    """Whether the event reached the recipient already."""
    o = OutboxMessage
    return db.execute(select(o.id).where(o.event == event, o.recipient == to)).first() is not None


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
        taken = changed(
            db,
            update(OutboxMessage)
            .where(
                OutboxMessage.id == row.id,
                OutboxMessage.outcome.is_(None),
                or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
            )
            .values(leased_until=now + LEASE, attempts=OutboxMessage.attempts + 1),
        )
        if not taken:
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
    if kind == Recipient.CONTRIBUTION:
        return db.execute(select(Contributor.email).where(Contributor.contribution_id == int(key))).scalar_one_or_none()
    if kind == Recipient.SUBSCRIBER:
        return db.execute(select(Subscriber.email).where(Subscriber.key == key)).scalar_one_or_none()
    queries = {
        Recipient.ACCOUNT.value: select(Account.email).where(Account.id == bindparam("id")),
        Recipient.ORGANIZATION.value: select(Organization.contact_email).where(Organization.id == bindparam("id")),
        Recipient.DRAFT.value: select(ProposalDraft.email).where(ProposalDraft.id == bindparam("id")),
        Recipient.REGISTRATION.value: select(Registration.email).where(Registration.id == bindparam("id")),
    }
    if kind in queries:
        return db.execute(queries[kind], {"id": int(key)}).scalar_one_or_none()
    found = payload.get("address")
    return str(found) if found else None
