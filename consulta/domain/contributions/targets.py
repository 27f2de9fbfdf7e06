"""What a comment is on: a theme, a contribution or one part of it, a commitment; and, for a reply, what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.models.base import table_of
from consulta.models.comments import Comment
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.plans import Commitment

from . import bodies

_C = table_of(Contribution).c
_COMMENT = table_of(Comment)
_ON = table_of(Contribution).alias("target")
_PARENT = table_of(Contribution).alias("answered")
_PLAN = table_of(Commitment)
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


def on_of(r: Row[Any]) -> On | None:
    """What a row is on; ``None`` if it is no comment."""
    if r.on_theme_id is None and r.on_number is None and r.on_commitment is None:
        return None
    on = (r.on_theme_id, r.on_number, r.on_kind, r.on_status, r.part, r.parent_number, r.parent_status)
    return On(*on, commitment=r.on_commitment)


def of(db: Session, contribution_id: int) -> On | None:
    """What one stored contribution is on."""
    query = with_target(bodies.with_body(select(*COLUMNS).select_from(table_of(Contribution))))
    return on_of(db.execute(query.where(_C.id == contribution_id)).one())


def quoted(db: Session, consultation: ConsultationView, number: int) -> Quoted | None:
    """The beginning of a contribution, if it is published."""
    row = published(db, consultation, number)
    if row is None:
        return None
    return Quoted(row.id, row.number, row.kind, row.theme_id, bodies.excerpt(row.title, row.body, 240))


def published(db: Session, consultation: ConsultationView, number: int) -> Row[Any] | None:
    """The row of a published contribution, with what it is on if it is a comment; ``None`` else."""
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
    ).select_from(table_of(Contribution))
    mine = (_C.consultation_id == consultation.id) & (_C.number == number) & (_C.status == Status.PUBLISHED)
    return db.execute(with_target(bodies.with_body(query)).where(mine)).first()
