"""What waits for one person of a team: counted for the frame that stands around every page of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consulta.domain.accounts import role_requests
from consulta.domain.accounts.actors import Actor
from consulta.domain.accounts.permissions import SECTOR_ROLES
from consulta.domain.accounts.role_requests import RequestView
from consulta.domain.acts import minutes
from consulta.domain.acts.reading import ListedAct
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations import succession, verification
from consulta.domain.organizations.reading import BodyView
from consulta.domain.organizations.succession import SuccessionView
from consulta.models.accounts import RoleName, Sector
from consulta.models.base import table_of
from consulta.models.contributions import IS_WAITING, Contribution

MANY = 1000
"""Counts stop here: a desk needs to know that it is many, not how many."""


@dataclass(frozen=True)
class Counts:
    """How much there is to review within one's own themes (up to 1,001), and to answer for one's sector; ``None``: that
    is no part of somebody's work."""

    review: int | None
    answer: int | None


@dataclass(frozen=True)
class ToAnswer:
    """*Por responder*: changes that who coordinates asks for herself, who would sign for an organisation, who asks for
    an account, and minutes. ``sector``: for which side somebody speaks; ``None``: for none."""

    sector: Sector | None
    roles: tuple[RequestView, ...] = ()
    successions: tuple[SuccessionView, ...] = ()
    requests: tuple[BodyView, ...] = ()
    minutes: tuple[ListedAct, ...] = ()

    def __len__(self) -> int:
        return len(self.roles) + len(self.successions) + len(self.requests) + len(self.minutes)


def counts(db: Session, consultation: ConsultationView, actor: Actor) -> Counts:
    """What waits for somebody here; its cost does not grow with the number of contributions."""
    return Counts(review=_review(db, consultation, actor), answer=_answer(db, consultation, actor))


def within(consultation: ConsultationView, themes: Iterable[int | None]) -> Select[date, date]:
    """What waits for whoever reviews these themes (``None`` among them: all): when each came and is promised, the first
    due first. What has no theme yet is everybody's."""
    c, bound = table_of(Contribution).c, list(themes)
    query = select(c.received_on, c.review_by).where(c.consultation_id == consultation.id, IS_WAITING)
    if None not in bound:
        query = query.where(c.theme_id.in_(bound) | c.theme_id.is_(None))
    return query.order_by(c.review_by, c.id)


def up_to_many(query: Select[*tuple[Any, ...]]) -> Select[int]:
    """How many rows a query has, as far as ``MANY`` and one more."""
    return select(func.count().label("n")).select_from(query.limit(MANY + 1).subquery())


def _review(db: Session, consultation: ConsultationView, actor: Actor) -> int | None:
    held = actor.roles_in(consultation.id, RoleName.MODERATOR, RoleName.OBSERVER)
    if not held:
        return None
    return db.execute(up_to_many(within(consultation, [role.theme_id for role in held]))).scalar_one()


def to_answer(db: Session, consultation: ConsultationView, actor: Actor) -> ToAnswer:
    """What waits for the voice of this person, or of their sector."""
    sector = next((r.sector for r in actor.roles_in(consultation.id, *SECTOR_ROLES) if r.sector), None)
    asked = tuple(role_requests.to_answer(db, consultation, actor))
    if sector is None:
        return ToAnswer(None, asked)
    return ToAnswer(
        sector,
        asked,
        tuple(succession.unanswered(db, consultation, sector, actor.id)),
        tuple(verification.unanswered(db, consultation, sector)),
        tuple(minutes.unsigned(db, consultation, sector)),
    )


def _answer(db: Session, consultation: ConsultationView, actor: Actor) -> int | None:
    found = to_answer(db, consultation, actor)
    return None if found.sector is None and not found.roles else len(found)
