"""Marks that a device kept without internet: read with suspicion, counted once, in whatever order they come."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts import accounts
from consulta.domain.attendance import devices, door, marks
from consulta.domain.attendance.devices import Brought, Outcome
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.domain.forums.registrations import Guest
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.models.forums import Registration, Seat
from tests.support.forums import announce, register

ID = "0" * 32
AT = 1_700_000_000_000
Bring = Callable[..., list[Outcome]]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"code": "ab" * 32}, {"folio_hash": bytes.fromhex("ab" * 32)}),
        ({"undoes": "1" * 32}, {"undoes": "1" * 32}),
        ({"name": " Ana "}, {"guest": Guest("Ana")}),
        ({"name": "Ana", "table": "tema-1"}, {"guest": Guest("Ana", first="tema-1")}),
        ({"name": "Ana", "department": "16"}, {"guest": Guest("Ana"), "department": "16"}),
        ({"name": "Ana", "department": "99", "taking_part_as": "rey"}, {"guest": Guest("Ana")}),
        ({"name": "Ana", "table": 3, "department": []}, {"guest": Guest("Ana")}),
        ({"name": "A\x00na"}, {"guest": Guest("A na")}),
        ({"name": "ñ" * 500}, {"guest": Guest("ñ" * devices.NAME)}),
        ({"code": "x", "name": "Ana"}, {"guest": Guest("Ana")}),
    ],
)
def test_a_mark_is_read(consultation: ConsultationView, written: dict[str, Any], read: dict[str, Any]) -> None:
    mark = devices.read({"id": ID, "at": AT, **written}, consultation)
    assert mark == Brought(ID, datetime.fromtimestamp(AT / 1000, UTC), **read)


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"id": ID, "at": AT},
        {"id": "x", "at": AT, "name": "Ana"},
        {"id": ID.upper().replace("0", "A"), "at": AT, "name": "Ana"},
        {"id": 3, "at": AT, "name": "Ana"},
        {"id": ID, "at": "ayer", "name": "Ana"},
        {"id": ID, "at": -1, "name": "Ana"},
        {"id": ID, "at": 1e300, "name": "Ana"},
        {"id": ID, "at": float("nan"), "name": "Ana"},
        {"id": ID, "at": None, "name": "Ana"},
        {"id": ID, "at": AT, "name": "  "},
        {"id": ID, "at": AT, "name": ["Ana"]},
        {"id": ID, "at": AT, "code": "AB" * 32},
        {"id": ID, "at": AT, "undoes": "1"},
    ],
)
def test_what_says_nothing_of_sense_is_none(consultation: ConsultationView, written: dict[str, Any]) -> None:
    assert devices.read(written, consultation) is None


@pytest.fixture
def folio(database: Database, consultation: ConsultationView, now: datetime) -> str:
    """The code of Ana, who is registered for the forum, as Beto is."""
    announce(database, consultation, now)
    (ana,) = register(database, consultation, now, "Ana")
    register(database, consultation, now, "Beto")
    return ana


@pytest.fixture
def bring(database: Database, consultation: ConsultationView, folio: str, now: datetime) -> Bring:
    """Bring marks in one transaction; what became of each."""

    def brought(*some: Brought, at: datetime = now) -> list[Outcome]:
        with database.transaction() as db:
            by = By(accounts.ensure(db, email="f@example.org", now=now), "sociedad-civil-x")
            forum = forums.one(db, consultation, "foro")
            return devices.bring(db, consultation, forum, some, by=by, now=at)

    return brought


def there(database: Database) -> dict[str, bool]:
    """Who is there."""
    with database.session(read_only=True) as db:
        return dict(db.execute(select(Registration.name, Registration.present)).all())  # type: ignore[arg-type]


def arrival(folio: str, now: datetime, n: int = 1) -> Brought:
    """Ana came, as noted on device ``n``."""
    return Brought(f"{n:032x}", now, folio_hash=codes.sha256(folio))


def test_a_mark_counts_once_from_however_many_devices(
    database: Database, bring: Bring, folio: str, now: datetime
) -> None:
    one, other = arrival(folio, now, 1), arrival(folio, now, 2)
    assert bring(one) == [Outcome.NEW]
    assert bring(one, one, other) == [Outcome.KNOWN, Outcome.KNOWN, Outcome.NEW]
    assert there(database) == {"Ana": True, "Beto": False}


@pytest.mark.parametrize("order", itertools.permutations(range(4)))
def test_marks_add_up_the_same_in_every_order(
    database: Database, bring: Bring, folio: str, now: datetime, order: tuple[int, ...]
) -> None:
    first, second = arrival(folio, now, 1), arrival(folio, now, 2)
    undone = Brought(f"{3:032x}", now, undoes=first.id)
    given = [first, second, undone, first]
    brought = [given[place] for place in order]
    for _ in range(2):  # an undo that came before its mark is of nobody yet, and the device brings it again
        for one in brought:
            bring(one)
    assert there(database)["Ana"] is True, "one mark still stands"
    bring(Brought(f"{4:032x}", now, undoes=second.id))
    assert there(database)["Ana"] is False


def test_of_nobody_on_the_list_is_said_so(database: Database, bring: Bring, now: datetime) -> None:
    assert bring(arrival(codes.folio_of("de nadie"), now)) == [Outcome.UNKNOWN]
    assert bring(Brought(ID, now, undoes="f" * 32)) == [Outcome.UNKNOWN]
    assert not any(there(database).values())


def test_whoever_came_unannounced_is_there_once_and_has_a_code(
    database: Database, consultation: ConsultationView, bring: Bring, now: datetime
) -> None:
    mark = Brought(uuid.uuid4().hex, now, guest=Guest("Carmen", first="tema-1"), department="16")
    assert bring(mark, mark) == [Outcome.NEW, Outcome.KNOWN]
    assert there(database)["Carmen"] is True
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        (found,) = door.search(db, forum, codes.folio_of(mark.id))
        assert (found.name, found.state) == ("Carmen", Seat.WALK_IN)
        assert marks.known(db, mark.id)
    assert bring(Brought(ID, now, undoes=mark.id)) == [Outcome.NEW]
    assert there(database)["Carmen"] is False


def test_a_device_whose_clock_runs_ahead_does_not_write_into_the_future(
    database: Database, bring: Bring, folio: str, now: datetime
) -> None:
    from consulta.models.forums import AttendanceMark

    bring(arrival(folio, now + timedelta(days=400)))
    with database.session(read_only=True) as db:
        assert db.execute(select(AttendanceMark.made_at)).scalar_one() == now


def test_an_entry_is_made_when_it_changes_who_is_there_and_names_nobody(
    database: Database, consultation: ConsultationView, bring: Bring, folio: str, now: datetime
) -> None:
    bring(arrival(folio, now, 1), arrival(folio, now, 2), Brought(f"{3:032x}", now, undoes=f"{1:032x}"))
    bring(Brought(f"{4:032x}", now, undoes=f"{2:032x}"))
    with database.session(read_only=True) as db:
        lines = [line for line in log.entries(db, consultation.log_id) if '"attendance:' in line.text]
    assert [line.content["action"] for line in lines] == ["attendance:mark", "attendance:undo"]
    assert not any("Ana" in line.text or folio in line.text for line in lines)


@pytest.mark.parametrize(
    ("typed", "names"),
    [("", ["Ana", "Beto"]), ("ána", ["Ana"]), ("BET", ["Beto"]), ("%", []), ("_", []), ("zzz", []), ("a", ["Ana"])],
)
def test_the_door_finds_people_as_they_say_their_name(
    database: Database, consultation: ConsultationView, folio: str, typed: str, names: list[str]
) -> None:
    with database.session(read_only=True) as db:
        found = door.search(db, forums.one(db, consultation, "foro"), typed)
    assert [one.name for one in found] == names


def test_a_device_takes_along_no_more_than_it_needs(
    database: Database, consultation: ConsultationView, folio: str
) -> None:
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        (ana, beto), tables = devices.roster(db, forum), {table.theme for table in forum.tables}
        assert sum(count.expected for count in door.counts(db, forum)) == 2
    assert ana[:2] == [codes.sha256(folio).hex(), "Ana"]
    assert ana[2] in tables
    assert beto[3:] == ["confirmed", 0]
    assert folio not in str(ana)
