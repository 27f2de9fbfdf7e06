"""Each reader of the check alone: what its entries say, against tables that were changed behind the application."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.attendance import from_file
from consulta.domain.audit import (
    comments,
    contributions,
    forums,
    organizations,
    published,
    recount,
    replay,
    sheets,
    stored,
)
from consulta.domain.audit.reader import Entry, Report
from consulta.domain.audit.replay import State
from consulta.domain.authors import rights
from consulta.domain.comments import flags, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import fingerprints
from consulta.domain.files.tables import TableFile
from consulta.domain.forums import reading as forum_reading
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.moderation import decisions
from consulta.domain.results import tally
from consulta.models.accounts import RoleName
from consulta.models.comments import Ground
from consulta.models.contributions import Status
from consulta.models.moderation import Verdict
from tests.support import consultations, drafts, moderation, plans, proposals
from tests.support.acts import listed
from tests.support.audits import faults, sound
from tests.support.contributions import admit, comment, submit
from tests.support.forums import announce, register
from tests.support.people import staff


@pytest.fixture
def consultation(database: Database, now: datetime) -> ConsultationView:
    """A consultation that takes proposals too."""
    return consultations.load(database, proposals.open_for_proposals(), now)


@pytest.fixture
def busy(database: Database, consultation: ConsultationView, now: datetime) -> ConsultationView:
    """Everything that is checked happened once."""
    view, account = consultation, staff(database, consultation)
    listed(database, view, contact_email="agua@example.org")
    submit(database, view, "Falta agua", name="Eva", email="eva@persona.example", theme=view.themes[0])
    moderation.decide(database, view, account, 1, note="Gracias.")
    with database.transaction() as db:
        who = by(db, view, account)
        args: dict[str, Any] = {"theme": view.themes[1], "mentions": [view.themes[2]], "ordinal": 1, "now": now}
        decisions.classify(db, consultation=view, number=1, by=who, **args)
    [said] = comment(database, view, "Aquí también", on=1, supports_of=2)
    with database.transaction() as db:
        flag = flags.Flag(said.number, Ground.HATE, "Es ofensivo")
        flags.file(db, consultation=view, said=flag, submission="aviso", held_cause=None, now=now)
    announce(database, view, now)
    register(database, view, now, "Ana López")
    number = drafts.send(database, drafts.written(database, view, now, "propuesta"), now)
    moderation.decide(database, view, account, number)
    plans.publish(database, view, now)
    sound(database)
    return view


TAMPERED = [
    ("UPDATE contributions SET status = 'rejected' WHERE number = 1", "contribution 1: stands as"),
    ("UPDATE contributions SET theme_id = NULL WHERE number = 1", "contribution 1: stands as"),
    ("UPDATE contributions SET confirmed = NOT confirmed WHERE number = 1", "contribution 1: stands as"),
    ("UPDATE contributions SET title = 'Otro' WHERE number = 1", "contribution 1: title is not what arrived"),
    ("UPDATE contributions SET department = '16' WHERE number = 1", "department is not what arrived"),
    ("UPDATE contributions SET held_cause = 'trap' WHERE number = 1", "intake is not what arrived"),
    ("UPDATE opinions SET body = 'Otro texto'", "contribution 1: body is not what arrived"),
    ("UPDATE opinions SET body_salt = NULL, body = NULL", "a salt was destroyed without an entry"),
    ("UPDATE contributors SET name = 'Otra' WHERE name = 'Eva'", "contribution 1: name is not what arrived"),
    ("UPDATE contributors SET gender = 'woman'", "gender is not what arrived"),
    ("DELETE FROM mentions", "contribution 1"),
    ("UPDATE tally SET n = n + 1 WHERE dimension = 'theme'", "theme"),
    ("DELETE FROM supports", "supports"),
    ("UPDATE comments SET supports = 9", "supports"),
    ("UPDATE comments SET shown = NOT shown", "where it stands as a comment"),
    ("UPDATE reports SET line = 'Otra cosa'", "its line is not what arrived"),
    ("UPDATE reports SET ground = 'other'", "its reason, its day or its comment"),
    ("UPDATE registrations SET name = 'Otra'", "name, contact or needs are not what arrived"),
    ("UPDATE registrations SET present = NOT present", "the entries say otherwise"),
    ("UPDATE forums SET confirmed = 0", "forum foro: it counts"),
    ("UPDATE organizations SET acronym = 'XX' WHERE slug = 'agua'", "organization agua: acronym"),
    ("UPDATE organizations SET standing = 'verified' WHERE slug = 'agua'", "organization agua: stands as"),
    ("UPDATE sheet_lines SET value = 'x' WHERE kind = 'email'", "private is not what was published"),
    ("UPDATE proposals SET body = 'Otra cosa'", "title and text are not those of its sheet"),
    ("UPDATE proposals SET unrelated = 'Otra razón'", "to what it answers"),
    ("UPDATE commitments SET title_in_summary = 'Otro' WHERE number = 3", "commitment/3@1"),
    ('UPDATE consultations SET title = \'{"es": "Otra"}\'', "consultation"),
]


@pytest.mark.parametrize(("change", "said"), TAMPERED, ids=[change[:48] for change, _ in TAMPERED])
def test_a_change_behind_the_application_is_named(
    database: Database, busy: ConsultationView, change: str, said: str
) -> None:
    with database.transaction() as db:
        db.execute(text(change))
    found = faults(database, busy)
    assert any(said in fault for fault in found), found


def test_the_readers_want_the_entries_of_their_nouns(database: Database, consultation: ConsultationView) -> None:
    made = {
        one: one.subjects
        for one in (
            contributions.Contributions,
            published.Published,
            organizations.Organizations,
            forums.Forums,
            comments.Comments,
            sheets.Sheets,
        )
    }
    assert all(made.values())
    nouns = frozenset().union(*made.values())
    assert {"contribution", "report", "consultation", "organization", "registration", "proposal", "commitment"} <= nouns


DIMENSIONS = ("theme", "day", "mention", "waiting")


def test_figures_counted_again_are_the_figures(database: Database, busy: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        counted: Counter[tally.Cell] = Counter()
        for cell, n in recount.recount(db, busy):
            counted[cell] += n
        kept = Counter({(busy.id, *row[:-1]): row[-1] for row in tally.read(db, busy.id, DIMENSIONS)})
    assert {cell: n for cell, n in counted.items() if cell[1] in DIMENSIONS} == dict(kept)


def state() -> tuple[State, list[str]]:
    """A replay of two themes, and the faults that it names."""
    named: list[str] = []
    return State(["agua", "luz"], named.append), named


ARRIVED: dict[str, Any] = {"status": "received", "theme": "agua"}


def test_entries_are_replayed_into_where_a_contribution_stands() -> None:
    at, named = state()
    at.apply(1, Action.RECEIVE, ARRIVED, 1)
    assert (replay.STATUSES[at.status[1]], at.theme[1], at.ordinal[1], at.flags[1]) == (Status.RECEIVED, 0, 0, 1)
    at.apply(1, Action.CLASSIFY, {"ordinal": 1, "theme": "luz", "mentions": ["agua"]}, 2)
    at.apply(1, Action.CONFIRM, {"confirmed": True}, 3)
    assert (at.theme[1], at.mentions[1], at.flags[1]) == (1, frozenset({"agua"}), 3)
    at.apply(1, Action.PUBLISH, {"ordinal": 2, "status": "published"}, 4)
    assert (replay.STATUSES[at.status[1]], at.flags[1]) == (Status.PUBLISHED, 2)
    at.apply(1, Action.REPORT, {}, 5)
    assert at.flags[1] == 3
    at.apply(1, Action.ERASE, {"status": "erased"}, 6)
    assert 1 not in at.mentions
    assert at.missing[1]
    assert named == []


@pytest.mark.parametrize(
    ("number", "action", "payload", "said"),
    [
        (3, Action.RECEIVE, ARRIVED, "out of order"),
        (2, Action.PUBLISH, {"ordinal": 1, "status": "published"}, "was never received"),
        (1, Action.PUBLISH, {"ordinal": 2, "status": "published"}, "act 2 upon contribution 1 is out of order"),
    ],
)
def test_what_cannot_follow_is_named(number: int, action: Action, payload: dict[str, Any], said: str) -> None:
    at, named = state()
    at.apply(1, Action.RECEIVE, ARRIVED, 1)
    at.apply(number, action, payload, 2)
    assert any(said in one for one in named)


def test_stored_rows_are_said_as_their_entries_say_them(database: Database, busy: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        entries = [line.content for line in log.entries(db, busy.log_id)]
        rows = {row["number"]: row for row in stored.received(db, busy, 1, 9)}
        decided, classified = stored.decided(db, busy, [1]), stored.classified(db, busy, [1])
    arrived = {one["subject"]: one["payload"] for one in entries if one["action"] == Action.RECEIVE.value}
    for number in (1, 2):
        clear = stored.in_clear(busy, rows[number])
        assert clear.items() <= arrived[f"contribution/{number}"].items()
        committed = fingerprints.of_row(rows[number])
        assert committed == arrived[f"contribution/{number}"]["commitments"]
    assert decided[1, 1][0][2:] == ["contribution:publish", None]
    assert decided[1, 1][1] == "Gracias."
    assert classified[1, 2][0][2:] == ["contribution:classify", "tema-2", ["tema-3"]]


def test_a_report_names_at_most_a_hundred_faults() -> None:
    report = Report("consulta/prueba")
    assert report.sound
    for n in range(150):
        report.fault(str(n))
    assert len(report.faults) == 100
    assert not report.sound


def test_an_entry_is_seen_by_its_noun_and_key(database: Database, busy: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        reader = published.Published(db, busy)
        reader.entry(Entry(1, Action.COMMITMENT_PUBLISH, "commitment", "1@1", "x", "2026-01-01", {"sha256": "0" * 64}))
        assert any("commitment 1@1" in fault or "commitment/1@1" in fault for fault in reader.faults())


def test_attendance_taken_twice_and_codes_stay_sound(database: Database, busy: ConsultationView, now: datetime) -> None:
    account = staff(database, busy, "coordina@equipo.example", role=RoleName.COORDINATOR)
    for _ in range(2):
        with database.transaction() as db:
            forum = forum_reading.one(db, busy, "foro")
            rows = from_file.read(TableFile(b"fila,nombre\n1,Ana L\xc3\xb3pez\n2,Otra", "a.csv"), busy, forum)
            from_file.take(db, busy, forum, rows, by=by(db, busy, account), now=now)
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k"), now=now + timedelta(minutes=1))
        who = supports.by_account(1000)
        supports.take_back(db, busy, 2, who=who, secret="s", now=now)
    sound(database)
    admit(database, busy, "Otra más", status=Status.WITHDRAWN)
    other = staff(database, busy, "otra@equipo.example")
    moderation.decide(database, busy, other, 3, ordinal=1, verdict=Verdict.REJECT, reason="off-topic")
    sound(database)
