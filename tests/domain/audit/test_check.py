"""The log: its form, its vectors, what it refuses, and that tampering shows."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.reader import Report
from consulta.domain.authors import rights
from consulta.domain.comments import flags, supports
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger_log
from consulta.domain.moderation import decisions, items
from consulta.models.comments import Ground
from consulta.models.moderation import Verdict
from tests.support.contributions import comment, submit
from tests.support.people import staff

DOCS = Path(__file__).parents[3] / "docs" / "ledger.md"


def test_the_vectors_in_the_docs_hold() -> None:
    found = re.findall(r"```json\n(.+?)\n```\n+leaf `([0-9a-f]{64})`, head `([0-9a-f]{64})`", DOCS.read_text("utf-8"))
    assert len(found) == 3
    head = ledger_log.GENESIS
    for entry, leaf, expected in found:
        assert ledger_log.canonical(json.loads(entry)) == entry
        assert ledger_log.leaf(entry).hex() == leaf
        head = ledger_log.next_head(head, entry)
        assert head.hex() == expected


@pytest.mark.parametrize("value", [1.5, 2**53, {"ñ": 1}, [object()], b"x"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        ledger_log.canonical(value)


def test_an_entry_is_public_and_says_no_text(database: Database, consultation: ConsultationView) -> None:
    submit(
        database,
        consultation,
        "Texto con Zacapatepeque",
        name="Eva Pú",
        email="eva@persona.example",
        department="16",
        taking_part_as="citizen",
        gender="woman",
        language="quc",
        age_group="30-59",
    )
    with database.session(read_only=True) as db:
        log = " ".join(line.text for line in ledger_log.entries(db, consultation.log_id))
    for secret in ("Zacapatepeque", "Eva", "eva@", '"16"', "citizen", "woman", "quc", "30-59"):
        assert secret not in log


@pytest.mark.parametrize("table", ["ledger_entries", "decisions", "classifications", "reasons", "schedules"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_append_only_tables_refuse(database: Database, consultation: ConsultationView, table: str, verb: str) -> None:
    account = staff(database, consultation)
    submit(database, consultation)
    decide(database, consultation, account, Verdict.PUBLISH)
    classify(database, consultation, account)
    column = {"ledger_entries": "entry", "decisions": "ordinal", "classifications": "ordinal"}.get(table, "version")
    change = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
    with pytest.raises(DBAPIError), database.transaction() as db:
        db.execute(text(change))


def decide(database: Database, view: ConsultationView, account: int, verdict: Verdict, number: int = 1) -> None:
    """A decision as the desk takes it."""
    now = datetime.now(UTC)
    with database.transaction() as db:
        item = items.item(db, view, number, account_id=account, now=now)
        decisions.decide(
            db,
            consultation=view,
            number=number,
            verdict=verdict,
            by=by(db, view, account),
            now=now,
            note="Una nota",
            reason_code="off-topic" if verdict is Verdict.REJECT else None,
            ordinal=item.ordinal,
        )


def classify(database: Database, view: ConsultationView, account: int, number: int = 1) -> None:
    """A classification as the desk takes it."""
    now = datetime.now(UTC)
    with database.transaction() as db:
        item = items.item(db, view, number, account_id=account, now=now)
        decisions.classify(
            db,
            consultation=view,
            number=number,
            theme=view.themes[0],
            mentions=[view.themes[1]],
            ordinal=item.ordinal,
            by=by(db, view, account),
            now=now,
        )


def check(database: Database, view: ConsultationView, head: str | None = None) -> Report:
    """The ledger check."""
    with database.session(read_only=True) as db:
        fresh = consultations.find(db, view.slug).view
        return audit_check.check(db, view.log_id, consultation=fresh, expected_head=head)


@pytest.fixture
def busy(database: Database, consultation: ConsultationView) -> ConsultationView:
    """A consultation in which everything happened once."""
    account = staff(database, consultation)
    for key in ("a", "b", "c", "d"):
        submit(database, consultation, f"Opinión de {key} con palabras", key, name="Eva", email="e@persona.example")
    classify(database, consultation, account, 1)
    decide(database, consultation, account, Verdict.PUBLISH, 1)
    decide(database, consultation, account, Verdict.REJECT, 2)
    from consulta.domain.codes import folio_of

    now = datetime.now(UTC)
    with database.transaction() as db:
        rights.withdraw(db, folio_of("c"), now=now)
        rights.remove_name(db, folio_of("a"), now=now)
        rights.erase_email(db, folio_of("a"), now=now)
    comment(database, consultation, "Un comentario sobre la primera", on=1, mentions=consultation.themes[2:4])
    comment(database, consultation, "Otro, sobre un tema", on="tema-3", supports_of=3)
    comment(database, consultation, "Una respuesta al comentario", on=5)
    with database.transaction() as db:
        supports.take_back(db, consultation, 6, who=supports.by_account(1001), secret="s", now=now)
        for ground in (Ground.HATE, Ground.OTHER):
            said = flags.Flag(5, ground, "Una línea")
            flags.file(db, consultation=consultation, said=said, submission=ground, held_cause=None, now=now)
    return consultation


def test_everything_fits(database: Database, busy: ConsultationView) -> None:
    report = check(database, busy)
    assert report.faults == []
    assert report.entries == len(report_positions(database, busy))


def report_positions(database: Database, view: ConsultationView) -> list[int]:
    """The positions of the log."""
    with database.session(read_only=True) as db:
        positions = [line.position for line in ledger_log.entries(db, view.log_id)]
    assert positions == list(range(1, len(positions) + 1))
    return positions


TAMPERINGS = {
    "the text": "UPDATE opinions SET body = body || '.' WHERE id = 1",
    "the status": "UPDATE contributions SET status = 'published' WHERE number = 2",
    "the theme": "UPDATE contributions SET theme_id = NULL WHERE number = 1",
    "the department": "UPDATE contributions SET department = '16' WHERE number = 1",
    "the channel": "UPDATE contributions SET channel = 'paper' WHERE number = 4",
    "the promised date": "UPDATE contributions SET review_by = '2031-01-01' WHERE number = 4",
    "the confirmation": "UPDATE contributions SET confirmed = NOT confirmed WHERE number = 4",
    "the place in the queue": "UPDATE contributions SET awaiting_review = NOT awaiting_review WHERE number = 4",
    "the held cause": "UPDATE contributions SET held_cause = 'trap' WHERE number = 4",
    "the name": "UPDATE contributors SET name = 'Ana' WHERE contribution_id = 4",
    "the address": "UPDATE contributors SET email = 'x@persona.example' WHERE contribution_id = 4",
    "a trait": "UPDATE contributors SET gender = 'woman' WHERE contribution_id = 4",
    "a salt": "UPDATE opinions SET body_salt = NULL, body = NULL WHERE id = 4",
    "the note": "UPDATE decision_notes SET note = 'Otra'",
    "a mention": "DELETE FROM mentions",
    "what a comment is on": "UPDATE comments SET on_contribution_id = 2 WHERE id = 5",
    "another theme to be on": "UPDATE comments SET on_theme_id = 1 WHERE id = 6",
    "the part it is on": "UPDATE comments SET part = 'problem' WHERE id = 5",
    "what it answers": "UPDATE comments SET parent_id = NULL WHERE id = 7",
    "the text of a comment": "UPDATE comments SET body = body || '.' WHERE id = 5",
    "a comment's row": "DELETE FROM comments WHERE id = 7",
    "the kind": "UPDATE contributions SET kind = 'opinion' WHERE id = 5",
    "whether it is shown": "UPDATE comments SET shown = NOT shown WHERE id = 6",
    "the replies": "UPDATE comments SET replies = replies + 1 WHERE id = 6",
    "the count of supports": "UPDATE comments SET supports = supports + 1 WHERE id = 6",
    "a support and its count": "DELETE FROM supports WHERE id = (SELECT min(id) FROM supports)",
    "whose support": "UPDATE supports SET mark = salt WHERE id = (SELECT min(id) FROM supports)",
    "supports moved": "UPDATE supports SET comment_id = 5",
    "a report gone": "DELETE FROM reports WHERE ground = 'hate'",
    "a report's reason": "UPDATE reports SET ground = 'insult' WHERE ground = 'hate'",
    "a report's day": "UPDATE reports SET reported_on = '2031-01-01'",
    "a report's line": "UPDATE reports SET line = 'Otra'",
    "a report's line forgotten": "UPDATE reports SET line = NULL, line_salt = NULL",
    "a report's comment": "UPDATE reports SET comment_id = 6 WHERE ground = 'hate'",
    "a comment's mention": "DELETE FROM mentions WHERE contribution_id = 5",
    "a figure": "UPDATE tally SET n = n + 1 WHERE dimension = 'theme' AND status = 'published'",
    "the head": "UPDATE ledger_logs SET length = length - 1 WHERE origin = 'consulta/prueba'",
    "a row": "DELETE FROM contributors WHERE contribution_id = 4",
    "the theme's name": "UPDATE themes SET slug = 'otro' WHERE position = 4",
    "a setting": "UPDATE consultations SET settings = '{}'",
}
GUARDED = {
    "an entry": (
        "ledger_entries",
        "UPDATE ledger_entries SET entry = replace(entry, '\"v\":1', '\"v\":2') WHERE log_id = 1 AND position = 9",
    ),
    "an entry's place": ("ledger_entries", "UPDATE ledger_entries SET position = 99 WHERE log_id = 1 AND position = 9"),
    "a decision": ("decisions", "UPDATE decisions SET verdict = 'reject', reason_id = 1 WHERE verdict = 'publish'"),
    "a decision's time": (
        "decisions",
        "UPDATE decisions SET decided_at = '2020-01-01 00:00:00' WHERE verdict = 'publish'",
    ),
    "a lost decision": ("decisions", "DELETE FROM decisions WHERE verdict = 'publish'"),
    "a classification": ("classifications", "UPDATE classifications SET mentions = '[]'"),
    "a reason": ("reasons", "UPDATE reasons SET text = '{\"es\": \"otro\"}' WHERE version = 1 AND code = 'off-topic'"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_byte_changed_behind_the_back_is_named(database: Database, busy: ConsultationView, what: str) -> None:
    with database.write.connect() as connection:
        connection.execute(text(TAMPERINGS[what]))
        connection.commit()
    assert check(database, busy).faults


@pytest.mark.parametrize("what", GUARDED)
def test_a_byte_changed_around_the_triggers_is_named(database: Database, busy: ConsultationView, what: str) -> None:
    table, change = GUARDED[what]
    database.dispose()
    if database.write.dialect.name == "sqlite":
        with closing(sqlite3.connect(database.write.url.database or "")) as connection:
            guards = f"SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='{table}'"
            for (name,) in connection.execute(guards).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(change)
            connection.commit()
    else:
        with database.write.connect() as session:
            session.exec_driver_sql("SET session_replication_role = replica")
            session.exec_driver_sql(change)
            session.commit()
            session.invalidate()
    report = check(database, busy)
    assert report.faults
    if "entry" in what:
        assert re.search(r"entry (9|10|99)\b", " ".join(report.faults))


def test_a_cut_tail_shows_against_a_head_noted_earlier(database: Database, busy: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        head = ledger_log.head(db, busy.log_id).hash
    assert check(database, busy, head).sound
    assert not check(database, busy, "ab" * 32).sound


def test_the_newest_entries_come_first_when_asked(database: Database, busy: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        newest = [line.position for line in ledger_log.entries(db, busy.log_id, first=3, newest=True)]
    assert newest == sorted(newest, reverse=True)
    assert newest[-1] == 3
