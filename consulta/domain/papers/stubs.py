"""What the holder of a sheet's stub sees: the notes of that sheet and what became of each. Nothing can be changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.forums import reading as forums
from consulta.domain.forums.reading import ForumView
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation, Reason
from consulta.models.contributions import Contribution, Status
from consulta.models.forums import Forum
from consulta.models.moderation import Decision
from consulta.models.opinions import Opinion
from consulta.models.papers import Paper, PaperBatch, PaperNote, PaperState


@dataclass(frozen=True)
class StubNote:
    """A note and where it stands; ``reason``: why it is not published."""

    number: int
    body: str | None
    status: Status
    objection: bool
    reason: Localized | None


@dataclass(frozen=True)
class Stub:
    """A sheet, by the code of its stub."""

    folio: str
    consultation: ConsultationView
    forum: ForumView
    theme: ThemeView | None
    number: int
    state: PaperState
    notes: tuple[StubNote, ...]


def follow(db: Session, folio: str) -> Stub | None:
    """The sheet of a code; ``None`` if it is the code of none."""
    p, f = Paper, Forum
    row = db.execute(
        select(p.id, p.number, p.state, PaperBatch.theme_id, f.key, Consultation.slug)
        .join(PaperBatch, PaperBatch.id == p.batch_id)
        .join(f, f.id == p.forum_id)
        .join(Consultation, Consultation.id == f.consultation_id)
        .where(p.folio_hash == sha256(folio))
    ).first()
    if row is None:
        return None
    view = consultations.find(db, row.slug).view
    return Stub(
        folio=folio,
        consultation=view,
        forum=forums.one(db, view, row.key),
        number=row.number,
        state=row.state,
        theme=view.theme_by_id(row.theme_id),
        notes=_notes(db, row.id),
    )


def _notes(db: Session, paper_id: int) -> tuple[StubNote, ...]:
    c = table_of(Contribution).c
    opinion = table_of(Opinion).c
    latest = (Decision.contribution_id == c.id) & (Decision.ordinal == c.ordinal)
    rows = db.execute(
        select(c.number, opinion.body, c.status, PaperNote.objection, Reason.title)
        .select_from(PaperNote)
        .join(table_of(Contribution), c.id == PaperNote.contribution_id)
        .join(table_of(Opinion), opinion.id == c.id)
        .outerjoin(Decision, latest)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .where(PaperNote.paper_id == paper_id)
        .order_by(PaperNote.line)
    )
    return tuple(StubNote(*row) for row in rows)
