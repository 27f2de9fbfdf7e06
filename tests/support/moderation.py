"""Decisions of the desk."""

from __future__ import annotations

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation import decisions
from consulta.models.moderation import Verdict
from tests.support.clock import NOW


def decide(
    database: Database,
    view: ConsultationView,
    account: int,
    number: int = 1,
    ordinal: int = 0,
    verdict: Verdict = Verdict.PUBLISH,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """One decision in a transaction of its own."""
    with database.transaction() as db:
        decisions.decide(
            db,
            consultation=view,
            number=number,
            verdict=verdict,
            reason_code=reason,
            note=note,
            ordinal=ordinal,
            by=by(db, view, account),
            now=NOW,
        )
