"""The real plan, imported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.domain.plans import from_file, publishing

from .sheets import records


def publish(database: Database, view: ConsultationView, now: datetime, data: Any = None) -> None:
    """Import the commitments."""
    with database.transaction() as db:
        found = from_file.read(records() if data is None else data, view)
        publishing.publish(db, view, found, by=By(None, "sistema"), now=now)
