"""What can be commented upon: a published contribution, a theme, a commitment, perhaps a part of it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, targets
from consulta.domain.contributions.targets import Quoted, Target
from consulta.domain.errors import NotFound
from consulta.models.base import table_of
from consulta.models.contributions import Kind
from consulta.models.plans import Commitment
from consulta.models.proposals import Proposal
from consulta.models.sheets import SheetMilestone, SheetVersion, StoredSheet

PARTS = ("problem", "objective", "action", "relevance", "ambition", "leads", "milestones")
"""Fields of a proposal that can be commented upon one by one; besides its milestones, by their keys."""
HAS_PARTS = frozenset({Kind.PROPOSAL})
"""Kinds of which one field or milestone can be commented upon."""
_COMMITMENT = table_of(Commitment)


def find(db: Session, consultation: ConsultationView, number: int, part: str | None = None) -> tuple[Target, Quoted]:
    """What a comment on a published contribution will be on; a comment upon a comment is a reply under its thread.

    ``NotFound`` for what is not published, or has no such part.
    """
    row = targets.published(db, consultation, number)
    if row is None:
        raise NotFound("No hay ningún aporte publicado con ese número.")
    said = Quoted(row.id, row.number, row.kind, row.theme_id, bodies.excerpt(row.title, row.body, 240))
    if part and (row.kind not in HAS_PARTS or not _has_part(db, row.id, part)):
        raise NotFound("Ese aporte no tiene esa parte.")
    if row.kind is not Kind.COMMENT:
        return Target(contribution_id=row.id, number=row.number, part=part or None), said
    parent = {
        "parent_id": row.parent_id or row.id,
        "parent_number": row.parent_number or row.number,
        "part": row.part,
    }
    if row.on_theme_id is not None:
        return Target(theme=consultation.theme_by_id(row.on_theme_id), **parent), said
    if row.on_commitment_id is not None:
        return Target(commitment_id=row.on_commitment_id, number=row.on_commitment, **parent), said
    return Target(contribution_id=row.on_contribution_id, number=row.on_number, **parent), said


def commitment(db: Session, consultation: ConsultationView, number: int) -> tuple[Target, Quoted]:
    """What a comment on a commitment will be on; ``NotFound`` if there is none of this number."""
    version = (SheetVersion.sheet_id == _COMMITMENT.c.sheet_id) & (SheetVersion.version == 1)
    query = select(_COMMITMENT.c.id, _COMMITMENT.c.theme_id, SheetVersion.title, SheetVersion.problem).join(
        SheetVersion, version
    )
    mine = (_COMMITMENT.c.consultation_id == consultation.id) & (_COMMITMENT.c.number == number)
    row = db.execute(query.where(mine)).first()
    if row is None:
        raise NotFound("No hay un compromiso con ese número.")
    said = Quoted(row.id, number, Kind.PROPOSAL, row.theme_id, bodies.excerpt(row.title, row.problem, 240))
    return Target(commitment_id=row.id, number=number), said


def _has_part(db: Session, proposal_id: int, part: str) -> bool:
    """Whether a proposal has this field, or a milestone of this key in its version in force."""
    if part in PARTS:
        return True
    p, s, v, m = Proposal, StoredSheet, SheetVersion, SheetMilestone
    query = (
        select(m.id)
        .join(v, v.id == m.version_id)
        .join(s, (s.id == v.sheet_id) & (s.version == v.version))
        .join(table_of(p), table_of(p).c.sheet_id == s.id)
        .where(table_of(p).c.id == proposal_id, m.key == part[:40])
    )
    return db.execute(query.limit(1)).first() is not None
