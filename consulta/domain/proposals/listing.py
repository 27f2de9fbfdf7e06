"""The list of proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import search
from consulta.domain.errors import Malformed
from consulta.models.base import Localized, table_of
from consulta.models.contributions import Contribution, Contributor, Kind, Status
from consulta.models.organizations import Organization
from consulta.models.proposals import Proposal
from consulta.models.sheets import SheetMilestone, SheetVersion, StoredSheet

from . import reading

PAGE = 20
_C = table_of(Contribution)
_P = table_of(Proposal)
_O = table_of(Organization)
_S = table_of(StoredSheet)
_V = table_of(SheetVersion)
_N = table_of(Contributor)
LISTED = (Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN)
"""What can be asked for: of the last two the list says that they came, and from which organisation."""


@dataclass(frozen=True)
class ListedProposal:
    """A proposal in the list; ``proponent``: an organisation, or a person's name if they show it."""

    number: int
    status: Status
    title: str | None
    language: str
    excerpt: str
    theme_id: int | None
    organization: str | None
    proponent: Localized | None
    received_on: date
    milestones: int


@dataclass(frozen=True)
class Filters:
    """What is wanted; ``status``: of ``LISTED``; ``sector``: of the organisation; ``after``: the last number seen."""

    theme: str | None = None
    organization: str | None = None
    sector: str | None = None
    status: str = Status.PUBLISHED
    q: str = ""
    after: int | None = None


def listing(
    db: Session, consultation: ConsultationView, by: Filters, *, limit: int = PAGE
) -> tuple[list[ListedProposal], int | None]:
    """Proposals, the latest number first; the second is what to pass as ``after`` for the next page."""
    goals = select(func.count()).where(SheetMilestone.version_id == _V.c.id, SheetMilestone.parent.is_(None))
    query = (
        select(
            _C.c.number,
            _C.c.status,
            _V.c.title,
            _V.c.language,
            _P.c.body,
            _C.c.theme_id,
            _O.c.slug,
            _O.c.name,
            _N.c.name.label("who"),
            _N.c.publish_name,
            _C.c.received_on,
            goals.scalar_subquery().label("goals"),
        )
        .select_from(_C)
        .join(_P, _P.c.id == _C.c.id)
        .join(_S, _S.c.id == _P.c.sheet_id)
        .join(_V, (_V.c.sheet_id == _S.c.id) & (_V.c.version == _S.c.version))
        .join(_N, _N.c.contribution_id == _C.c.id)
        .outerjoin(_O, _O.c.id == _P.c.organization_id)
        .where(_C.c.consultation_id == consultation.id, _C.c.kind == Kind.PROPOSAL)
        .order_by(_C.c.number.desc())
        .limit(limit + 1)
    )
    for condition in _conditions(db, consultation, by):
        query = query.where(condition)
    rows = [_row(r) for r in db.execute(query)]
    more, rows = len(rows) > limit, rows[:limit]
    return rows, rows[-1].number if more else None


def _row(r: Row[*tuple[Any, ...]]) -> ListedProposal:
    shown = r.status is Status.PUBLISHED
    return ListedProposal(
        number=r.number,
        status=r.status,
        title=r.title if shown else None,
        language=r.language,
        excerpt=_beginning(r.body) if shown else "",
        theme_id=r.theme_id,
        organization=r.slug,
        proponent=reading.proponent_of(r, shown),
        received_on=r.received_on,
        milestones=r.goals,
    )


def _conditions(db: Session, consultation: ConsultationView, by: Filters) -> list[Any]:
    if by.status not in LISTED:
        raise Malformed("No hay un estado «%(value)s».", value=by.status, valid=tuple(LISTED))
    found: list[Any] = [_C.c.status == Status(by.status)]
    if by.theme is not None:
        theme = consultation.theme(by.theme)
        if theme is None:
            valid = tuple(one.slug for one in consultation.themes)
            raise Malformed("No hay un tema «%(value)s».", value=by.theme, valid=valid)
        found.append(_C.c.theme_id == theme.id)
    if by.organization == "-":
        found.append(_P.c.organization_id.is_(None))
    elif by.organization:
        found.append(_O.c.slug == by.organization)
    if by.sector:
        found.append(_O.c.sector == by.sector)
    if by.q:
        words = search.wanted(consultation, by.q, theme=by.theme, department=None, kind=Kind.PROPOSAL.value)
        found.append(_C.c.id.in_(search.found(db, words, limit=1_000, newest=True)))
    if by.after is not None:
        found.append(_C.c.number < by.after)
    return found


def _beginning(body: str | None, limit: int = 220) -> str:
    words = " ".join((body or "").split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
