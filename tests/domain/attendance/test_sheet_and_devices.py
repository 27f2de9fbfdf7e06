"""The typed sheet and the devices at the door name the same people: in whatever order they come, each counts once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.attendance import devices, door
from consulta.domain.attendance.devices import Brought, Outcome
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.domain.forums.registrations import Guest
from consulta.domain.ledger.log import By
from consulta.models.accounts import RoleName
from consulta.models.forums import Registration
from tests.domain.attendance.test_from_file import take
from tests.support.audits import sound
from tests.support.forums import announce, register
from tests.support.people import staff

SHEET = "fila,nombre\n1,Zoila Ba\n2,Juan Pérez\n3,Juan Perez\n4,Ana López\n5,Solo En Papel\n"


def unannounced(n: int, name: str, now: datetime) -> Brought:
    """Somebody whom a device noted by name."""
    return Brought(f"{n:032x}", now, guest=Guest(name))


def bring(database: Database, view: ConsultationView, some: Sequence[Brought], now: datetime) -> list[Outcome]:
    """What became of marks that a device brought."""
    account = staff(database, view, role=RoleName.COORDINATOR)
    with database.transaction() as db:
        forum = forums.one(db, view, "foro")
        return devices.bring(db, view, forum, some, by=By(account, "gobierno-x"), now=now)


def there(database: Database) -> Counter[str | None]:
    """How many of each name are there."""
    with database.session(read_only=True) as db:
        return Counter(db.execute(select(Registration.name_key).where(Registration.present)).scalars())


@pytest.mark.parametrize("order", [*itertools.permutations(range(3)), (0, 1, 0, 2, 1), (2, 1, 0, 0, 2)])
def test_each_person_counts_once_in_every_order(
    database: Database, consultation: ConsultationView, now: datetime, order: tuple[int, ...]
) -> None:
    announce(database, consultation, now)
    [ana] = register(database, consultation, now, "Ana López")
    one = [unannounced(1, "ZOILA BA", now), unannounced(2, "Juan Pérez", now), unannounced(3, "Sin Papel", now)]
    other = [unannounced(4, "juan  perez", now), Brought(f"{5:032x}", now, folio_hash=codes.sha256(ana))]
    ways = (
        lambda: take(database, consultation, SHEET, now),
        lambda: bring(database, consultation, one, now),
        lambda: bring(database, consultation, other, now),
    )
    for place in order:
        ways[place]()
    assert there(database) == {"zoila ba": 1, "juan perez": 2, "ana lopez": 1, "sin papel": 1, "solo en papel": 1}
    sound(database)


def test_the_code_that_the_device_gave_is_the_person_s(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    mark = unannounced(1, "Zoila Ba", now)
    assert take(database, consultation, SHEET, now) == 5
    assert bring(database, consultation, [mark, mark], now) == [Outcome.NEW, Outcome.KNOWN]
    with database.session(read_only=True) as db:
        [found] = door.search(db, forums.one(db, consultation, "foro"), codes.folio_of(mark.id))
    assert found.name == "Zoila Ba"
    undo = Brought(f"{9:032x}", now, undoes=mark.id)
    assert bring(database, consultation, [undo], now) == [Outcome.NEW]
    assert there(database)["zoila ba"] == 1, "the sheet still says so"


def test_a_second_sheet_with_the_name_is_a_second_person(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    assert take(database, consultation, "fila,nombre\n1,Juan Pérez\n", now) == 1
    assert take(database, consultation, "fila,nombre\n31,Juan Pérez\n", now) == 1
    assert there(database) == {"juan perez": 2}


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_two_devices_at_once_are_two_people(database: Database, consultation: ConsultationView, now: datetime) -> None:
    announce(database, consultation, now)
    names = [f"Persona {n}" for n in range(8)]
    take(database, consultation, "fila,nombre\n" + "".join(f"{n + 1},{name}\n" for n, name in enumerate(names)), now)
    account = staff(database, consultation, role=RoleName.COORDINATOR)

    def device(first: int) -> None:
        for n, name in enumerate(names):
            with database.transaction() as db:
                forum, by = forums.one(db, consultation, "foro"), By(account, "gobierno-x")
                devices.bring(db, consultation, forum, [unannounced(first + n, name, now)], by=by, now=now)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(device, (100, 200)))
    assert set(there(database).values()) == {2}
    sound(database)
