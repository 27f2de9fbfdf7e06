"""Roles as the entries say, and decisions of those who had one."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.accounts import team
from consulta.domain.audit.roles import Roles
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.models.accounts import RoleName, Sector
from tests.domain.audit.test_added import faults
from tests.support.contributions import admit
from tests.support.moderation import decide
from tests.support.people import staff

ANA = "WHERE account_id = (SELECT min(id) FROM accounts)"
CHANGED = {
    "another role": f"UPDATE roles SET role = 'observer' {ANA}",
    "more power": f"UPDATE roles SET role = 'admin' {ANA}",
    "the other side": f"UPDATE roles SET sector = 'cso' {ANA}",
    "suspended": f"UPDATE roles SET suspended = NOT suspended {ANA}",
    "taken away": f"DELETE FROM roles {ANA}",
    "given": "INSERT INTO roles (account_id, role, consultation_id, suspended) "
    "SELECT account_id, 'coordinator', consultation_id, suspended FROM roles LIMIT 1",
    "somebody else's": f"UPDATE roles SET account_id = (SELECT max(id) FROM accounts) {ANA}",
    "called otherwise": f"UPDATE pseudonyms SET name = 'equipo-zzzz' {ANA}",
}


@pytest.fixture
def ana(database: Database, consultation: ConsultationView) -> int:
    """A moderator of the government, beside others."""
    id_ = staff(database, consultation, sector=Sector.GOVERNMENT)
    staff(database, consultation, "beto@equipo.example", RoleName.OBSERVER)
    return id_


def named(database: Database, view: ConsultationView, account: int) -> team.Person:
    """Somebody of the team."""
    with database.session(read_only=True) as db:
        return next(one for one in team.team(db, view) if one.account_id == account)


@pytest.mark.parametrize("what", CHANGED)
def test_a_role_that_no_entry_says_is_named(database: Database, ana: int, what: str) -> None:
    assert faults(database) == []
    with database.write.connect() as connection:
        connection.execute(text(CHANGED[what]))
        connection.commit()
    assert any(fault.startswith("person/") for fault in faults(database))


def test_whoever_decided_without_being_a_moderator_is_named(
    database: Database, consultation: ConsultationView, ana: int, now: datetime
) -> None:
    admit(database, consultation, "Uno para decidir", "Otro para decidir", "Y otro más")
    decide(database, consultation, ana, 1)
    assert faults(database) == []
    stranger = staff(database, consultation, "nadie@equipo.example", RoleName.SECRETARY)
    decide(database, consultation, stranger, 2)
    assert [fault.partition(": ")[2].partition(" ")[2] for fault in faults(database)] == [
        "decided and was no moderator then"
    ]


def test_a_role_taken_away_and_given_back_is_replayed(
    database: Database, consultation: ConsultationView, ana: int, now: datetime
) -> None:
    admit(database, consultation, "Uno para decidir", "Otro para decidir")
    how = {"reason": "Así se acordó en la mesa.", "by": By(None, "system"), "now": now}
    for suspended in (True, False):
        with database.transaction() as db:
            team.suspend(db, consultation, named(database, consultation, ana), suspended=suspended, **how)
        assert faults(database) == []
    decide(database, consultation, ana, 1)
    with database.transaction() as db:
        team.revoke(db, consultation, named(database, consultation, ana), **how)
    assert faults(database) == []
    decide(database, consultation, ana, 2)
    assert len(faults(database)) == 1
    with database.session(read_only=True) as db:
        assert list(Roles(db, consultation).faults()) != [], "without the entries no role is said"
