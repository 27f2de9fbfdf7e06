"""Reading at the desk: what waits, one item, its history, and which part of it is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.models.accounts import Pseudonym, RoleName
from consulta.models.base import Said
from consulta.models.consultations import Consultation, Reason
from consulta.models.contributions import IS_WAITING, Channel, Contribution, Status
from consulta.models.moderation import Classification, Decision, DecisionNote, Lease, Mention
from consulta.models.opinions import Opinion

from . import accounts, contributions
from .errors import NotAllowed
from .snapshots import ConsultationView, ReasonView

PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A row of the queue."""

    id: int
    number: int
    excerpt: str
    theme_id: int | None
    channel: Channel
    status: Status
    held_cause: str | None
    received_on: date
    review_by: date
    leased_by: str | None


@dataclass(frozen=True)
class Item:
    """One contribution as staff see it: no trait, no contact, no name."""

    id: int
    number: int
    title: str | None
    body: str | None
    status: Status
    awaiting_review: bool
    theme_id: int | None
    mentions: tuple[int, ...]
    channel: Channel
    department: str | None
    held_cause: str | None
    received_on: date
    review_by: date
    answer_by: date
    ordinal: int
    leased_by: str | None
    lease_is_mine: bool


@dataclass(frozen=True)
class Step:
    """One act of staff in the history of a contribution; ``note`` is what the author reads."""

    ordinal: int
    kind: str
    actor: str
    at: datetime
    reason: ReasonView | None = None
    note: str | None = None
    theme_id: int | None = None
    mentions: tuple[str, ...] = ()


def queue(
    db: Session, consultation: ConsultationView, *, scope: Sequence[int] | None, theme: str | None = None,
    channel: Channel | None = None, after: tuple[date, int] | None = None, now: datetime, limit: int = PAGE,
) -> list[Waiting]:  # fmt: skip
    """What waits for a person, by promised date. ``scope``: the themes of a moderator bound to some, and what has none.

    ``theme`` is a slug, empty for what has no theme; ``after`` the (review_by, id) of the last row seen.
    """
    query = (
        select(
            Contribution.id, Contribution.number, Contribution.title, Opinion.__table__.c.body, Contribution.theme_id,
            Contribution.channel, Contribution.status, Contribution.held_cause, Contribution.received_on,
            Contribution.review_by, Pseudonym.name, Lease.until,
        )
        .join(Opinion.__table__, Opinion.__table__.c.id == Contribution.id)
        .outerjoin(Lease, Lease.contribution_id == Contribution.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Contribution.consultation_id),
        )
        .where(Contribution.consultation_id == consultation.id, IS_WAITING)
        .order_by(Contribution.review_by, Contribution.id)
        .limit(limit)
    )  # fmt: skip
    if scope is not None:
        query = query.where(Contribution.theme_id.in_(scope) | Contribution.theme_id.is_(None))
    if theme is not None:
        found = consultation.theme(theme)
        query = query.where(Contribution.theme_id == found.id if found else Contribution.theme_id.is_(None))
    if channel is not None:
        query = query.where(Contribution.channel == channel)
    if after is not None:
        day, last = after
        query = query.where(
            (Contribution.review_by > day) | ((Contribution.review_by == day) & (Contribution.id > last))
        )
    return [
        Waiting(
            r.id, r.number, _excerpt(r.title, r.body), r.theme_id, r.channel, r.status, r.held_cause, r.received_on,
            r.review_by, r.name if r.until and r.until > now else None,
        )
        for r in db.execute(query)
    ]  # fmt: skip


def _excerpt(title: str | None, body: str | None) -> str:
    words = " ".join(part for part in (title, body) if part)
    return words if len(words) <= 160 else words[:159].rstrip() + "…"


def leases(db: Session, consultation: ConsultationView, *, now: datetime) -> tuple[tuple[int, str], ...]:
    """Who has what open just now: contribution and pseudonym."""
    rows = db.execute(
        select(Lease.contribution_id, Pseudonym.name)
        .join(Pseudonym, Pseudonym.account_id == Lease.account_id)
        .join(Contribution.__table__, Contribution.__table__.c.id == Lease.contribution_id)
        .where(
            Lease.until > now,
            Pseudonym.consultation_id == consultation.id,
            Contribution.__table__.c.consultation_id == consultation.id,
        )
        .order_by(Lease.contribution_id)
    )
    return tuple((id_, name) for id_, name in rows)


def item(db: Session, consultation: ConsultationView, number: int, *, account_id: int, now: datetime) -> Item:
    """One contribution for the desk; ``NotFound`` if the number does not exist."""
    row = contributions.by_number(db, consultation, number)
    found = db.execute(
        select(Contribution, Lease.account_id, Lease.until, Pseudonym.name)
        .outerjoin(Lease, Lease.contribution_id == Contribution.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Contribution.consultation_id),
        )
        .where(Contribution.id == row.id)
    ).one()
    c: Any = found[0]
    leased = found.until is not None and found.until > now
    mentions = db.execute(select(Mention.theme_id).where(Mention.contribution_id == row.id)).scalars().all()
    body = db.execute(select(Opinion.__table__.c.body).where(Opinion.__table__.c.id == row.id)).scalar_one()
    return Item(
        id=c.id, number=c.number, title=c.title, body=body, status=c.status, awaiting_review=c.awaiting_review,
        theme_id=c.theme_id, mentions=tuple(mentions), channel=c.channel, department=c.department,
        held_cause=c.held_cause, received_on=c.received_on, review_by=c.review_by, answer_by=c.answer_by,
        ordinal=c.ordinal, leased_by=found.name if leased else None,
        lease_is_mine=leased and found.account_id == account_id,
    )  # fmt: skip


def history(db: Session, consultation: ConsultationView, contribution_id: int) -> list[Step]:
    """Every act of staff upon a contribution, oldest first."""
    steps: list[Step] = []
    name = (Pseudonym.account_id, Pseudonym.consultation_id)
    for d, reason, note, actor in db.execute(
        select(Decision, Reason, DecisionNote.note, Pseudonym.name)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .outerjoin(DecisionNote, DecisionNote.decision_id == Decision.id)
        .join(Pseudonym, (name[0] == Decision.account_id) & (name[1] == consultation.id))
        .where(Decision.contribution_id == contribution_id)
    ):
        shown = (
            ReasonView(reason.id, reason.code, reason.version, reason.title, reason.text, reason.published_on)
            if reason
            else None
        )
        steps.append(Step(d.ordinal, d.verdict.value, actor, d.decided_at, reason=shown, note=note))
    for c, actor in db.execute(
        select(Classification, Pseudonym.name)
        .join(Pseudonym, (name[0] == Classification.account_id) & (name[1] == consultation.id))
        .where(Classification.contribution_id == contribution_id)
    ):
        steps.append(Step(c.ordinal, "classify", actor, c.decided_at, theme_id=c.theme_id, mentions=tuple(c.mentions)))
    return sorted(steps, key=lambda step: step.ordinal)


def scope_of(actor: accounts.Actor, consultation: ConsultationView) -> list[int] | None:
    """The themes a moderator is bound to, or ``None`` for all; ``NotAllowed`` for who is no moderator here."""
    roles = actor.roles_in(consultation.id, RoleName.MODERATOR, RoleName.OBSERVER)
    if not roles:
        raise NotAllowed("Esta página es del equipo de revisión.")
    if any(role.theme_id is None for role in roles):
        return None
    return sorted(role.theme_id for role in roles if role.theme_id is not None)


def desks(db: Session, consultation_ids: Sequence[int]) -> list[tuple[str, Said]]:
    """Slug and title of the published consultations among these, by title."""
    rows = db.execute(
        select(Consultation.slug, Consultation.title)
        .where(Consultation.id.in_(consultation_ids), Consultation.published_at.is_not(None))
        .order_by(Consultation.slug)
    )
    return [(slug, title) for slug, title in rows]


def check_scope(db: Session, consultation: ConsultationView, actor: accounts.Actor, number: int) -> None:
    """``NotAllowed`` for a moderator bound to other themes than this contribution's (what has none is everybody's)."""
    scope = scope_of(actor, consultation)
    row = contributions.by_number(db, consultation, number)
    if scope is not None and row.theme_id is not None and row.theme_id not in scope:
        raise NotAllowed("Ese aporte es de un tema que revisa otra persona.")
