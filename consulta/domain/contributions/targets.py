"""What a comment is on: a theme, a contribution or one part of it, a commitment; and, for a reply, what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import NotFound
from consulta.models.comments import Comment
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.plans import Commitment
from consulta.models.proposals import Proposal
from consulta.models.sheets import SheetMilestone, SheetVersion, StoredSheet

from . import bodies

PARTS = ("problem", "objective", "action", "relevance", "ambition", "leads", "milestones")
"""Fields of a proposal that can be commented upon one by one; besides its milestones, by their keys."""
HAS_PARTS = frozenset({Kind.PROPOSAL})
"""Kinds of which one field or milestone can be commented upon."""
_C: Any = Contribution.__table__.c
_COMMENT: Any = Comment.__table__
_ON: Any = aliased(Contribution.__table__, name="target")
_PARENT: Any = aliased(Contribution.__table__, name="answered")
_PLAN: Any = Commitment.__table__
COLUMNS: tuple[Any, ...] = (
    _COMMENT.c.on_theme_id,
    _COMMENT.c.part,
    _COMMENT.c.supports,
    _ON.c.number.label("on_number"),
    _ON.c.kind.label("on_kind"),
    _ON.c.status.label("on_status"),
    _PARENT.c.number.label("parent_number"),
    _PARENT.c.status.label("parent_status"),
    _PLAN.c.number.label("on_commitment"),
)
"""What ``on_of`` reads, in a query that went through ``with_target``."""


@dataclass(frozen=True)
class Target:
    """What a comment to come is on. ``parent_id``: of the comment that it answers."""

    theme: ThemeView | None = None
    contribution_id: int | None = None
    commitment_id: int | None = None
    number: int | None = None
    part: str | None = None
    parent_id: int | None = None
    parent_number: int | None = None

    @property
    def key(self) -> str:
        """Its public identifier, as the ledger says it."""
        if self.theme:
            return f"theme/{self.theme.slug}"
        return f"commitment/{self.number}" if self.commitment_id else f"contribution/{self.number}"

    def columns(self, *, shown: bool) -> dict[str, Any]:
        """The columns of a new comment besides its text."""
        return {
            "on_theme_id": self.theme.id if self.theme else None,
            "on_contribution_id": self.contribution_id,
            "on_commitment_id": self.commitment_id,
            "part": self.part,
            "parent_id": self.parent_id,
            "shown": shown,
            "replies": 0,
            "supports": 0,
        }

    def payload(self) -> dict[str, Any]:
        """What the ledger says of it, in clear."""
        return {"on": self.key, "part": self.part, "parent": self.parent_number}


@dataclass(frozen=True)
class Quoted:
    """A published contribution that somebody is about to comment on."""

    id: int
    number: int
    kind: Kind
    theme_id: int | None
    excerpt: str


@dataclass(frozen=True)
class On:
    """What a stored comment is on, and what became of that; ``parent`` is the number of the comment it answers."""

    theme_id: int | None
    number: int | None
    kind: Kind | None
    status: Status | None
    part: str | None
    parent: int | None
    parent_status: Status | None
    commitment: int | None = None

    @property
    def directly(self) -> int | None:
        """The number of what it answers; ``None`` for a comment on a theme."""
        return self.parent or self.number

    @property
    def standing(self) -> Status | None:
        """How that stands now."""
        return self.parent_status if self.parent else self.status


def with_target(query: Select[Any]) -> Select[Any]:
    """A query that went through ``bodies.with_body``, joined so that ``COLUMNS`` can be asked."""
    query = query.outerjoin(_ON, _ON.c.id == _COMMENT.c.on_contribution_id)
    query = query.outerjoin(_PARENT, _PARENT.c.id == _COMMENT.c.parent_id)
    return query.outerjoin(_PLAN, _PLAN.c.id == _COMMENT.c.on_commitment_id)


def on_of(r: Any) -> On | None:
    """What a row is on; ``None`` if it is no comment."""
    if r.on_theme_id is None and r.on_number is None and r.on_commitment is None:
        return None
    on = (r.on_theme_id, r.on_number, r.on_kind, r.on_status, r.part, r.parent_number, r.parent_status)
    return On(*on, commitment=r.on_commitment)


def of(db: Session, contribution_id: int) -> On | None:
    """What one stored contribution is on."""
    query = with_target(bodies.with_body(select(*COLUMNS).select_from(Contribution.__table__)))
    return on_of(db.execute(query.where(_C.id == contribution_id)).one())


def quoted(db: Session, consultation: ConsultationView, number: int) -> Quoted | None:
    """The beginning of a contribution, if it is published."""
    row = _published(db, consultation, number)
    if row is None:
        return None
    return Quoted(row.id, row.number, row.kind, row.theme_id, bodies.excerpt(row.title, row.body, 240))


def find(db: Session, consultation: ConsultationView, number: int, part: str | None = None) -> tuple[Target, Quoted]:
    """What a comment on a published contribution will be on; a comment upon a comment is a reply under its thread.

    ``NotFound`` for what is not published, or has no such part.
    """
    row = _published(db, consultation, number)
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
    version = (SheetVersion.sheet_id == _PLAN.c.sheet_id) & (SheetVersion.version == 1)
    query = select(_PLAN.c.id, _PLAN.c.theme_id, SheetVersion.title, SheetVersion.problem).join(SheetVersion, version)
    mine = (_PLAN.c.consultation_id == consultation.id) & (_PLAN.c.number == number)
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
        .join(p.__table__, p.__table__.c.sheet_id == s.id)
        .where(p.__table__.c.id == proposal_id, m.key == part[:40])
    )
    return db.execute(query.limit(1)).first() is not None


def _published(db: Session, consultation: ConsultationView, number: int) -> Any:
    query = select(
        _C.id,
        _C.number,
        _C.kind,
        _C.theme_id,
        _C.title,
        bodies.BODY,
        _COMMENT.c.parent_id,
        _COMMENT.c.on_contribution_id,
        _COMMENT.c.on_commitment_id,
        *COLUMNS,
    ).select_from(Contribution.__table__)
    mine = (_C.consultation_id == consultation.id) & (_C.number == number) & (_C.status == Status.PUBLISHED)
    return db.execute(with_target(bodies.with_body(query)).where(mine)).first()
