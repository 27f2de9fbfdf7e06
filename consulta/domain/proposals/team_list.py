"""Proposals as the team lists them: every one that was sent, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.rows import read
from consulta.models.base import Localized, table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.organizations import Organization
from consulta.models.proposals import Proposal, Return

PAGE = 50
_C = table_of(Contribution)
_P = table_of(Proposal)
_O = table_of(Organization)
_R = table_of(Return)


@dataclass(frozen=True)
class SentProposal:
    """A row; ``due_on``: until when it can be corrected, if it was given back (the last time, if several)."""

    number: int
    title: str | None
    organization: Localized | None
    status: Status
    theme_id: int | None
    received_on: date
    due_on: date | None


def listing(
    db: Session, consultation: ConsultationView, *, after: int | None = None
) -> tuple[list[SentProposal], int | None]:
    """The latest first; the second is what to pass as ``after`` for the next page."""
    given_back = select(_R.c.due_on).where(_R.c.proposal_id == _C.c.id)
    due = given_back.order_by(_R.c.decision_id.desc()).limit(1).correlate(_C).scalar_subquery()
    query = (
        select(_C.c.number, _C.c.title, _O.c.name, _C.c.status, _C.c.theme_id, _C.c.received_on, due)
        .join(_P, _P.c.id == _C.c.id)
        .outerjoin(_O, _O.c.id == _P.c.organization_id)
        .where(_C.c.consultation_id == consultation.id)
    )
    if after is not None:
        query = query.where(_C.c.number < after)
    rows = read(db, query.order_by(_C.c.number.desc()).limit(PAGE + 1), SentProposal)
    return rows[:PAGE], rows[PAGE - 1].number if len(rows) > PAGE else None
