"""Reading at the desk: what waits, one item, its history, and which part of it is whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, bindparam, exists, select
from sqlalchemy.orm import Session

from consulta.domain.comments import flags
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies
from consulta.models.accounts import Pseudonym
from consulta.models.base import table_of
from consulta.models.contributions import IS_WAITING, Channel, Contribution, Kind, Status
from consulta.models.moderation import Intake, Lease

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


def offered(
    db: Session,
    consultation: ConsultationView,
    account_id: int,
    *,
    scope: Sequence[int] | None,
    theme: str | None = None,
    channel: Channel | None = None,
    now: datetime,
    limit: int,
) -> list[int]:
    """The numbers of what waits, the first due first, that somebody may decide upon: not what a colleague has open, nor
    what they entered themselves. The filters are those of ``queue``."""
    c, found = table_of(Contribution).c, consultation.theme(theme) if theme else None
    open_elsewhere = exists().where(Lease.contribution_id == c.id, Lease.until > now, Lease.account_id != account_id)
    entered = exists().where(Intake.contribution_id == c.id, Intake.account_id == account_id)
    query = select(c.number).where(c.consultation_id == consultation.id, IS_WAITING, ~open_elsewhere, ~entered)
    if scope is not None:
        query = query.where(c.theme_id.in_(scope) | c.theme_id.is_(None))
    if theme is not None:
        query = query.where(c.theme_id == found.id if found else c.theme_id.is_(None))
    if channel is not None:
        query = query.where(c.channel == channel)
    return list(db.execute(query.order_by(c.review_by, c.id).limit(limit)).scalars())


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
        .select_from(table_of(Contribution))
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
