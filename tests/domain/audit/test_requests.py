"""Entries of requests, read one by one as the check reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from consulta.database.transactions import Database
from consulta.domain.audit.reader import Entry
from consulta.domain.audit.requests import Requests
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.models.accounts import RequestState, RoleChange, RoleName, RoleRequest
from tests.support.audits import faults
from tests.support.people import staff

ASKED = {
    "change": "grant",
    "role": "moderator",
    "terms": {"themes": [], "sector": "gov", "organization": None, "language": None},
    "reason": "Revisa mientras llega otra persona.",
}


def entry(at: int, action: Action, payload: dict[str, Any], subject: str = "person/equipo-1") -> Entry:
    """One entry."""
    noun, _, key = subject.partition("/")
    return Entry(at, action, noun, key, "equipo-1", "2026-11-29T10:00:00Z", payload)


def test_a_request_that_an_entry_says_and_no_row_holds_is_named(
    database: Database, consultation: ConsultationView
) -> None:
    with database.session(read_only=True) as db:
        reader = Requests(db, consultation)
        reader.entry(entry(1, Action.ROLE_ASK, ASKED))
        assert [fault.split(":")[0] for fault in reader.faults()] == ["person/equipo-1"]


def test_a_request_that_no_entry_says_is_named(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    id_ = staff(database, consultation, email="eva@equipo.example", role=RoleName.COORDINATOR)
    assert faults(database, consultation) == []
    with database.transaction() as db:
        db.execute(
            insert(RoleRequest).values(
                consultation_id=consultation.id,
                account_id=id_,
                change=RoleChange.GRANT,
                role=RoleName.MODERATOR,
                terms=ASKED["terms"],
                reason=ASKED["reason"],
                asked_at=now,
                state=RequestState.WAITING,
            )
        )
    (fault,) = faults(database, consultation)
    assert "is not what the entries say" in fault


@pytest.mark.parametrize("action", [Action.ROLE_ANSWER, Action.SIGNATORY_ANSWER])
def test_an_answer_to_nothing_says_nothing_known(
    database: Database, consultation: ConsultationView, action: Action
) -> None:
    payload = {"state": "agreed", "reason": None, "sector": "gov", "agrees": True}
    with database.session(read_only=True) as db, pytest.raises(LookupError):
        Requests(db, consultation).entry(entry(1, action, payload))
