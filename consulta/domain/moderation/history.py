"""What was done with a contribution, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import SelectBase, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ReasonView
from consulta.domain.rows import Rows, together
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
    """Every act of staff upon a contribution, oldest first; one statement."""
    return steps(together(db, parts(consultation, contribution_id)))


def parts(consultation: ConsultationView, contribution_id: int) -> dict[str, SelectBase]:
    """The queries of which ``steps`` makes the history, to be asked together with others."""
    d, c, r, p = Decision, Classification, Reason, Pseudonym
    reason = (r.id.label("reason_id"), r.code, r.version, r.title, r.text, r.published_on)
    return {
        "decisions": select(d.ordinal, d.verdict, d.decided_at, p.name, DecisionNote.note, *reason)
        .outerjoin(r, r.id == d.reason_id)
        .outerjoin(DecisionNote, DecisionNote.decision_id == d.id)
        .join(p, (p.account_id == d.account_id) & (p.consultation_id == consultation.id))
        .where(d.contribution_id == contribution_id),
        "classifications": select(c.ordinal, c.decided_at, c.theme_id, c.mentions, p.name)
        .join(p, (p.account_id == c.account_id) & (p.consultation_id == consultation.id))
        .where(c.contribution_id == contribution_id),
    }


def steps(found: Rows) -> list[Step]:
    """What the queries of ``parts`` found, oldest first."""
    done = []
    for d in found["decisions"]:
        reason = None
        if d["reason_id"] is not None:
            names = ("reason_id", "code", "version", "title", "text", "published_on")
            reason = ReasonView(*(d[name] for name in names))
        done.append(Step(d["ordinal"], d["verdict"].value, d["name"], d["decided_at"], reason=reason, note=d["note"]))
    for c in found["classifications"]:
        about = {"theme_id": c["theme_id"], "mentions": tuple(c["mentions"])}
        done.append(Step(c["ordinal"], "classify", c["name"], c["decided_at"], **about))
    return sorted(done, key=lambda step: step.ordinal)
