"""A proposal goes back to its proponent, with the fields to correct and until when.

It never lapses: not corrected in time, it goes on as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.proposals import ProposalDraft, Return

MAX_DAYS, PIECE = 60, 50
_C = table_of(Contribution)
_D = table_of(ProposalDraft)
_R = table_of(Return)


@dataclass(frozen=True)
class Returned:
    """Which fields are to be corrected, and the last day for it."""

    fields: tuple[str, ...]
    due_on: date

    def payload(self) -> dict[str, Any]:
        """What the ledger says of it, in clear."""
        return {"fields": list(self.fields), "due": self.due_on.isoformat()}


def check(
    db: Session, consultation: ConsultationView, number: int, returned: Returned | None, *, now: datetime
) -> None:
    """``Invalid`` unless it is a proposal that waits, some fields are named, and the day is one of the next sixty."""
    mine = (_C.c.consultation_id == consultation.id) & (_C.c.number == number)
    row = db.execute(select(_C.c.kind, _C.c.status).where(mine)).first()
    if row is None or row.kind is not Kind.PROPOSAL or row.status not in (Status.RECEIVED, Status.HELD):
        raise Invalid("Solo se devuelve una propuesta que espera revisión.", field="verdict")
    if returned is None or not returned.fields:
        raise Invalid("Elija qué hay que corregir.", field="fields")
    today = consultation.today(now)
    if not today < returned.due_on <= today + timedelta(days=MAX_DAYS):
        raise Invalid("Elija un día de los próximos 60 para corregirla.", field="due")


def reopen(db: Session, proposal_id: int, decision_id: int, returned: Returned) -> None:
    """Note what is to be corrected, and let the proponent write again."""
    values = {"decision_id": decision_id, "proposal_id": proposal_id, "fields": list(returned.fields)}
    db.execute(insert(_R).values(**values, due_on=returned.due_on))
    db.execute(update(_D).where(_D.c.contribution_id == proposal_id).values(submitted=False))


def latest(db: Session, proposal_id: int) -> Returned | None:
    """What was asked for last."""
    query = select(_R.c.fields, _R.c.due_on).where(_R.c.proposal_id == proposal_id)
    row = db.execute(query.order_by(_R.c.decision_id.desc()).limit(1)).first()
    return Returned(tuple(row.fields), row.due_on) if row else None


def all_of(db: Session, proposal_id: int) -> list[tuple[list[str], str]]:
    """Everything that was asked for, in its order: fields and day."""
    query = select(_R.c.fields, _R.c.due_on).where(_R.c.proposal_id == proposal_id).order_by(_R.c.decision_id)
    return [(list(row.fields), row.due_on.isoformat()) for row in db.execute(query)]


def go_on(db: Session, *, now: datetime) -> int:
    """Proposals that were not corrected in time wait for a person again, as they stand; how many."""
    due = select(_R.c.proposal_id).where(_R.c.due_on < now.date() + timedelta(days=1))
    waiting = select(_C.c.id, _C.c.number, Consultation.slug).join(
        Consultation, Consultation.id == _C.c.consultation_id
    )
    rows = db.execute(waiting.where(_C.c.status == Status.RETURNED, _C.c.id.in_(due)).limit(PIECE)).all()
    done = 0
    for row in rows:
        view, asked = consultations.find(db, row.slug).view, latest(db, row.id)
        late = asked is not None and asked.due_on < view.today(now)
        if not late or not status.lock(db, row.id, status=Status.RETURNED):
            continue
        db.execute(update(_D).where(_D.c.contribution_id == row.id).values(submitted=True))
        on = Occasion(row.number, Action.GO_ON, ledger.SYSTEM, now)
        status.change(db, view, row.id, on, status=Status.RECEIVED, awaiting=True)
        done += 1
    return done
