"""What was done with a contribution, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ReasonView
from consulta.models.accounts import Pseudonym
from consulta.models.consultations import Reason
from consulta.models.moderation import Classification, Decision, DecisionNote


@dataclass(frozen=True)
class Step:
    """One act of staff in the history of a contribution; ``note`` is what the author reads."""

    ordinal: int
    kind: str
    actor: str
    at: datetime
    reason: ReasonView | None = None
    note: str | None = None
    theme_id: int | None = None
    mentions: tuple[str, ...] = ()


def history(db: Session, consultation: ConsultationView, contribution_id: int) -> list[Step]:
    """Every act of staff upon a contribution, oldest first."""
    steps: list[Step] = []
    name = (Pseudonym.account_id, Pseudonym.consultation_id)
    for d, reason, note, actor in db.execute(
        select(Decision, Reason, DecisionNote.note, Pseudonym.name)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .outerjoin(DecisionNote, DecisionNote.decision_id == Decision.id)
        .join(Pseudonym, (name[0] == Decision.account_id) & (name[1] == consultation.id))
        .where(Decision.contribution_id == contribution_id)
    ):
        shown = (
            ReasonView(reason.id, reason.code, reason.version, reason.title, reason.text, reason.published_on)
            if reason
            else None
        )
        steps.append(Step(d.ordinal, d.verdict.value, actor, d.decided_at, reason=shown, note=note))
    for c, actor in db.execute(
        select(Classification, Pseudonym.name)
        .join(Pseudonym, (name[0] == Classification.account_id) & (name[1] == consultation.id))
        .where(Classification.contribution_id == contribution_id)
    ):
        steps.append(Step(c.ordinal, "classify", actor, c.decided_at, theme_id=c.theme_id, mentions=tuple(c.mentions)))
    return sorted(steps, key=lambda step: step.ordinal)
