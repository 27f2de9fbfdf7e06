"""Proposals as anybody reads them: the list with filters, one with every version, every step and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, Select, SelectBase, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.domain.moderation import history
from consulta.domain.moderation.history import Step
from consulta.domain.rows import together
from consulta.domain.sheets import store
from consulta.domain.sheets.advice import Glossary
from consulta.domain.sheets.sheet import Sheet
from consulta.domain.texts import sort_key
from consulta.models.base import Localized, table_of
from consulta.models.contributions import NOT_SHOWN_YET, Contribution, Contributor, Status
from consulta.models.organizations import Organization
from consulta.models.plans import EarlierCommitment
from consulta.models.proposals import Proposal, ProposalSource
from consulta.models.sheets import SheetVersion, StoredSheet

from . import advising, dismissals
from . import sponsors as proposal_sponsors
from .sources import Sources
from .sponsors import Asked

_C = table_of(Contribution)
_P = table_of(Proposal)
_O = table_of(Organization)
_S = table_of(StoredSheet)
_V = table_of(SheetVersion)
_N = table_of(Contributor)


@dataclass(frozen=True)
class Version:
    """A version that was sent."""

    version: int
    written_on: date


@dataclass(frozen=True)
class View:
    """A proposal; without a sheet (only what became of it) when it is not published. ``names``: the bodies that take
    part, for its advice."""

    number: int
    id: int
    status: Status
    sheet: Sheet | None
    version: int
    versions: tuple[Version, ...]
    theme_id: int | None
    organization: str | None
    proponent: Localized | None
    received_on: date
    sources: Sources
    earlier: Mapping[str, Localized]
    dismissed: Mapping[str, str]
    withdrawal: str | None
    sheet_id: int
    sponsors: tuple[Asked, ...] = ()
    steps: tuple[Step, ...] = ()
    names: Glossary = field(default_factory=dict)


def proponent_of(r: Row[*tuple[Any, ...]], shown: bool) -> Localized | None:
    """Who proposes: an organisation stands by its proposal; a person's name goes with the text."""
    return r.name or ({"es": r.who} if r.who and r.publish_name and shown else None)


def one(db: Session, consultation: ConsultationView, number: int, *, version: int | None = None) -> View:
    """A proposal, in its version in force unless another is asked for; ``NotFound`` while it waits."""
    row = db.execute(_row(consultation, number)).first()
    if row is None or row.status in NOT_SHOWN_YET:
        raise NotFound("No hay ninguna propuesta publicada con ese número.")
    shown = row.status is Status.PUBLISHED
    wanted = select(_V.c.id).where(_V.c.sheet_id == row.sheet_id, _V.c.version == (version or row.version))
    queries: dict[str, SelectBase] = {
        "all_versions": select(_V.c.id, _V.c.version, _V.c.written_on).where(_V.c.sheet_id == row.sheet_id),
        "sponsors": proposal_sponsors.behind(row.id),
        **history.parts(consultation, row.id),
    }
    if shown:
        queries |= store.parts(wanted)
        queries |= {"sources": _sources(row.id), "dismissed": dismissals.query(row.sheet_id)}
        queries |= {"bodies": advising.bodies(consultation)}
    found = together(db, queries)
    versions = [
        Version(v["version"], v["written_on"]) for v in sorted(found["all_versions"], key=itemgetter("version"))
    ]
    if (version or row.version) not in {v.version for v in versions}:
        raise NotFound("Esa propuesta no tiene esa versión.")
    answers = sorted(found.get("sources", ()), key=itemgetter("id"))
    earlier = {f"{one['plan']}/{one['key']}": one["name"] for one in answers if one["plan"] is not None}
    numbers = tuple(one["number"] for one in answers if one["number"] is not None)
    return View(
        number=number,
        id=row.id,
        status=row.status,
        version=version or row.version,
        theme_id=row.theme_id,
        sheet=next(iter(store.built(consultation, found).values())) if shown else None,
        versions=tuple(versions),
        organization=row.slug,
        proponent=proponent_of(row, shown),
        received_on=row.received_on,
        sources=Sources(numbers, tuple(earlier), row.unrelated if shown else None),
        earlier=earlier,
        dismissed={one["finding"]: one["reason"] for one in found.get("dismissed", ())},
        withdrawal=row.withdrawal,
        sheet_id=row.sheet_id,
        sponsors=tuple(sorted((Asked(**one) for one in found["sponsors"]), key=lambda one: sort_key(one.name["es"]))),
        steps=tuple(history.steps(found)),
        names=advising.named(found.get("bodies", ())),
    )


def _row(consultation: ConsultationView, number: int) -> Select[Any, Any, Any, Any, Any]:
    """What a proposal is, apart from what it says."""
    return (
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


def _sources(proposal_id: int) -> Select[Any, Any, Any, Any, Any]:
    s, e = ProposalSource, EarlierCommitment
    return (
        select(s.id, _C.c.number, e.plan, e.key, e.name)
        .select_from(s)
        .outerjoin(_C, _C.c.id == s.contribution_id)
        .outerjoin(e, e.id == s.earlier_id)
        .where(s.proposal_id == proposal_id)
    )


def at_the_desk(db: Session, consultation: ConsultationView, contribution_id: int) -> Sheet:
    """What a proposal says now, for who decides upon it; addresses and telephones are not for them."""
    query = (
        select(_V.c.id)
        .join(_S, (_S.c.id == _V.c.sheet_id) & (_S.c.version == _V.c.version))
        .join(_P, _P.c.sheet_id == _S.c.id)
        .where(_P.c.id == contribution_id)
    )
    version_id = db.execute(query).scalar_one()
    return store.load(db, consultation, [version_id])[version_id]


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


def all_sheets(db: Session, consultation: ConsultationView, *, limit: int) -> list[tuple[int, Sheet]]:
    """The sheets of published proposals in force, by number."""
    query = (
        select(_C.c.number, _V.c.id)
        .select_from(_C)
        .join(_P, _P.c.id == _C.c.id)
        .join(_S, _S.c.id == _P.c.sheet_id)
        .join(_V, (_V.c.sheet_id == _S.c.id) & (_V.c.version == _S.c.version))
        .where(_C.c.consultation_id == consultation.id, _C.c.status == Status.PUBLISHED)
        .order_by(_C.c.number)
        .limit(limit)
    )
    rows = db.execute(query).all()
    sheets = store.load(db, consultation, [row.id for row in rows])
    return [(row.number, sheets[row.id]) for row in rows]


def published(db: Session, consultation: ConsultationView, *, limit: int) -> list[int]:
    """The numbers of published proposals: what may stand in a document."""
    mine = (_C.c.consultation_id == consultation.id) & (_C.c.status == Status.PUBLISHED)
    query = select(_C.c.number).join(_P, _P.c.id == _C.c.id).where(mine).order_by(_C.c.number).limit(limit)
    return list(db.execute(query).scalars())
