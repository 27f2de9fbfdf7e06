"""The ledger check, asked by tests."""

from __future__ import annotations

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView


def sound(database: Database, slug: str = "prueba") -> None:
    """The ledger check finds nothing."""
    with database.session(read_only=True) as db:
        view = consultations.find(db, slug).view
        assert check.check(db, view.log_id, consultation=view).faults == []


def faults(database: Database, view: ConsultationView) -> list[str]:
    """What the ledger check finds."""
    with database.session(read_only=True) as db:
        return check.check(db, view.log_id, consultation=consultations.find(db, view.slug).view).faults
