"""What a noun's own row says is what its last version says; and a value that cannot be read is named, not a crash."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from consulta import reference
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.in_force import InForce
from consulta.domain.consultations import reading as consultations
from tests.domain.audit.test_added import faults

CHANGED = {
    "an act's version": "UPDATE acts SET version = 99 WHERE id = 1",
    "an act's day": "UPDATE acts SET day = '2031-01-01' WHERE id = 1",
    "a forum's version": "UPDATE forums SET version = 99 WHERE id = 1",
    "when a forum begins": "UPDATE forums SET starts_at = '2001-01-01 00:00' WHERE id = 1",
    "when a forum ends": "UPDATE forums SET ends_at = '2031-01-01 00:00' WHERE id = 1",
    "when one registers": "UPDATE forums SET opens_at = '2001-01-01 00:00' WHERE id = 1",
    "until when": "UPDATE forums SET closes_at = '2031-01-01 00:00' WHERE id = 1",
    "how many it holds": "UPDATE forums SET capacity = capacity + 1 WHERE id = 1",
    "called off": "UPDATE forums SET cancelled = NOT cancelled WHERE id = 1",
    "closed": "UPDATE forums SET closed_at = '2031-01-01 00:00' WHERE id = 1",
    "why it was closed": "UPDATE forums SET closing = 'Porque sí' WHERE id = 1",
    "erased": "UPDATE forums SET erased = NOT erased WHERE id = 1",
    "a commitment's version": "UPDATE sheets SET version = 99 WHERE id = (SELECT min(sheet_id) FROM commitments)",
    "the counter": "UPDATE consultations SET last_number = last_number + 1 WHERE slug = 'plan-2016-2018'",
}


def test_each_change_is_named_and_the_honest_record_is_not(database: Database) -> None:
    reference.load(database, now=datetime.now(UTC))
    assert faults(database) == []
    with database.session(read_only=True) as db:
        view = consultations.find(db, "plan-2016-2018").view
        assert list(InForce(db, view).faults()) == []
    missed = []
    for what, change in CHANGED.items():
        with database.write.connect() as connection:
            connection.execute(text(change))
            with database.session() as db:
                db.bind = connection
                named = [fault for report in audit_check.check_all(db) for fault in report.faults]
            connection.rollback()
        if not named:
            missed.append(what)
    assert missed == []
    assert faults(database) == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_cannot_be_read_is_a_fault_like_any_other(database: Database) -> None:
    reference.load(database, now=datetime.now(UTC))
    with database.write.connect() as connection:
        connection.execute(text("UPDATE acts SET day = 'nada'"))
        connection.commit()
    assert any("cannot be read" in fault for fault in faults(database))
