"""What waits for one person of a team: counted for the frame that stands around every page of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
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


def _review(db: Session, consultation: ConsultationView, actor: Actor) -> int | None:
    held = actor.roles_in(consultation.id, RoleName.MODERATOR, RoleName.OBSERVER)
    if not held:
        return None
    c = table_of(Contribution).c
    query = select(c.id).where(c.consultation_id == consultation.id, IS_WAITING)
    if all(role.theme_id for role in held):
        query = query.where(c.theme_id.in_([role.theme_id for role in held]) | c.theme_id.is_(None))
    return db.execute(select(func.count()).select_from(query.limit(MANY + 1).subquery())).scalar_one()


def _answer(db: Session, consultation: ConsultationView, sector: Sector) -> int:
    requests = verification.unanswered(db, consultation, sector)
    return len(requests) + len(minutes.unsigned(db, consultation, sector))
