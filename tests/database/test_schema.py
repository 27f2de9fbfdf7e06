"""Migrations give the same schema, triggers and checks on both; connections are set as the docs say."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, func, inspect, select, text

from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain.audit import replay
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import tally
from consulta.domain.sheets.sheet import Contact, Line, Milestone, Responsible, Sheet
from consulta.models import Base
from consulta.models.contributions import Contribution
from tests.support.contributions import comment, submit
from tests.support.people import staff

READ_TRIGGERS = {
    "sqlite": "SELECT tbl_name, upper(sql) FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgrelid::regclass::text, upper(pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal"
    ),
}


def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    with database.write.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": lambda _o, name, kind, _r, _c: not (kind == "table" and "search_texts" in name)},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_append_only_table_has_its_triggers(database: Database) -> None:
    with database.read.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(READ_TRIGGERS[connection.dialect.name]))]
        postgres = connection.dialect.name == "postgresql"
    guarded = {name for name, table in Base.metadata.tables.items() if table.info.get("append_only")}
    assert guarded == {
        "ledger_entries",
        "decisions",
        "classifications",
        "reasons",
        "schedules",
        "stages",
        "act_versions",
        "stored_files",
        "minutes_voices",
        "verifications",
        "positions",
        "forum_versions",
        "attendance_marks",
        "amendments",
        "returns",
    }
    for table in guarded:
        words = " ".join(sql for name, sql in found if name == table)
        for verb in ("UPDATE", "DELETE", *(["TRUNCATE"] if postgres else [])):
            assert verb in words, f"{table}: {verb}"


def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    inspector = inspect(database.read)
    for table in Base.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert wanted <= {c["name"] for c in inspector.get_check_constraints(table.name)}, table.name


def test_down_and_up_again_with_data(database: Database, consultation: ConsultationView) -> None:
    staff(database, consultation)
    submit(database, consultation)
    current, newest = schema.status(database)
    assert current == newest
    schema.downgrade(database, "base")
    assert schema.status(database)[0] is None
    tables = set(inspect(database.write).get_table_names()) - {"alembic_version"}
    assert not [name for name in tables if not name.startswith("sqlite_")]
    schema.upgrade(database)
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(Contribution.__table__)).scalar_one() == 0


def test_a_kind_that_is_none_is_refused(database: Database, consultation: ConsultationView) -> None:
    """On SQLite the closed list was widened in the schema's own text."""
    from sqlalchemy.exc import DBAPIError

    submit(database, consultation)
    with pytest.raises(DBAPIError), database.transaction() as db:
        db.execute(text("UPDATE contributions SET kind = 'poem'"))
    if database.write.dialect.name == "sqlite":
        with database.write.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_going_back_makes_comments_opinions(database: Database, consultation: ConsultationView) -> None:
    """Nobody's words are lost with the table of comments."""
    submit(database, consultation, "Una opinión cualquiera")
    comment(database, consultation, "Un comentario cualquiera", on="tema-1")
    schema.downgrade(database, "0007")
    with database.read.connect() as connection:
        kept = connection.execute(text("SELECT kind, body FROM contributions JOIN opinions USING (id) ORDER BY id"))
        assert [tuple(row) for row in kept] == [
            ("opinion", "Una opinión cualquiera"),
            ("opinion", "Un comentario cualquiera"),
        ]
    schema.upgrade(database)


def test_connections_are_set_as_promised(database: Database) -> None:
    def read(connection: Any, name: str) -> str:
        ask = f"PRAGMA {name}" if database.write.dialect.name == "sqlite" else f"SHOW {name}"
        return str(connection.exec_driver_sql(ask).scalar()).lower()

    promised = {
        "sqlite": {
            "journal_mode": "wal",
            "synchronous": "2",
            "foreign_keys": "1",
            "recursive_triggers": "1",
            "secure_delete": "1",
            "busy_timeout": "4000",
        },
        "postgresql": {"synchronous_commit": "on", "timezone": "utc", "lock_timeout": "4s"},
    }[database.write.dialect.name]
    for engine in (database.write, database.read):
        with engine.connect() as connection:
            assert {name: read(connection, name) for name in promised} == promised
    with database.read.connect() as connection:
        name = "query_only" if database.write.dialect.name == "sqlite" else "transaction_read_only"
        assert read(connection, name) in ("1", "on")


def test_a_reading_request_cannot_write(database: Database, consultation: ConsultationView) -> None:
    from sqlalchemy.exc import DBAPIError

    with database.session(read_only=True) as db, pytest.raises(DBAPIError):
        db.execute(text("UPDATE consultations SET last_number = 7"))


def test_a_first_statement_that_fails_leaves_a_connection_that_works(database: Database) -> None:
    """On PostgreSQL it travels together with BEGIN: its failure must end only its own transaction."""
    from sqlalchemy.exc import DBAPIError

    with database.write.connect() as connection:
        for _ in range(2):
            with pytest.raises(DBAPIError):
                connection.execute(text("SELECT no_such_column FROM consultations"))
            connection.rollback()
        connection.execute(text("UPDATE consultations SET last_number = last_number + 1"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM consultations WHERE last_number > 0")).scalar_one() == 0


def test_every_column_is_committed_or_replayed() -> None:
    """No column of contributions, texts, decisions or classifications escapes the ledger."""
    committed = {"title", "department", "body", "name", "publish_name", "email", "mail_language", *tally.TRAITS}
    of_comments = {"on_theme_id", "on_contribution_id", "part", "parent_id", "mark", "ref", "ground", "reported_on"}
    counted = {"shown", "replies", "supports"}
    committed |= {"line"}
    intake = {
        "submission_hash",
        "folio_hash",
        "content_hash",
        "held_cause",
        "source",
        "external_id",
        "import_id",
    }
    in_clear = {"number", "kind", "channel", "received_on", "review_by", "answer_by", *of_comments}
    replayed = {"status", "theme_id", "confirmed", "awaiting_review", "ordinal", *counted}
    acts = {"verdict", "reason_id", "account_id", "decided_at", "mentions", "note"}
    keys = {"id", "contribution_id", "consultation_id", "decision_id", "comment_id", "salt"}
    derived = {"erase_contact_on", "text_hash", "published_on", "published_order"}
    tables = (
        "contributions",
        "opinions",
        "comments",
        "contributors",
        "decisions",
        "decision_notes",
        "classifications",
        "mentions",
        "supports",
        "reports",
        "proposals",
        "proposal_sources",
        "returns",
        "dismissals",
        "sheet_versions",
        *(f"sheet_{name}" for name in ("lines", "contacts", "contact_phones", "milestones")),
        "milestone_parties",
    )
    sheet = {"version_id", "sheet_id", "proposal_id", "milestone_id", "organization_id", "earlier_id", "version"}
    of_sheets = {field.name for one in (Sheet, Line, Contact, Milestone, Responsible) for field in fields(one)}
    committed |= of_sheets | {"unrelated", "withdrawal", "reason", "finding", "place", "contact"}
    in_clear |= sheet | {"fields", "due_on", "on_commitment_id"}
    derived |= {"written_on", "dismissed_on", "organization_id"}
    for name in tables:
        for column in Base.metadata.tables[name].c:
            known = committed | intake | in_clear | replayed | acts | keys | derived
            assert column.name in known or column.name.endswith("_salt"), f"{name}.{column.name}"
    assert set(replay.FIELDS) >= {"title", "department", "body", "name", "email", "intake", *tally.TRAITS}


def test_names_of_the_models_do_not_leak_times_of_the_public() -> None:
    """What the public does is dated by day: no column of theirs holds an instant but the end of an erasure's delay."""
    for name in (
        "contributions",
        "opinions",
        "contributors",
        "comments",
        "supports",
        "reports",
        "proposals",
        "proposal_drafts",
        "draft_steps",
        "sheet_versions",
        "sponsors",
    ):
        for column in Base.metadata.tables[name].c:
            assert not re.search(r"_at$|time", column.name), f"{name}.{column.name}"
    assert datetime.now(UTC)
