"""Forums: versions, seats that are never oversold, the waiting list in order, the door, and what is forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select, text, update

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
from consulta.worker import delivery
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
    forums.announce(database, consultation, now, capacity=2, tables=tables)
    codes = [forums.register(database, consultation, now, name)[0] for name in ("Ana", "Beto", "Carla")]
    with database.session(read_only=True) as db:
        found = [registrations.registered(db, code) for code in codes]
    assert [one and one.state for one in found] == [Seat.CONFIRMED, Seat.CONFIRMED, Seat.WAITING]
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


def seat_of(database: Database) -> dict[str | None, int | None]:
    """Everybody's table."""
    with database.session(read_only=True) as db:
        rows = db.execute(select(Registration.name, Registration.table_id))
        return {name: table for name, table in rows}  # noqa: C416


def cancelled(database: Database, consultation: ConsultationView, folio: str, now: datetime) -> None:
    """Give a seat or a place in the line back."""
    with database.transaction() as db:
        one = registrations.registered(db, folio)
        assert one is not None
        seats.cancel(db, consultation, one.id, now=now)


def confirmed(database: Database) -> list[str | None]:
    """Who has a seat."""
    return [name for name, state in states(database) if state is Seat.CONFIRMED]


def test_a_party_is_promoted_whole_or_waits_and_nobody_passes_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now, capacity=3)
    first = [forums.register(database, consultation, now, name)[0] for name in ("Ana", "Beto", "Carla")]
    family = forums.register(database, consultation, now, "Dora", "Elsa", "Fito", email="f@correo.example")
    forums.register(database, consultation, now, "Gabi")
    cancelled(database, consultation, first[0], now)
    cancelled(database, consultation, first[1], now)
    assert confirmed(database) == ["Carla"]
    cancelled(database, consultation, family[1], now)  # now the rest of the family fits
    assert confirmed(database) == ["Carla", "Dora", "Fito"]
    with database.session(read_only=True) as db:
        query = select(OutboxMessage.payload).where(OutboxMessage.template == "promotion")
        [payload] = db.execute(query).scalars()
    assert len(payload["refs"]) == 2
    assert "Dora" not in str(payload), "names are looked up when it is delivered"
    cancelled(database, consultation, first[2], now)
    assert confirmed(database) == ["Dora", "Fito", "Gabi"]
    assert sound(database, consultation) == []


def test_a_large_party_in_one_forum_holds_up_no_other_forum(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for key in ("foro", "otro"):
        with database.transaction() as db:
            data = forums.a_forum(consultation, now, 2)
            by = By(None, "equipo")
            versions.publish(db, consultation, data, key=key, seen=0, reason=None, by=by, now=now)
            for name, size in (("Ana", 1), ("Beto", 2 if key == "foro" else 1), ("Carla", 1)):
                guests = tuple(Guest(f"{name} {key} {n}") for n in range(size))
                registrations.register(
                    db, consultation, key, Group(guests), submission=name + key, language="es", now=now
                )
    with database.transaction() as db:
        db.execute(text("UPDATE forums SET capacity = 3 WHERE key = 'otro'"))
        moved = [seats.release(db, now=now) for _ in range(2)]
    assert moved == [1, 0]
    assert "Carla otro 0" in confirmed(database)


def test_the_mail_of_a_promotion_says_who_has_a_seat(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    forums.announce(database, consultation, now, capacity=2)
    [ana] = forums.register(database, consultation, now, "Ana")
    forums.register(database, consultation, now, "Beto", "Carla", email="b@correo.example")
    cancelled(database, consultation, ana, now)
    with database.transaction() as db:
        db.execute(update(Registration).where(Registration.name == "Carla").values(name="Carla María"))
    delivery.deliver(app, now=now)
    sent = (app.extensions["settings"].instance / "mail").glob("*.eml")
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sent]
    [mail] = [one for one in mails if str(one["Subject"]).startswith("Ya tienen lugar")]
    body = mail.get_body()
    assert body is not None
    body = body.get_content()
    assert "– Beto" in body
    assert "– Carla María" in body


def test_a_party_sits_together_unless_it_says_otherwise(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    tables = tuple(TableData(f"tema-{n}", capacity=size, exception=NOBODY_YET) for n, size in ((1, 3), (2, 4)))
    forums.announce(database, consultation, now, capacity=7, tables=tables)
    forums.register(database, consultation, now, "Ana")
    forums.register(database, consultation, now, "Beto", "Carla", "Dora")
    guests = (Guest("Elsa", first="tema-1"), Guest("Fito", first="tema-2"), Guest("Gabi"))
    with database.transaction() as db:
        registrations.register(db, consultation, "foro", Group(guests), submission="otra", language="es", now=now)
    at = seat_of(database)
    assert at["Beto"] == at["Carla"] == at["Dora"] != at["Ana"]
    assert at["Elsa"] == at["Gabi"] == at["Ana"]
    assert at["Fito"] == at["Beto"]
    assert sound(database, consultation) == []


def test_a_party_that_fits_at_no_table_sits_where_there_is_room(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    tables = tuple(TableData(f"tema-{n}", capacity=2, exception=NOBODY_YET) for n in (1, 2))
    forums.announce(database, consultation, now, capacity=4, tables=tables)
    forums.register(database, consultation, now, "Ana", "Beto", "Carla", "Dora")
    assert sorted(Counter(seat_of(database).values()).values()) == [2, 2]


@pytest.mark.parametrize(
    ("capacity", "tables", "refused"),
    [
        (10, (5, 5), None),
        (10, (5, None), None),
        (10, (None, None), None),
        (10, (), None),
        (12, (5, 5), "suman 10 lugares y el foro dice 12"),
        (8, (5, 5), "suman 10 lugares y el foro dice 8"),
        (8, (9, None), "suman 9 lugares y en el foro caben 8"),
    ],
)
def test_the_seats_of_a_forum_and_of_its_tables_are_one_figure(
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    capacity: int,
    tables: tuple[int | None, ...],
    refused: str | None,
) -> None:
    given = tuple(TableData(f"tema-{n}", capacity=size, exception=NOBODY_YET) for n, size in enumerate(tables, 1))
    if refused is None:
        forums.announce(database, consultation, now, capacity=capacity, tables=given)
        return
    with pytest.raises(Invalid, match=refused) as error:
        forums.announce(database, consultation, now, capacity=capacity, tables=given)
    assert error.value.field == "capacity"
