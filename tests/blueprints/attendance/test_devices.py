"""Marks that were made without internet arrive once; the sheet of paper as a file; what is no such file."""

from __future__ import annotations

import io
import json
import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from consulta.database.transactions import Database
from consulta.domain.attendance import devices
from consulta.domain.attendance.devices import Brought, Outcome
from consulta.domain.codes import folio_of, sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.domain.forums.registrations import Guest
from consulta.domain.ledger.log import By
from consulta.domain.texts import sort_key
from consulta.models.accounts import RoleName
from consulta.models.forums import AttendanceMark, Registration, Seat
from consulta.web import headers
from tests.support.audits import sound
from tests.support.forums import announce, register
from tests.support.people import coordinator, staff
from tests.support.seals import seal, seal_of_old
from tests.support.visitor import Visitor

DOOR = "/gestion/prueba/foros/foro"
CONTEXT = "consulta/door/1|prueba|foro"
AT = 1_700_000_000_000


class Device:
    """What a device of somebody at the door does."""

    def __init__(self, desk: Visitor) -> None:
        self.desk = desk
        self.key = desk.get(f"{DOOR}/sin-internet").text.split('data-server-key="')[1].split('"')[0]

    def sealed(self, **value: Any) -> str:
        """A mark, sealed."""
        return seal(self.key, CONTEXT, {"id": str(uuid.uuid4()), "at": AT, **value})

    def send(self, marks: object, status: int = 200) -> Any:
        """Bring marks; what became of each."""
        token = self.desk.get(f"{DOOR}/sin-internet/clave").get_json()["token"]
        answer = self.desk.client.post(
            f"{DOOR}/sin-internet/marcas", json={"marks": marks}, headers={"X-CSRFToken": token}
        )
        assert answer.status_code == status, answer.text
        return answer.get_json()["outcomes"] if status == 200 else answer.text

    def carry(self, data: bytes, status: int = 303) -> str:
        """Bring a file; what the desk then says."""
        given = {"file": (io.BytesIO(data), "marcas.json")}
        answer = self.desk.post(f"{DOOR}/puerta/archivo", given, status)
        return answer.text if status != 303 else self.desk.get(f"{DOOR}/puerta").text


@pytest.fixture
def device(app: Flask, database: Database, consultation: ConsultationView, now: datetime) -> Device:
    """A forum with Ana and Beto, and somebody at its door who opened the list."""
    announce(database, consultation, now)
    register(database, consultation, now, "Ana", "Beto")
    desk = coordinator(app, database, consultation)
    desk.post(f"{DOOR}/puerta")
    return Device(desk)


def code(database: Database, name: str) -> str:
    """The hash of somebody's code."""
    with database.session(read_only=True) as db:
        return db.execute(select(Registration.folio_hash).where(Registration.name == name)).scalar_one().hex()


def present(database: Database) -> list[str | None]:
    """Who is there."""
    with database.session(read_only=True) as db:
        query = select(Registration.name).where(Registration.present).order_by(Registration.name)
        return list(db.execute(query).scalars())


def test_marks_count_once_however_often_they_come(device: Device, database: Database) -> None:
    id_ = str(uuid.uuid4())
    ana = device.sealed(id=id_, code=code(database, "Ana"))
    paco = device.sealed(name="Paco", table="tema-1", taking_part_as="sin sentido", department="16")
    assert device.send([ana, paco]) == ["new", "new"]
    assert device.send([ana, paco, ana]) == ["known", "known", "known"]
    undo = device.sealed(undoes=id_)
    assert device.send([undo, ana]) == ["new", "known"]
    assert present(database) == ["Paco"]
    also = device.sealed(code=code(database, "Ana"))
    assert device.send([also, undo]) == ["new", "known"]
    assert present(database) == ["Ana", "Paco"]
    with database.session(read_only=True) as db:
        row = db.execute(select(Registration).where(Registration.name == "Paco")).scalar_one()
        assert (row.state, row.taking_part_as, row.department) == (Seat.WALK_IN, None, "16")
        kept = db.execute(select(AttendanceMark.mark)).scalars().all()
        assert sha256(id_).hex() in kept
        assert id_ not in kept
    sound(database)


def test_what_cannot_be_read_is_said_and_the_rest_is_taken(
    device: Device, database: Database, consultation: ConsultationView
) -> None:
    ana = device.sealed(code=code(database, "Ana"))
    elsewhere = seal(device.key, "consulta/door/1|prueba|otro", {"id": str(uuid.uuid4()), "at": AT, "name": "X"})
    odd = [
        elsewhere,
        ana[:-4],
        "a.b.c",
        "",
        7,
        None,
        "x" * 5_000,
        device.sealed(code="corto"),
        device.sealed(name="   "),
        device.sealed(id="1; DROP TABLE", name="X"),
        device.sealed(at="ayer", name="X"),
        device.sealed(at=1e300, name="X"),
    ]
    assert device.send([*odd, ana]) == ["unreadable"] * len(odd) + ["new"]
    strange = [device.sealed(code="0" * 64), device.sealed(undoes=str(uuid.uuid4()))]
    assert device.send(strange) == ["unknown", "unknown"]
    for body in ("nada", {"a": 1}, [ana] * 51):
        assert "no llegaron enteras" in device.send(body, 400)
    assert present(database) == ["Ana"]


def test_a_file_brings_what_a_device_could_not_send(device: Device, database: Database) -> None:
    many = [device.sealed(name=f"Llegó {n}") for n in range(120)]
    file = json.dumps({"v": 1, "forum": "prueba/foro", "marks": [*many, "roto"]}).encode()
    assert "Marcas nuevas: 120. Ya estaban: 0. De nadie en la lista: 0. Ilegibles: 1." in device.carry(file)
    assert "Marcas nuevas: 0. Ya estaban: 120." in device.carry(file)
    assert len(present(database)) == 120
    for data in (
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"marks": 5}',
        b"[" * 100_000,
        json.dumps({"marks": [0] * 20_001}).encode(),
    ):
        assert "no es de marcas" in device.carry(data, 422)
    device.desk.post(f"{DOOR}/puerta/archivo", {}, 422)
    sound(database)


def test_the_list_for_a_device_is_a_look_and_holds_no_more_than_it_must(
    device: Device, database: Database, now: datetime
) -> None:
    token = device.desk.get(f"{DOOR}/sin-internet/clave").get_json()["token"]
    answer = device.desk.client.post(f"{DOOR}/sin-internet/lista", json={}, headers={"X-CSRFToken": token})
    assert answer.headers["Cache-Control"] == "no-store"
    people = answer.get_json()["people"]
    assert people == [
        [code(database, name), name, table, "confirmed", 0] for name, table in (("Ana", "tema-1"), ("Beto", "tema-1"))
    ]
    assert '"kept":"device"' in device.desk.get("…/bitacora.csv").text.replace('""', '"').replace(": ", ":")
    assert "Ana" not in device.desk.get(f"{DOOR}/sin-internet").text
    with time_machine.travel(now + timedelta(days=9, hours=5), tick=False):
        later = coordinator_again(device.desk)
        assert "ya no se guarda" in later.get(f"{DOOR}/sin-internet").text
        token = later.get(f"{DOOR}/sin-internet/clave").get_json()["token"]
        refused = later.client.post(f"{DOOR}/sin-internet/lista", json={}, headers={"X-CSRFToken": token})
        assert refused.status_code == 410


def coordinator_again(desk: Visitor) -> Visitor:
    """The same person, signed in anew after days."""
    desk.sign_in("coordina@equipo.example")
    return desk


def test_outsiders_bring_and_see_nothing(
    app: Flask, device: Device, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    staff(database, consultation, "otra@equipo.example", role=RoleName.FACILITATOR)
    other = Visitor(app)
    other.sign_in("otra@equipo.example")
    for path in ("sin-internet", "sin-internet/clave"):
        other.get(f"{DOOR}/{path}", 403)
        visitor.get(f"{DOOR}/{path}", 303)
    for path in ("sin-internet/lista", "sin-internet/marcas", "puerta/archivo", "puerta/asistencia"):
        other.post(f"{DOOR}/{path}", {}, 403)
        visitor.post(f"{DOOR}/{path}", {}, 403)
    other.get("/gestion/prueba/foros/nada/sin-internet", 404)
    script = visitor.get("/gestion/puerta.js")
    assert script.mimetype == "text/javascript"
    assert device.desk.client.post(f"{DOOR}/sin-internet/marcas", json={"marks": []}).status_code == 400


def test_who_is_brought_after_names_were_erased_has_none(
    device: Device, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        db.execute(text("UPDATE forums SET erased = true"))
        forum = forums.one(db, consultation, "foro")
        late = Brought(str(uuid.uuid4()), now, guest=Guest("Tardía"))
        made = devices.bring(db, consultation, forum, [late], by=By(1, "equipo"), now=now)
    assert made == [Outcome.NEW]
    assert present(database) == [None]


SHEET = "fila,nombre,código,mesa,participa_como,departamento\n"


def upload(desk: Visitor, content: str | bytes, status: int = 303, name: str = "lista.csv") -> str:
    """Upload a typed sheet; what is then said."""
    data = content.encode() if isinstance(content, str) else content
    answer = desk.post(f"{DOOR}/puerta/asistencia", {"sheet": (io.BytesIO(data), name)}, status)
    return answer.text if status != 303 else desk.get(f"{DOOR}/puerta").text


def test_a_typed_sheet_marks_who_registered_and_takes_in_the_rest(
    device: Device, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    [carla] = register(database, consultation, now, "Carla", key="carla")
    file = SHEET + f"1,ANÁ,,,,\n2,,{carla.lower()},,,\n3,Doña Petrona,,Tema 1,,alta verapaz\n,,,,,\n"
    assert "Personas anotadas: 3. Ya estaban: 0." in upload(device.desk, file)
    more = file + "4,Beto,,,,\n"
    assert "Personas anotadas: 1. Ya estaban: 3." in upload(device.desk, more)
    book = openpyxl.Workbook()
    for line in (["fila", "nombre"], [4, "Beto"], [5, "Otra persona"]):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    assert "Personas anotadas: 1. Ya estaban: 1." in upload(device.desk, out.getvalue(), name="lista.xlsx")
    assert present(database) == ["Ana", "Beto", "Carla", "Doña Petrona", "Otra persona"]
    with database.session(read_only=True) as db:
        row = db.execute(select(Registration).where(Registration.name_key == sort_key("Doña Petrona"))).scalar_one()
        assert (row.department, row.state) == ("16", Seat.WALK_IN)
        assert row.folio_hash != sha256(folio_of("sheet/1/3"))
    sound(database)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nombre\nAna\n", "faltan las columnas"),
        (SHEET + "uno,Ana,,,,\n", "línea 2, columna «fila»: «uno»"),
        (SHEET + "0,Ana,,,,\n", "línea 2, columna «fila»: «0»"),
        (SHEET + "1,Ana,,,,\n1,Beto,,,,\n", "línea 3, columna «fila»: la fila 1 ya está"),
        (SHEET + "1,Ana,XX,,,\n", "columna «código»: «XX»"),
        (SHEET + "1,Ana,AAAA-AAAA-AAAA-AAAA,,,\n", "Fila 1: nadie de este foro"),
        (SHEET + "1,Ana,,Tema 9,,\n", "columna «mesa»: «Tema 9»"),
        (SHEET + "1,Ana,,,marciano,\n", "columna «participa_como»: «marciano»"),
        (SHEET + "1," + "a" * 81 + ",,,,\n", "pasa de 80 letras"),
        (SHEET, "no trae ninguna persona"),
        ("", "está vacío"),
    ],
)
def test_a_sheet_with_a_fault_is_refused_whole(device: Device, database: Database, content: str, said: str) -> None:
    assert said in upload(device.desk, content, 422)
    assert present(database) == []


def test_a_sheet_that_is_none(device: Device) -> None:
    assert "no es un libro de cálculo" in upload(device.desk, b"PK\x03\x04nada", 422, "lista.xlsx")
    assert "UTF-8" in upload(device.desk, b"fila,nombre\n1,\xff\n", 422)
    device.desk.post(f"{DOOR}/puerta/asistencia", {}, 422)


def test_the_same_marks_from_many_at_once(
    device: Device, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana = bytes.fromhex(code(database, "Ana"))
    guest = Guest("Paco")
    marks = [Brought("a" * 32, now, folio_hash=ana), Brought("b" * 32, now, guest=guest)]
    account = staff(database, consultation, "mas@equipo.example", role=RoleName.COORDINATOR)
    said: list[Outcome] = []

    def bring() -> None:
        for _ in range(50):
            try:
                with database.transaction() as db:
                    forum = forums.one(db, consultation, "foro")
                    found = devices.bring(db, consultation, forum, marks, by=By(account, "equipo"), now=now)
                said.extend(found)
                return
            except Exception:  # a lock that took too long, or the other was faster: the device sends again
                time.sleep(0.02)

    threads = [threading.Thread(target=bring) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (said.count(Outcome.NEW), said.count(Outcome.KNOWN)) == (2, 22)
    assert present(database) == ["Ana", "Paco"]
    sound(database)


def test_a_mark_that_was_sealed_before_the_standard_still_counts(device: Device, database: Database) -> None:
    mark = {"id": str(uuid.uuid4()), "at": AT, "code": code(database, "Ana")}
    old = seal_of_old(device.key, CONTEXT, mark)
    assert device.send([old]) == ["new"]
    assert device.send([old, seal(device.key, CONTEXT, mark)]) == ["known", "known"]
    point, iv, text = old.split(".")
    other = f"{text[:-2]}{'A' if text[-2] != 'A' else 'B'}{text[-1]}"
    broken = [f"{point}.{iv}.{other}", f"{point}.{iv}", f"{point}.{iv}.{text}.{text}", point, "", "."]
    assert device.send(broken) == ["unreadable"] * len(broken)


@pytest.mark.parametrize("path", ["/sin-internet", "/sin-internet/clave"])
def test_a_device_of_before_knows_our_answers_and_no_policy_is_weaker(device: Device, path: str) -> None:
    sent = device.desk.client.get(f"{DOOR}{path}").headers.getlist("Content-Security-Policy")
    assert sent[0].startswith("default-src 'self'; base-uri")
    assert sent[1:] == [headers.POLICY]
    assert device.desk.client.get("/gestion/puerta.js").headers.getlist("Content-Security-Policy") == sent
    assert device.desk.client.get("/").headers.getlist("Content-Security-Policy") == sent[1:]
