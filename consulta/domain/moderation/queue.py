"""Reading at the desk: what waits, one item, its history, and which part of it is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, bindparam, select
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts
from consulta.domain.comments import flags
from consulta.domain.comments.flags import Reported
from consulta.domain.consultations.snapshots import ConsultationView, ReasonView
from consulta.domain.contributions import bodies, targets
from consulta.domain.contributions import status as contribution_status
from consulta.domain.contributions.targets import On, Quoted
from consulta.domain.errors import NotAllowed
from consulta.models.accounts import Pseudonym, RoleName
from consulta.models.base import Said
from consulta.models.consultations import Consultation, Reason
from consulta.models.contributions import IS_WAITING, Channel, Contribution, Kind, Status
from consulta.models.moderation import Classification, Decision, DecisionNote, Lease, Mention

PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A row of the queue; ``reported_on`` of what is published and was reported."""

    id: int
    number: int
    kind: Kind
    excerpt: str
    theme_id: int | None
    channel: Channel
    status: Status
    held_cause: str | None
    received_on: date
    review_by: date
    leased_by: str | None
    reported_on: date | None


@dataclass(frozen=True)
class Item:
    """One contribution as staff see it: no trait, no contact, no name. Of a comment also what it is ``on``, with the
    beginning of that while it is published, and what was reported about it."""

    id: int
    number: int
    kind: Kind
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
    on: On | None = None
    quoted: Quoted | None = None
    reports: tuple[Reported, ...] = ()

    @property
    def reported(self) -> bool:
        """Published, and reported since a person last decided."""
        return self.status is Status.PUBLISHED and any(not one.settled for one in self.reports)


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
    db: Session,
    consultation: ConsultationView,
    *,
    scope: Sequence[int] | None,
    theme: str | None = None,
    channel: Channel | None = None,
    after: tuple[date, int] | None = None,
    now: datetime,
    limit: int = PAGE,
) -> list[Waiting]:
    """What waits for a person, by promised date. ``scope``: the themes of a moderator bound to some, and what has none.

    ``theme`` is a slug, empty for what has no theme; ``after`` the (review_by, id) of the last row seen.
    """
    found = consultation.theme(theme) if theme else None
    by_theme = None if theme is None else "one" if found else "none"
    query = _waiting(scope is not None, by_theme, channel is not None, after is not None)
    values: dict[str, Any] = {"consultation": consultation.id, "most": limit}
    values |= {"scope": list(scope)} if scope is not None else {}
    values |= {"theme": found.id} if found else {}
    values |= {"channel": channel} if channel is not None else {}
    values |= {"day": after[0], "last": after[1]} if after is not None else {}
    return [
        Waiting(
            r.id,
            r.number,
            r.kind,
            bodies.excerpt(r.title, r.body),
            r.theme_id,
            r.channel,
            r.status,
            r.held_cause,
            r.received_on,
            r.review_by,
            r.name if r.until and r.until > now else None,
            r.reported_on if r.status is Status.PUBLISHED else None,
        )
        for r in db.connection().execute(query, values)
    ]


@cache
def _waiting(scoped: bool, by_theme: str | None, by_channel: bool, beyond: bool) -> Select[Any]:
    """The query for one combination of filters, made once; ``by_theme``: ``one``, ``none`` (without theme) or any."""
    c = Contribution
    query = (
        select(
            c.id,
            c.number,
            c.kind,
            c.title,
            bodies.BODY,
            c.theme_id,
            c.channel,
            c.status,
            c.held_cause,
            c.received_on,
            c.review_by,
            Pseudonym.name,
            Lease.until,
            flags.latest(c.id).label("reported_on"),
        )
        .select_from(Contribution.__table__)
        .outerjoin(Lease, Lease.contribution_id == c.id)
        .outerjoin(
            Pseudonym, (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == c.consultation_id)
        )
        .where(c.consultation_id == bindparam("consultation"), IS_WAITING)
        .order_by(c.review_by, c.id)
        .limit(bindparam("most"))
    )
    query = bodies.with_body(query)
    if scoped:
        query = query.where(c.theme_id.in_(bindparam("scope", expanding=True)) | c.theme_id.is_(None))
    if by_theme:
        query = query.where(c.theme_id == bindparam("theme") if by_theme == "one" else c.theme_id.is_(None))
    if by_channel:
        query = query.where(c.channel == bindparam("channel"))
    if beyond:
        day, last = bindparam("day", type_=Date), bindparam("last", type_=BigInteger)
        query = query.where((c.review_by > day) | ((c.review_by == day) & (c.id > last)))
    return query


def leases(db: Session, consultation: ConsultationView, *, now: datetime) -> tuple[tuple[int, str], ...]:
    """Who has what open just now: contribution and pseudonym."""
    rows = db.connection().execute(_LEASED, {"consultation": consultation.id, "now": now})
    return tuple((id_, name) for id_, name in rows)


_LEASED = (
    select(Lease.contribution_id, Pseudonym.name)
    .join(Pseudonym, (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Lease.consultation_id))
    .where(Lease.consultation_id == bindparam("consultation"), Lease.until > bindparam("now"))
    .order_by(Lease.contribution_id)
)


def item(db: Session, consultation: ConsultationView, number: int, *, account_id: int, now: datetime) -> Item:
    """One contribution for the desk; ``NotFound`` if the number does not exist."""
    row = contribution_status.by_number(db, consultation, number)
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
    on = targets.of(db, row.id) if row.kind is Kind.COMMENT else None
    return Item(
        id=c.id,
        number=c.number,
        kind=c.kind,
        title=c.title,
        body=bodies.body(db, row.id),
        status=c.status,
        awaiting_review=c.awaiting_review,
        theme_id=c.theme_id,
        mentions=tuple(mentions),
        channel=c.channel,
        department=c.department,
        held_cause=c.held_cause,
        received_on=c.received_on,
        review_by=c.review_by,
        answer_by=c.answer_by,
        ordinal=c.ordinal,
        leased_by=found.name if leased else None,
        lease_is_mine=leased and found.account_id == account_id,
        on=on,
        quoted=targets.quoted(db, consultation, on.directly) if on and on.directly else None,
        reports=tuple(flags.of(db, row.id)) if on else (),
    )


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
    row = contribution_status.by_number(db, consultation, number)
    if scope is not None and row.theme_id is not None and row.theme_id not in scope:
        raise NotAllowed("Ese aporte es de un tema que revisa otra persona.")
