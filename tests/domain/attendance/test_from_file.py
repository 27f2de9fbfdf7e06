"""The attendance sheet as somebody typed it: read by its headings, taken once however often it comes."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.attendance import from_file
from consulta.domain.attendance.from_file import TypedArrival
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.files.tables import TableFile
from consulta.domain.forums import reading as forums
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
