"""Proposals as anybody reads them: the list with filters, one with every version, every step and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import search
from consulta.domain.errors import Malformed, NotFound
from consulta.domain.sheets import store as sheet_store
from consulta.domain.sheets.sheet import Sheet
from consulta.models.base import Said
from consulta.models.contributions import NOT_SHOWN_YET, Contribution, Contributor, Kind, Status
from consulta.models.organizations import Organization
from consulta.models.plans import EarlierCommitment
from consulta.models.proposals import Proposal, ProposalSource
from consulta.models.sheets import SheetMilestone, SheetVersion, StoredSheet

from . import dismissals
from .sources import Lineage

PAGE = 20
LISTED = (Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN)
"""What can be asked for: of the last two the list says that they came, and from which organisation."""
_C: Any = Contribution.__table__
_P: Any = Proposal.__table__
_O: Any = Organization.__table__
_S: Any = StoredSheet.__table__
_V: Any = SheetVersion.__table__
_N: Any = Contributor.__table__


@dataclass(frozen=True)
class Row:
    """A proposal in the list; ``proponent``: an organisation, or a person's name if they show it."""

    number: int
    status: Status
    title: str | None
    language: str
    excerpt: str
    theme_id: int | None
    organization: str | None
    proponent: Said | None
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


@dataclass(frozen=True)
class Version:
    """A version that was sent."""

    version: int
    written_on: date


@dataclass(frozen=True)
class View:
    """A proposal; without a sheet (only what became of it) when it is not published."""

    number: int
    id: int
    status: Status
    sheet: Sheet | None
    version: int
    versions: tuple[Version, ...]
    theme_id: int | None
    organization: str | None
    proponent: Said | None
    received_on: date
    lineage: Lineage
    earlier: Mapping[str, Said]
    dismissed: Mapping[str, str]
    withdrawal: str | None
    sheet_id: int


def listing(db: Session, consultation: ConsultationView, by: Filters) -> tuple[list[Row], int | None]:
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
        .limit(PAGE + 1)
    )
    for condition in _conditions(db, consultation, by):
        query = query.where(condition)
    rows = [_row(r) for r in db.execute(query)]
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return rows, rows[-1].number if more else None


def _row(r: Any) -> Row:
    shown = r.status is Status.PUBLISHED
    return Row(
        number=r.number,
        status=r.status,
        title=r.title if shown else None,
        language=r.language,
        excerpt=_beginning(r.body) if shown else "",
        theme_id=r.theme_id,
        organization=r.slug,
        proponent=_proponent(r, shown),
        received_on=r.received_on,
        milestones=r.goals,
    )


def _proponent(r: Any, shown: bool) -> Said | None:
    """Who proposes: an organisation stands by its proposal; a person's name goes with the text."""
    return r.name or ({"es": r.who} if r.who and r.publish_name and shown else None)


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


def _beginning(body: str | None, most: int = 220) -> str:
    words = " ".join((body or "").split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def one(db: Session, consultation: ConsultationView, number: int, *, version: int | None = None) -> View:
    """A proposal, in its version in force unless another is asked for; ``NotFound`` while it waits."""
    query = (
        select(
            _C.c.id,
            _C.c.status,
            _C.c.theme_id,
            _C.c.received_on,
            _P.c.sheet_id,
            _P.c.unrelated,
            _P.c.withdrawal,
            _S.c.version,
            _O.c.slug,
            _O.c.name,
            _N.c.name.label("who"),
            _N.c.publish_name,
        )
        .select_from(_C)
        .join(_P, _P.c.id == _C.c.id)
        .join(_S, _S.c.id == _P.c.sheet_id)
        .join(_N, _N.c.contribution_id == _C.c.id)
        .outerjoin(_O, _O.c.id == _P.c.organization_id)
        .where(_C.c.consultation_id == consultation.id, _C.c.number == number)
    )
    row = db.execute(query).first()
    if row is None or row.status in NOT_SHOWN_YET:
        raise NotFound("No hay ninguna propuesta publicada con ese número.")
    shown = row.status is Status.PUBLISHED
    versions = db.execute(
        select(_V.c.id, _V.c.version, _V.c.written_on).where(_V.c.sheet_id == row.sheet_id).order_by(_V.c.version)
    ).all()
    wanted = next((v for v in versions if v.version == (version or row.version)), None)
    if wanted is None:
        raise NotFound("Esa propuesta no tiene esa versión.")
    lineage, earlier = _lineage(db, row.id, row.unrelated) if shown else (Lineage(), {})
    return View(
        number=number,
        id=row.id,
        status=row.status,
        version=wanted.version,
        theme_id=row.theme_id,
        sheet=sheet_store.load(db, consultation, [wanted.id])[wanted.id] if shown else None,
        versions=tuple(Version(v.version, v.written_on) for v in versions),
        organization=row.slug,
        proponent=_proponent(row, shown),
        received_on=row.received_on,
        lineage=lineage,
        earlier=earlier,
        dismissed=dismissals.of(db, row.sheet_id) if shown else {},
        withdrawal=row.withdrawal,
        sheet_id=row.sheet_id,
    )


def _lineage(db: Session, proposal_id: int, unrelated: str | None) -> tuple[Lineage, dict[str, Said]]:
    s, e = ProposalSource, EarlierCommitment
    query = (
        select(_C.c.number, e.plan, e.key, e.name)
        .select_from(s)
        .outerjoin(_C, _C.c.id == s.contribution_id)
        .outerjoin(e, e.id == s.earlier_id)
        .where(s.proposal_id == proposal_id)
        .order_by(s.id)
    )
    rows = db.execute(query).all()
    named = {f"{r.plan}/{r.key}": r.name for r in rows if r.plan is not None}
    return Lineage(tuple(r.number for r in rows if r.number is not None), tuple(named), unrelated), named


def at_the_desk(db: Session, consultation: ConsultationView, contribution_id: int) -> Sheet:
    """What a proposal says now, for who decides upon it; addresses and telephones are not for them."""
    query = (
        select(_V.c.id)
        .join(_S, (_S.c.id == _V.c.sheet_id) & (_S.c.version == _V.c.version))
        .join(_P, _P.c.sheet_id == _S.c.id)
        .where(_P.c.id == contribution_id)
    )
    version_id = db.execute(query).scalar_one()
    return sheet_store.load(db, consultation, [version_id])[version_id]


def answering(db: Session, consultation: ConsultationView, contribution_id: int) -> list[tuple[int, str]]:
    """The published proposals that answer to a contribution: number and title."""
    query = (
        select(_C.c.number, _C.c.title)
        .join(ProposalSource, ProposalSource.proposal_id == _C.c.id)
        .where(
            ProposalSource.contribution_id == contribution_id,
            _C.c.status == Status.PUBLISHED,
            _C.c.consultation_id == consultation.id,
        )
    )
    return [(r.number, r.title) for r in db.execute(query.order_by(_C.c.number).limit(20))]


def all_sheets(db: Session, consultation: ConsultationView, *, most: int) -> list[tuple[int, Sheet]]:
    """The sheets of published proposals in force, by number."""
    query = (
        select(_C.c.number, _V.c.id)
        .select_from(_C)
        .join(_P, _P.c.id == _C.c.id)
        .join(_S, _S.c.id == _P.c.sheet_id)
        .join(_V, (_V.c.sheet_id == _S.c.id) & (_V.c.version == _S.c.version))
        .where(_C.c.consultation_id == consultation.id, _C.c.status == Status.PUBLISHED)
        .order_by(_C.c.number)
        .limit(most)
    )
    rows = db.execute(query).all()
    sheets = sheet_store.load(db, consultation, [row.id for row in rows])
    return [(row.number, sheets[row.id]) for row in rows]
