"""The attendance sheet as somebody typed it: read by its headings, taken once however often it comes."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.attendance import door, from_file
from consulta.domain.attendance.from_file import TypedArrival
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.files.tables import TableFile
from consulta.domain.forums import reading as forums
from consulta.domain.forums.registrations import Guest
from consulta.models.accounts import RoleName
from consulta.models.forums import Registration, Seat
from tests.support.audits import sound
from tests.support.forums import announce, register
from tests.support.people import staff


@pytest.fixture
def codes(database: Database, consultation: ConsultationView, now: datetime) -> list[str]:
    """A forum with two people registered; their codes."""
    announce(database, consultation, now)
    return register(database, consultation, now, "Ana López") + register(database, consultation, now, "Beto Tot")


def read(database: Database, view: ConsultationView, text: str) -> list[TypedArrival]:
    """The rows of a sheet."""
    with database.session(read_only=True) as db:
        return from_file.read(TableFile(text.encode(), "lista.csv"), view, forums.one(db, view, "foro"))


def take(database: Database, view: ConsultationView, text: str, now: datetime) -> int:
    """Take a sheet in; how many rows were new."""
    rows, done = read(database, view, text), 0
    account = staff(database, view, role=RoleName.COORDINATOR)
    for piece in from_file.pieces(rows):
        with database.transaction() as db:
            forum = forums.one(db, view, "foro")
            from_file.check(db, forum, rows)
            done += from_file.take(db, view, forum, piece, by=by(db, view, account), now=now)
    return done


def present(database: Database) -> list[tuple[str | None, Seat]]:
    """Who is there."""
    query = select(Registration.name, Registration.state).where(Registration.present).order_by(Registration.id)
    with database.session(read_only=True) as db:
        return [(name, state) for name, state in db.execute(query)]


def test_headings_are_found_whatever_their_case_accents_and_order(
    database: Database, consultation: ConsultationView, codes: list[str]
) -> None:
    [one] = read(
        database,
        consultation,
        f"Participa como;CÓDIGO;Mesa;Departamento;Fila;Nombre\nciudadana;{codes[0].lower()};tema 1;alta verapaz;7;Ana",
    )
    assert (one.number, one.guest.name, one.folio) == (7, "Ana", codes[0])
    assert (one.guest.first, one.guest.taking_part_as, one.department) == ("tema-1", "citizen", "16")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nombre\nAna", "fila"),
        ("fila,nombre\n", "ninguna persona"),
        ("fila,nombre\ncero,Ana", "línea 2, columna «fila»: «cero»"),
        ("fila,nombre\n0,Ana", "«0»"),
        ("fila,nombre\n1,Ana\n1,Eva", "línea 3"),
        ("fila,nombre,codigo\n1,Ana,XXXX", "línea 2, columna «código»: «XXXX»"),
        ("fila,nombre,mesa\n1,Ana,Mesa perdida", "columna «mesa»: «Mesa perdida»"),
        ("fila,nombre,departamento\n1,Ana,París", "columna «departamento»: «París»"),
        ("fila,nombre\n1," + "ñ" * 81, "80 letras"),
    ],
)
def test_a_fault_is_named_by_line_column_and_value(
    database: Database, consultation: ConsultationView, codes: list[str], text: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read(database, consultation, text)
    assert said in str(refused.value)
    assert refused.value.field == "sheet"


def test_whoever_registered_is_marked_and_others_came_unannounced(
    database: Database, consultation: ConsultationView, codes: list[str], now: datetime
) -> None:
    text = f"fila,nombre,codigo\n1,ana lopez,\n2,,{codes[1]}\n3,Nadie Más,\n4,,\n"
    assert take(database, consultation, text, now) == 3
    assert present(database) == [
        ("Ana López", Seat.CONFIRMED),
        ("Beto Tot", Seat.CONFIRMED),
        ("Nadie Más", Seat.WALK_IN),
    ]
    assert take(database, consultation, text, now) == 0, "the same file adds nothing"
    assert len(present(database)) == 3
    sound(database)


def test_a_code_of_nobody_is_named_before_anything_is_written(
    database: Database, consultation: ConsultationView, codes: list[str], now: datetime
) -> None:
    strange = "0000-0000-0000-0000"
    with pytest.raises(Invalid, match="Fila 2"):
        take(database, consultation, f"fila,nombre,codigo\n1,Eva,\n2,Ana,{strange}", now)
    assert present(database) == []


def test_a_name_that_two_bear_is_nobody_in_particular(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    register(database, consultation, now, "Ana López", key="una")
    register(database, consultation, now, "Ana López", key="otra")
    assert take(database, consultation, "fila,nombre\n1,Ana López", now) == 1
    assert present(database) == [("Ana López", Seat.WALK_IN)]


FAULTS = Path(__file__).parents[2] / "data" / "faults"


def names(database: Database) -> list[str | None]:
    """Who is there."""
    return [name for name, _ in present(database)]


def test_another_name_at_the_same_number_is_another_person(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    first, second = ((FAULTS / f"asistencia-puerta-{n}.csv").read_text() for n in (1, 2))
    assert [take(database, consultation, text, now) for text in (first, second, second, first)] == [2, 3, 0, 0]
    assert names(database) == ["Irma Tzul", "Juan Coc", "Kevin Bol", "Lucía Ba", "Mario Cuc"]
    sound(database)


def test_one_code_in_two_rows_is_one_person(
    database: Database, consultation: ConsultationView, codes: list[str], now: datetime
) -> None:
    text = (FAULTS / "asistencia-mismo-codigo-dos-filas.csv").read_text()
    mine = re.sub(r"\w{4}(-\w{4}){3}", codes[0], text)
    assert take(database, consultation, mine, now) == 1
    assert names(database) == ["Ana López"]


def test_whom_the_door_noted_the_paper_does_not_count_again(
    database: Database, consultation: ConsultationView, codes: list[str], now: datetime
) -> None:
    account = staff(database, consultation, role=RoleName.COORDINATOR)
    with database.transaction() as db:
        forum = forums.one(db, consultation, "foro")
        whose = by(db, consultation, account)
        ana = db.execute(select(Registration.id).where(Registration.name == "Ana López")).scalar_one()
        door.mark(db, consultation, forum, ana, present=True, mark_id="m1", by=whose, now=now)
        for n, name in enumerate(("Zoila Ba", "Yadira Coc")):
            guest = Guest(name)
            door.walk_in(db, consultation, forum, guest, department=None, mark_id=f"w{n}", by=whose, now=now)
    text = "fila,nombre\n1,Ana Lopez\n2,zoila ba\n3,Yadira Coc\n4,Yadira Coc\n5,Beto Tot\n"
    assert take(database, consultation, text, now) == 2, "the second Yadira, and Beto"
    assert sorted(map(str, names(database))) == ["Ana López", "Beto Tot", "Yadira Coc", "Yadira Coc", "Zoila Ba"]
    assert take(database, consultation, text, now) == 0
    sound(database)


def test_marks_of_earlier_days_are_known_by_number_and_name(
    database: Database, consultation: ConsultationView, codes: list[str], now: datetime
) -> None:
    account = staff(database, consultation, role=RoleName.COORDINATOR)
    with database.transaction() as db:
        forum = forums.one(db, consultation, "foro")
        old = f"sheet/{forum.id}/7"
        guest = Guest("Nadie Más")
        whose = by(db, consultation, account)
        door.walk_in(db, consultation, forum, guest, department=None, mark_id=old, by=whose, now=now)
    assert take(database, consultation, "fila,nombre\n7,Nadie Más\n", now) == 0
    assert take(database, consultation, "fila,nombre\n7,Otra Persona\n", now) == 1
    assert names(database) == ["Nadie Más", "Otra Persona"]
