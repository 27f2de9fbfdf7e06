"""Eighteen changes that somebody who holds the database could make: each is found with a head that was noted down
earlier, and it is known what finds it without one (docs/ledger.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import Connection, text

from consulta.database.transactions import Database
from consulta.domain.acts import documents, versions
from consulta.domain.acts.data import ActData
from consulta.domain.audit import check, papers
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.models.acts import ActKind
from tests.domain.audit.test_readers import busy, consultation
from tests.support import papers as sheets
from tests.support.consultations import said
from tests.support.people import staff

__all__ = ["busy", "consultation"]
assert papers.Papers
DOCUMENT = b"%PDF-1.4 el acta"


@dataclass(frozen=True)
class Change:
    """What is done, what names it without a head (``None``: only a head does)."""

    do: str | Callable[[Connection, int], None]
    named: str | None


def rechained(connection: Connection, log_id: int, entries: list[str]) -> None:
    """Write a log anew, as whoever holds the database can: a chain that is right in itself."""
    connection.execute(text("DELETE FROM ledger_entries WHERE log_id = :log"), {"log": log_id})
    head = log.GENESIS
    for position, entry in enumerate(entries, start=1):
        head = log.next_head(head, entry)
        row = {"log": log_id, "position": position, "entry": entry, "head": head}
        connection.execute(text("INSERT INTO ledger_entries VALUES (:log, :position, :entry, :head)"), row)
    mine = {"log": log_id, "length": len(entries), "head": head}
    connection.execute(text("UPDATE ledger_logs SET length = :length, head = :head WHERE id = :log"), mine)


def entries(connection: Connection, log_id: int) -> list[str]:
    """The log."""
    query = text("SELECT entry FROM ledger_entries WHERE log_id = :log ORDER BY position")
    return list(connection.execute(query, {"log": log_id}).scalars())


def swapped(connection: Connection, log_id: int) -> None:
    """The last two entries of different things change places."""
    found = entries(connection, log_id)
    rechained(connection, log_id, [*found[:-2], found[-1], found[-2]])


def rolled_back(connection: Connection, log_id: int) -> None:
    """The last entry is cut off, and the head says so."""
    rechained(connection, log_id, entries(connection, log_id)[:-1])


def other_reason(connection: Connection, log_id: int) -> None:
    """A text in the log itself: of what was said to have been done."""
    rechained(connection, log_id, [one.replace("foro", "feria") for one in entries(connection, log_id)])


def other_bytes(connection: Connection, _log_id: int) -> None:
    """Another document under the hash of the one that was published."""
    connection.execute(text("UPDATE stored_files SET content = :content"), {"content": b"%PDF-1.4 otra acta"})


CHANGES = {
    "text": Change("UPDATE opinions SET body = 'Otra cosa'", "body is not what arrived"),
    "outcome": Change("UPDATE contributions SET status = 'rejected' WHERE number = 1", "stands as"),
    "reason": Change("UPDATE reasons SET code = code || 'x'", "reason/"),
    "rule": Change("UPDATE consultations SET settings = '{}'", "consultation"),
    "window": Change("UPDATE stages SET ends_at = '2031-01-01 00:00'", "schedule/1"),
    "moderator": Change("UPDATE decisions SET account_id = (SELECT MAX(id) FROM accounts)", "act 1"),
    "figure": Change("UPDATE tally SET n = n + 1", "tally"),
    "order": Change(swapped, None),
    "number": Change("UPDATE contributions SET number = 900 WHERE number = 2", "contribution"),
    "drop": Change("DELETE FROM decisions", "act 1 is gone"),
    "insert": Change(
        "INSERT INTO positions (id, consultation_id, number, organization_id, stance, subject, body, account_id,"
        " published_at) SELECT 9, consultation_id, 9, id, 'support', 'consultation', 'Sí', 1, '2026-01-01 00:00'"
        " FROM organizations LIMIT 1",
        "position/9",
    ),
    "rollback": Change(rolled_back, "forum"),
    "theme": Change("UPDATE contributions SET theme_id = NULL WHERE number = 1", "stands as"),
    "name": Change("UPDATE contributors SET name = 'Otra' WHERE name = 'Eva'", "name is not what arrived"),
    "file": Change(other_bytes, "document/"),
    "role": Change("UPDATE roles SET suspended = NOT suspended", "person/"),
    "seat": Change("UPDATE registrations SET state = 'cancelled'", "registration"),
    "paper": Change("UPDATE papers SET state = 'lost'", "sheet 1"),
}


@pytest.fixture
def held(database: Database, busy: ConsultationView, now: datetime) -> tuple[ConsultationView, str]:
    """A consultation in which everything happened once, and a head that somebody noted down."""
    staff(database, busy, "otra@equipo.example")
    with database.transaction() as db:
        document = documents.store(db, DOCUMENT, "acta.pdf")
        act = ActData(ActKind.WORKSHOP, said("Taller"), held_from=now.date(), documents=(document,))
        versions.publish(db, busy, act, key="taller", seen=0, reason=None, by=By(None, "equipo"), now=now)
    sheets.batch(database, busy, now, 3)
    with database.session(read_only=True) as db:
        report = check.check(db, busy.log_id, consultation=consultations.find(db, busy.slug).view)
        assert report.faults == []
    return busy, report.head


def unguarded(connection: Connection, postgres: bool) -> None:
    """Without triggers and foreign keys: whoever holds the database takes them away."""
    if postgres:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize("kind", CHANGES)
def test_an_insiders_change_is_found(database: Database, held: tuple[ConsultationView, str], kind: str) -> None:
    view, head = held
    change = CHANGES[kind]
    with database.write.connect() as connection:
        unguarded(connection, database.write.dialect.name == "postgresql")
        if callable(change.do):
            change.do(connection, view.log_id)
        else:
            assert connection.execute(text(change.do)).rowcount
        connection.commit()
    with database.session(read_only=True) as db:
        now = consultations.find(db, view.slug).view
        without = check.check(db, view.log_id, consultation=now).faults
        with_head = check.check(db, view.log_id, consultation=now, expected_head=head).faults
    assert with_head, kind
    assert any(change.named in fault for fault in without) if change.named else not without, without


def test_a_log_that_was_written_anew_from_the_start_fits_no_head_of_before(
    database: Database, held: tuple[ConsultationView, str]
) -> None:
    view, head = held
    with database.write.connect() as connection:
        unguarded(connection, database.write.dialect.name == "postgresql")
        other_reason(connection, view.log_id)
        connection.commit()
    with database.session(read_only=True) as db:
        found = check.check(db, view.log_id, consultation=view, expected_head=head).faults
    assert any("no entry ever made the head" in fault for fault in found)
