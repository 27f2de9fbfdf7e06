"""Forums: versions, seats that are never oversold, the waiting list in order, the door, and what is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from consulta.database.transactions import Database
from consulta.domain.attendance import door
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import AlreadyReceived, Closed, Conflict, Invalid
from consulta.domain.forums import erasure, registrations, seats, telling, turnout, versions
from consulta.domain.forums import reading as forum_reading
from consulta.domain.forums.registrations import Group, Guest
from consulta.domain.forums.tables import TableData
from consulta.domain.ledger.log import By
from consulta.models.accounts import RoleName
from consulta.models.forums import Registration, Seat
from consulta.models.news import Notice
from consulta.models.outbox import OutboxMessage
from tests.support import forums
from tests.support.consultations import said
from tests.support.forums import NOBODY_YET
from tests.support.people import staff


def states(database: Database) -> list[tuple[str | None, Seat]]:
    """Everybody in the order of their registrations."""
    with database.session(read_only=True) as db:
        rows = db.execute(select(Registration.name, Registration.state).order_by(Registration.place))
        return [(name, state) for name, state in rows]


def sound(database: Database, consultation: ConsultationView) -> list[str]:
    """What the ledger check finds."""
    with database.session(read_only=True) as db:
        return list(check.check(db, consultation.log_id, consultation=consultation).faults)


def test_seats_for_all_or_all_wait_and_nobody_passes_the_line(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now)
    forums.register(database, consultation, now, "Ana")
    family = forums.register(database, consultation, now, "Beto", "Carla", "Dora")
    forums.register(database, consultation, now, "Elsa")
    assert len(set(family)) == 3
    assert [state for _, state in states(database)] == [Seat.CONFIRMED, *[Seat.WAITING] * 4]
    with database.session(read_only=True) as db:
        third = registrations.registered(db, family[2])
        assert third is not None
        assert (third.line, third.forum.free) == (3, 0)
    forums.change(database, consultation, 1, now, capacity=4)
    assert [name for name, state in states(database) if state is Seat.CONFIRMED] == ["Ana", "Beto", "Carla", "Dora"]
    assert sound(database, consultation) == []


def test_a_cancelled_seat_goes_to_the_first_in_line_who_is_told(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now, capacity=1)
    [ana] = forums.register(database, consultation, now, "Ana", email="ana@correo.example")
    forums.register(database, consultation, now, "Beto", email="beto@correo.example")
    forums.register(database, consultation, now, "Carla", phone="55512345")
    for who, expected in ((ana, "Beto"), ("", "Carla")):
        with database.transaction() as db:
            folio = who or registrations.codes("Beto", 1)[0]
            one = registrations.registered(db, folio)
            assert one is not None
            seats.cancel(db, consultation, one.id, now=now)
        assert [name for name, state in states(database) if state is Seat.CONFIRMED] == [expected]
    with database.session(read_only=True) as db:
        promoted = db.execute(select(OutboxMessage.template).where(OutboxMessage.template == "promotion")).all()
        assert len(promoted) == 1
        assert db.execute(select(Notice.content)).scalar_one()["what"] == "forum-promoted"
        again = registrations.registered(db, ana)
        assert again is not None
        assert again.state is Seat.CANCELLED
    with pytest.raises(Conflict), database.transaction() as db:
        seats.cancel(db, consultation, again.id, now=now)
    assert sound(database, consultation) == []


def test_nothing_moves_once_the_forum_is_over(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now, capacity=1)
    [ana] = forums.register(database, consultation, now, "Ana")
    forums.register(database, consultation, now, "Beto", email="beto@correo.example")
    after = now + timedelta(days=8)
    with database.session() as db:
        one = registrations.registered(db, ana)
        assert one is not None
        for act in (
            lambda: seats.cancel(db, consultation, one.id, now=after),
            lambda: seats.move(db, consultation, one.id, "tema-2", now=after),
        ):
            with pytest.raises(Conflict):
                act()
    forums.change(database, consultation, 1, after, capacity=2)
    assert [state for _, state in states(database)] == [Seat.CONFIRMED, Seat.WAITING]
    with database.transaction() as db:
        assert seats.release(db, now=after) == 0


def test_capacity_is_not_lowered_below_the_confirmed(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now)
    forums.register(database, consultation, now, "Ana", "Beto")
    with pytest.raises(Invalid) as error:
        forums.change(database, consultation, 1, now, capacity=1)
    assert error.value.values == {"n": 2}
    forums.change(database, consultation, 1, now, capacity=2)
    with pytest.raises(Conflict):
        forums.change(database, consultation, 1, now, capacity=9)


def test_a_form_sent_twice_is_one_registration(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now)
    first = forums.register(database, consultation, now, "Ana", "Beto", key="k")
    with pytest.raises(AlreadyReceived):
        forums.register(database, consultation, now, "Ana", "Beto", key="k")
    with database.session(read_only=True) as db:
        party = Group(guests=(Guest("Ana"), Guest("Beto")))
        assert registrations.repeated(db, party, submission="k") == first
        with pytest.raises(Conflict):
            registrations.repeated(db, Group(guests=(Guest("Otra"),)), submission="k")
    assert len(states(database)) == 2


def test_outside_the_window_nobody_registers(database: Database, consultation: ConsultationView, now: datetime) -> None:
    forums.announce(database, consultation, now)
    for at in (now - timedelta(hours=2), now + timedelta(days=7)):
        with pytest.raises(Closed):
            forums.register(database, consultation, at, "Ana")
    with database.transaction() as db:
        versions.cancel(
            db, consultation, "foro", seen=1, reason=said("Llueve demasiado."), by=By(None, "equipo"), now=now
        )
    with pytest.raises(Closed):
        forums.register(database, consultation, now, "Ana")
    assert states(database) == []


def test_a_full_table_only_offers_another(database: Database, consultation: ConsultationView, now: datetime) -> None:
    tables = (
        TableData("tema-1", capacity=1, exception=NOBODY_YET),
        TableData("tema-2", capacity=1, exception=NOBODY_YET),
    )
    forums.announce(database, consultation, now, tables=tables)
    codes = [forums.register(database, consultation, now, name)[0] for name in ("Ana", "Beto", "Carla")]
    with database.session(read_only=True) as db:
        found = [registrations.registered(db, code) for code in codes]
    assert [one and one.state for one in found] == [Seat.CONFIRMED] * 3
    assert [one and one.table and one.table.theme for one in found] == ["tema-1", "tema-2", None]
    assert found[0] is not None
    with pytest.raises(Conflict), database.transaction() as db:
        seats.move(db, consultation, found[0].id, "tema-2", now=now)
    with pytest.raises(Invalid), database.transaction() as db:
        seats.move(db, consultation, found[0].id, "tema-3", now=now)
    with pytest.raises(Invalid):
        forums.change(database, consultation, 1, now, tables=tables[1:])
    assert sound(database, consultation) == []


def test_people_are_told_of_another_place(database: Database, consultation: ConsultationView, now: datetime) -> None:
    forums.announce(database, consultation, now, capacity=9)
    forums.register(database, consultation, now, "Ana", "Amanda", email="ana@correo.example")
    forums.register(database, consultation, now, "Beto", "Berta", phone="55512345")
    forums.register(database, consultation, now, "Carla")
    forums.change(database, consultation, 1, now, texts={"place": said("Escuela")})
    with database.transaction() as db:
        assert telling.tell(db, now=now) == 3
        assert telling.tell(db, now=now) == 0
    with database.session(read_only=True) as db:
        assert len(db.execute(select(OutboxMessage).where(OutboxMessage.template == "news")).all()) == 1
        assert db.execute(select(Notice.content)).scalar_one()["place"] == said("Escuela")
        assert telling.unreachable(db, forum_reading.one(db, consultation, "foro")) == 1


def test_a_seat_nobody_could_be_told_of_is_kept_for_half_an_hour(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now, capacity=1)
    [ana] = forums.register(database, consultation, now, "Ana")
    forums.register(database, consultation, now, "Beto")
    forums.register(database, consultation, now, "Carla")
    with database.transaction() as db:
        one = registrations.registered(db, ana)
        assert one is not None
        seats.cancel(db, consultation, one.id, now=now)
    starts = now + timedelta(days=7)
    for at, holder in ((starts + timedelta(minutes=29), "Beto"), (starts + timedelta(minutes=31), "Carla")):
        with database.transaction() as db:
            while seats.release(db, now=at):
                pass
        assert [name for name, state in states(database) if state is Seat.CONFIRMED] == [holder]
    assert ("Beto", Seat.RELEASED) in states(database)
    assert sound(database, consultation) == []


def test_the_door_counts_what_is_true(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account = staff(database, consultation, role=RoleName.COORDINATOR)
    forums.announce(database, consultation, now, capacity=1)
    forums.register(database, consultation, now, "José Ángel Núñez")
    [code] = forums.register(database, consultation, now, "María")
    with database.transaction() as db:
        forum = forum_reading.one(db, consultation, "foro")
        assert [one.name for one in door.search(db, forum, "NUNEZ")] == ["José Ángel Núñez"]
        assert [one.name for one in door.search(db, forum, code.lower())] == ["María"]
        assert door.search(db, forum, "%") == []
        [jose], [maria] = door.search(db, forum, "jose"), door.search(db, forum, "maria")
        marks = [("a" * 32, jose.id, True), ("a" * 32, jose.id, True), ("b" * 32, maria.id, True)]
        new = [
            door.mark(db, consultation, forum, id_, mark_id=mark, present=here, by=By(account, "equipo"), now=now)
            for mark, id_, here in marks
        ]
        assert new == [True, False, True]
        door.walk_in(
            db,
            consultation,
            forum,
            Guest("Paco", first="tema-2"),
            department="16",
            mark_id="c" * 32,
            by=By(account, "equipo"),
            now=now,
        )
        door.mark(
            db,
            consultation,
            forum,
            maria.id,
            mark_id="d" * 32,
            present=False,
            by=By(account, "equipo"),
            now=now,
        )
        db.flush()
        counted = turnout.sheet(db, consultation, forum)
    assert counted.total == {
        "registered": 2,
        "confirmed": 1,
        "waiting": 1,
        "cancelled": 0,
        "attended": 2,
        "walk_ins": 1,
        "no_shows": 0,
    }
    assert counted.traits is None, "who came is published in steps"
    assert sound(database, consultation) == []


def test_names_and_contacts_go_thirty_days_after(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now)
    forums.register(database, consultation, now, "Ana Canaria", email="canaria@correo.example", needs="Intérprete")
    later = now + timedelta(days=7, hours=4)
    for at, left in ((later + timedelta(days=29), "Ana Canaria"), (later + timedelta(days=31), None)):
        with database.transaction() as db:
            while erasure.forget(db, now=at):
                pass
        with database.session(read_only=True) as db:
            row = db.execute(select(Registration)).scalar_one()
            assert row.name == left
            assert (row.email is None) == (left is None) == (row.needs is None) == (row.salt is None)
    assert sound(database, consultation) == []


@pytest.mark.parametrize(
    ("change", "said_by"),
    [
        ("UPDATE registrations SET state = 'cancelled'", "registration"),
        ("UPDATE registrations SET present = NOT present", "registration"),
        ("UPDATE registrations SET name = 'Otra'", "registration"),
        ("UPDATE registrations SET salt = NULL", "registration"),
        ("UPDATE forums SET confirmed = 2", "forum"),
        ("DELETE FROM registrations", "registration"),
    ],
)
def test_what_was_changed_behind_the_program_is_named(
    database: Database, consultation: ConsultationView, now: datetime, change: str, said_by: str
) -> None:
    forums.announce(database, consultation, now)
    forums.register(database, consultation, now, "Ana")
    assert sound(database, consultation) == []
    with database.write.begin() as connection:
        connection.execute(text(change))
    assert any(fault.startswith(said_by) for fault in sound(database, consultation))


def test_a_table_needs_both_facilitators_or_says_why(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with pytest.raises(Invalid) as error:
        forums.announce(database, consultation, now, tables=(TableData("tema-1", government="gobierno-abcd"),))
    assert error.value.field == "exception-tema-1"
    with pytest.raises(Invalid):
        forums.announce(database, consultation, now, tables=(TableData("tema-9", exception=NOBODY_YET),))
