"""What follows from other rows is recomputed; what was told, and what is not public, is held against the entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from consulta import reference
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.derived import Derived
from consulta.domain.audit.news import News
from consulta.domain.consultations import reading as consultations
from consulta.domain.notifications import news
from consulta.worker import rounds
from tests.domain.audit.test_added import faults

CHANGED = {
    "the line of a forum": "UPDATE forums SET last_place = -1 WHERE last_place > 0",
    "the sheets of a forum": "UPDATE forums SET last_paper = last_paper + 1",
    "the seats of a table": "UPDATE forum_tables SET capacity = 99",
    "who sits at a table": "UPDATE forum_tables SET seated = seated + 1",
    "news": "UPDATE announcements SET made_at = '2031-01-01 00:00'",
    "an earlier commitment": "UPDATE earlier_commitments SET key = key || 'x'",
    "an earlier commitment that is gone": "DELETE FROM earlier_commitments WHERE position = 0",
    "since when it is public": "UPDATE consultations SET published_at = '2001-01-01 00:00'",
    "when a schedule was published": "UPDATE schedules SET published_at = '2001-01-01 00:00'",
    "when an act was": "UPDATE act_versions SET published_at = '2001-01-01 00:00'",
    "when a forum was": "UPDATE forum_versions SET published_at = '2001-01-01 00:00'",
    "when a reason was": "UPDATE reasons SET published_on = '2001-01-01'",
    "when a commitment was": "UPDATE commitments SET published_at = '2001-01-01 00:00'",
    "when a contribution was": "UPDATE contributions SET published_on = '2001-01-01' WHERE status = 'published'",
    "how long a contact is kept": "UPDATE contributors SET erase_contact_on = '2099-01-01'",
    "words of a proposal": "UPDATE proposal_terms SET stem = stem || 'x'",
    "how bodies are sorted": "UPDATE organizations SET sort_key = 'zzz'",
    "where a body is named": "UPDATE organizations SET source = NULL WHERE source IS NOT NULL",
    "the name of a log": "UPDATE ledger_logs SET origin = 'consulta/otra' WHERE origin = 'consulta/demostracion'",
    "the body of a role": "UPDATE roles SET organization = 'otra'",
}
BEHIND_TRIGGERS = ("schedules", "act_versions", "forum_versions", "reasons", "commitments")


@pytest.fixture
def filled(make_app: Callable[..., Flask], database: Database) -> Database:
    """The demonstration and the record, as a worker leaves them, and without what guards them."""
    now = datetime.now(UTC)
    reference.load(database, now=now)
    app = make_app()
    for hours in (0, 30):
        rounds.work(app, now=now + timedelta(hours=hours))
    return database


def test_each_change_is_named_and_what_is_honest_is_not(filled: Database) -> None:
    assert faults(filled) == []
    with filled.session(read_only=True) as db:
        view = consultations.find(db, "demostracion").view
        assert list(Derived(db, view).faults()) == []
        assert len(list(News(db, view).faults())) == len(news.latest(db, view)), "news that no entry tells"
    missed, tried = [], 0
    for what, change in CHANGED.items():
        table = change.split()[1 if change.startswith("UPDATE") else 2]
        with filled.write.connect() as connection:
            if table in BEHIND_TRIGGERS and filled.write.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            elif table in BEHIND_TRIGGERS:
                triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
                for name in connection.execute(text(triggers), {"name": table}).scalars().all():
                    connection.exec_driver_sql("DROP TRIGGER " + name)
            changed = connection.execute(text(change)).rowcount
            with filled.session() as db:
                db.bind = connection
                named = [fault for report in audit_check.check_all(db) for fault in report.faults]
            connection.rollback()
        tried += bool(changed)
        if changed and not named:
            missed.append(what)
    assert missed == []
    assert tried >= len(CHANGED) - 2
    assert faults(filled) == []


@pytest.mark.parametrize("change", ["out", "in", "other words"])
def test_the_index_of_words_is_that_of_what_is_published(filled: Database, change: str) -> None:
    postgres = filled.write.dialect.name == "postgresql"
    key = "id" if postgres else "rowid"
    words = "array_to_tsvector(ARRAY['zc1x'])" if postgres else "'zc1x'"
    first = f"(SELECT MIN({key}) FROM search_texts)"
    statement = {
        "out": f"DELETE FROM search_texts WHERE {key} = {first}",
        "in": f"INSERT INTO search_texts ({key}, stems) VALUES (999999, {words})",
        "other words": f"UPDATE search_texts SET stems = {words} WHERE {key} = {first}",
    }[change]
    with filled.write.connect() as connection:
        connection.execute(text(statement))
        connection.commit()
    assert faults(filled)
