"""*Hoy*: what waits for one person of the team, the oldest first, each thing with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from consulta.domain.accounts import permissions
from consulta.domain.accounts.actors import Actor
from consulta.domain.attendance import door
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.models.accounts import RoleName
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind

from . import needs as needing
from .needs import Needs
from .waiting import Counts, to_answer, within

NEAR = timedelta(days=7)
LONG_AGO = timedelta(days=60)
"""Of forums that were longer ago nobody is reminded."""


class Need(StrEnum):
    """What somebody can do about it."""

    REVIEW = "review"
    REMIND = "remind"
    INVITE = "invite"
    ROLE = "role"
    SUCCESSION = "succession"
    VERIFY = "verify"
    READ_MINUTES = "read-minutes"
    REQUESTS = "requests"
    CALL = "call"
    LATE_MAIL = "late-mail"
    MAIL_FAULT = "mail-fault"
    OPENS = "opens"
    CLOSES = "closes"
    DOOR = "door"
    SHEETS = "sheets"


@dataclass(frozen=True)
class Item:
    """Something that waits. ``since``: the day from which it does, or on which it will be due; ``n``: how many, up to
    1,001; ``late``: of these, past what was promised; ``name`` and ``key``: of the one thing that it is about."""

    need: Need
    since: date
    n: int = 1
    late: int = 0
    name: Localized | str | None = None
    key: str = ""


def today(
    db: Session, consultation: ConsultationView, actor: Actor, counts: Counts, *, now: datetime
) -> tuple[Item, ...]:
    """What waits for this person here; ``counts``: as the frame shows them."""
    coordinates = permissions.leads(actor, consultation)
    if consultation.kind is ConsultationKind.RECORD:
        return ()
    found = list(_review(db, consultation, actor, counts, now))
    if counts.answer:
        found += _answer(db, consultation, actor)
    if coordinates:
        found += _coordinate(consultation, needing.needs(db, consultation, now=now), now)
    if coordinates or actor.roles_in(consultation.id, RoleName.FACILITATOR):
        found += _forums(db, consultation, actor, coordinates, now)
    return tuple(sorted(found, key=lambda one: one.since))


def _review(db: Session, consultation: ConsultationView, actor: Actor, counts: Counts, now: datetime) -> Iterator[Item]:
    if not counts.review:
        return
    held = actor.roles_in(consultation.id, RoleName.MODERATOR)
    if not held:
        return
    row = db.execute(within(consultation, [role.theme_id for role in held]).limit(1)).first()
    if row is not None:
        yield Item(Need.REVIEW, row.received_on, counts.review, late=int(row.review_by < consultation.today(now)))


def _answer(db: Session, consultation: ConsultationView, actor: Actor) -> Iterator[Item]:
    found = to_answer(db, consultation, actor)
    for asked in found.roles:
        yield Item(Need.ROLE, asked.asked_on, name=asked.email, key=asked.role)
    for one in found.successions:
        yield Item(Need.SUCCESSION, one.asked_on, name=one.name, key=one.slug)
    for body in found.requests:
        assert body.asked_on is not None
        yield Item(Need.VERIFY, body.asked_on, name=body.name, key=body.slug)
    for act in found.minutes:
        yield Item(Need.READ_MINUTES, act.day, name=act.title, key=act.key)


def _coordinate(consultation: ConsultationView, needs: Needs, now: datetime) -> Iterator[Item]:
    day = consultation.today(now)
    waiting = needs.overdue + needs.due_soon + needs.later
    if waiting:
        yield Item(Need.REMIND, needs.oldest or day, waiting, late=needs.overdue)
    if needs.unattended and len(needs.unattended) == len(consultation.themes):
        yield Item(Need.INVITE, day, needs.asked_for())
    else:
        for theme in needs.unattended:
            yield Item(Need.INVITE, day, needs.asked_for(theme.id), name=theme.name, key=theme.slug)
    if needs.requests:
        yield Item(Need.REQUESTS, needs.asked_on or day, needs.requests)
    if needs.calls:
        since = needs.called_at.astimezone(consultation.timezone).date() if needs.called_at else day
        yield Item(Need.CALL, since, needs.calls)
    if needs.mail_fault:
        yield Item(Need.MAIL_FAULT, day, key=needs.mail_fault)
    if needs.late_mail or needs.failed_mail:
        yield Item(Need.LATE_MAIL, day, needs.late_mail, late=needs.failed_mail)
    for stage in needs.opening:
        yield Item(Need.OPENS, stage.first_day, name=stage.title)
    for stage in needs.closing:
        yield Item(Need.CLOSES, stage.last_day, name=stage.title)


def _forums(
    db: Session, consultation: ConsultationView, actor: Actor, coordinates: bool, now: datetime
) -> Iterator[Item]:
    """A door to open within the week, and what was said where it was not all entered yet."""
    found = forums.listing(db, consultation)
    if not coordinates:
        mine = {key for slug, key, _ in door.facilitated(db, actor) if slug == consultation.slug}
        found = [one for one in found if one.key in mine]
    for one in found:
        if one.cancelled or one.closed:
            continue
        when = one.data.starts_at.astimezone(consultation.timezone).date()
        if one.when(now) == "past":
            if now - one.data.ends_at < LONG_AGO:
                yield Item(Need.SHEETS, when, name=one.data.name, key=one.key)
        elif one.data.starts_at - now < NEAR:
            yield Item(Need.DOOR, when, one.confirmed, name=one.data.name, key=one.key)
