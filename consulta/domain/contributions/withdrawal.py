"""A contribution withdrawn by its author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.contributions import Status

from . import status as contribution_status

GONE = (Status.WITHDRAWN, Status.ERASED)


@dataclass(frozen=True)
class Own:
    """An author's contribution, found by its code."""

    id: int
    number: int
    status: Status
    awaiting_review: bool
    consultation: ConsultationView


def withdraw(db: Session, mine: Own, *, action: Action = Action.WITHDRAW, now: datetime) -> None:
    """Take a contribution out of everything public; ``Conflict`` if it is gone already or changed meanwhile."""
    if mine.status in GONE:
        raise Conflict("Este aporte ya fue retirado.")
    if not contribution_status.lock(db, mine.id, status=mine.status):
        raise Conflict("Este aporte cambió en este momento. Inténtelo de nuevo.")
    contribution_status.change(db, mine.consultation, contribution_id=mine.id, status=Status.WITHDRAWN, awaiting=False)
    note(db, mine, action, {"status": Status.WITHDRAWN.value}, now=now)


def note(db: Session, mine: Own, action: Action, payload: dict[str, Any], *, now: datetime) -> None:
    """The entry of an act of its author, or of the erasure that is due."""
    actor = ledger.SYSTEM if action is Action.ERASE else ledger.PUBLIC
    contribution_status.record(
        db,
        mine.consultation,
        actor=actor,
        action=action,
        number=mine.number,
        recorded=mine.consultation.today(now),
        payload=payload,
    )
