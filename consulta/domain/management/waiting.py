"""What waits for one person of a team: counted for the frame that stands around every page of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consulta.domain.accounts.actors import Actor
from consulta.domain.accounts.permissions import SECTOR_ROLES
from consulta.domain.acts import minutes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations import verification
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


def counts(db: Session, consultation: ConsultationView, actor: Actor) -> Counts:
    """What waits for somebody here; its cost does not grow with the number of contributions."""
    sector = next((r.sector for r in actor.roles_in(consultation.id, *SECTOR_ROLES) if r.sector), None)
    return Counts(
        review=_review(db, consultation, actor),
        answer=None if sector is None else _answer(db, consultation, sector),
    )


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


def _answer(db: Session, consultation: ConsultationView, sector: Sector) -> int:
    requests = verification.unanswered(db, consultation, sector)
    return len(requests) + len(minutes.unsigned(db, consultation, sector))
