"""Comments that are published at once, and decided upon."""

from __future__ import annotations

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation import decisions, items
from consulta.models.moderation import Verdict
from tests.support.clock import NOW

from .consultations import a_consultation

AFTER = {"settings": {**a_consultation()["settings"], "moderation": {"opinion": "before", "comment": "after"}}}


def decide(database: Database, view: ConsultationView, account: int, number: int, verdict: str) -> None:
    """A decision as the desk takes it."""
    now = NOW
    with database.transaction() as db:
        item = items.item(db, view, number, account_id=account, now=now)
        decisions.decide(
            db,
            consultation=view,
            number=number,
            verdict=Verdict(verdict),
            by=by(db, view, account),
            now=now,
            note=None,
            reason_code="off-topic" if verdict == "reject" else None,
            ordinal=item.ordinal,
        )
