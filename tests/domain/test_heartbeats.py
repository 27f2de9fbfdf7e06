"""What the installation does by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from consulta.database.transactions import Database
from consulta.domain import dialects, heartbeats
from consulta.models.outbox import OutboxMessage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_never_is_no_age(database: Database, now: datetime) -> None:
    with database.session(read_only=True) as db:
        ages = heartbeats.ages(db, now=now)
    assert ages == {"worker": None, "backup": None, "mail": timedelta()}
    assert heartbeats.late(ages.items()) == ["worker", "backup"]


def test_a_beat_is_young_and_the_next_one_younger(database: Database, now: datetime) -> None:
    for at in (now - HOUR, now - timedelta(minutes=1)):
        with database.transaction() as db:
            heartbeats.beat(db, heartbeats.WORKER, now=at)
    with database.session(read_only=True) as db:
        assert heartbeats.ages(db, now=now)["worker"] == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "age", "late"),
    [
        ("worker", timedelta(minutes=5), False),
        ("worker", timedelta(minutes=6), True),
        ("backup", timedelta(hours=36), False),
        ("backup", timedelta(hours=37), True),
        ("mail", timedelta(minutes=59), False),
        ("mail", timedelta(hours=2), True),
        ("mail", None, True),
    ],
)
def test_late(name: str, age: timedelta | None, late: bool) -> None:
    assert heartbeats.late([(name, age)]) == ([name] if late else [])


def test_the_oldest_unsent_mail_counts(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        for n, (age, outcome) in enumerate([(HOUR, None), (DAY, "sent"), (timedelta(minutes=2), None)]):
            db.execute(
                insert(OutboxMessage).values(
                    event=f"e:{n}",
                    recipient="account:1",
                    template="reset",
                    payload={},
                    due_at=now,
                    created_at=now - age,
                    message_id=f"<{n}@consulta>",
                    attempts=0,
                    outcome=outcome,
                )
            )
        assert heartbeats.ages(db, now=now)["mail"] == HOUR


def test_of_several_one_makes_the_copy(database: Database, now: datetime) -> None:
    for at, mine in [(now, True), (now, False), (now + HOUR, False), (now + DAY, True), (now + DAY, False)]:
        with database.transaction() as db:
            assert heartbeats.claim(db, every=DAY, now=at) is mine


def test_a_copy_that_failed_is_due_again_in_an_hour(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        assert heartbeats.claim(db, every=DAY, now=now)
        heartbeats.give_back(db, every=DAY, now=now)
        assert not heartbeats.claim(db, every=DAY, now=now + timedelta(minutes=59))
        assert heartbeats.claim(db, every=DAY, now=now + HOUR)


def test_the_database_knows_what_it_is(database: Database, dialect: str) -> None:
    with database.session(read_only=True) as db:
        assert dialects.is_postgres(db) is (dialect == "postgresql")
