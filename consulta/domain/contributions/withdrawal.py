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

from . import status
from .status import Occasion

GONE = (Status.WITHDRAWN, Status.ERASED, Status.ANNULLED)


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
    if not status.lock(db, mine.id, status=mine.status):
        raise Conflict("Este aporte cambió en este momento. Inténtelo de nuevo.")
    on = by_author(mine, action, now=now)
    status.change(db, mine.consultation, mine.id, on, status=Status.WITHDRAWN, awaiting=False)


def by_author(mine: Own, action: Action, *, now: datetime, **payload: Any) -> Occasion:
    """An act of its author; the ledger says the day and that it was the public."""
    return Occasion(mine.number, action, ledger.PUBLIC, mine.consultation.today(now), payload)
