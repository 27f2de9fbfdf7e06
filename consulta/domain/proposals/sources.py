"""To what a proposal answers: published contributions, commitments of earlier plans, or nothing, with a line why."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.plans import EarlierCommitment
from consulta.models.proposals import DraftSource

MAX_SOURCES = 50
_S = table_of(DraftSource)
_C = table_of(Contribution)
_E = table_of(EarlierCommitment)


@dataclass(frozen=True)
class Sources:
    """Numbers of contributions and earlier commitments (``plan/key``), in their order; ``unrelated``: why none."""

    contributions: tuple[int, ...] = ()
    earlier: tuple[str, ...] = ()
    unrelated: str | None = None

    @property
    def said(self) -> bool:
        """Whether the question was answered."""
        return bool(self.contributions or self.earlier or self.unrelated)


def of_draft(db: Session, draft_id: int, unrelated: str | None) -> Sources:
    """To what a draft answers."""
    query = (
        select(_C.c.number, _E.c.plan, _E.c.key)
        .select_from(_S)
        .outerjoin(_C, _C.c.id == _S.c.contribution_id)
        .outerjoin(_E, _E.c.id == _S.c.earlier_id)
        .where(_S.c.draft_id == draft_id)
        .order_by(_S.c.id)
    )
    rows = db.execute(query).all()
    numbers = tuple(row.number for row in rows if row.number is not None)
    return Sources(numbers, tuple(f"{row.plan}/{row.key}" for row in rows if row.plan is not None), unrelated)


def store(db: Session, consultation: ConsultationView, draft_id: int, sources: Sources) -> None:
    """Put these sources in the place of the earlier ones. ``Invalid`` names what is not there to be pointed to."""
    contributions = _contributions(db, consultation, sources.contributions)
    earlier = _earlier(db, consultation, sources.earlier)
    db.execute(delete(_S).where(_S.c.draft_id == draft_id))
    rows = [{"draft_id": draft_id, "contribution_id": id_, "earlier_id": None} for id_ in contributions]
    rows += [{"draft_id": draft_id, "contribution_id": None, "earlier_id": id_} for id_ in earlier]
    if rows:
        db.execute(insert(_S), rows)


def _contributions(db: Session, consultation: ConsultationView, numbers: tuple[int, ...]) -> list[int]:
    if len(numbers) > MAX_SOURCES:
        raise Invalid("Elija como máximo %(most)s aportes.", most=MAX_SOURCES, field="contributions")
    mine = (_C.c.consultation_id == consultation.id) & (_C.c.status == Status.PUBLISHED) & _C.c.number.in_(numbers)
    found: dict[int, int] = dict(db.execute(select(_C.c.number, _C.c.id).where(mine)).all())
    missing = [number for number in numbers if number not in found]
    if missing:
        said = ", ".join(map(str, missing))
        raise Invalid("No hay un aporte publicado con el número %(numbers)s.", numbers=said, field="contributions")
    return [found[number] for number in dict.fromkeys(numbers)]


def _earlier(db: Session, consultation: ConsultationView, names: tuple[str, ...]) -> list[int]:
    query = select(_E.c.plan, _E.c.key, _E.c.id).where(_E.c.consultation_id == consultation.id)
    found = {f"{row.plan}/{row.key}": row.id for row in db.execute(query)} if names else {}
    for name in names:
        if name not in found:
            raise Invalid("No hay un compromiso anterior «%(name)s».", name=name[:40], field="earlier")
    return [found[name] for name in dict.fromkeys(names)]
