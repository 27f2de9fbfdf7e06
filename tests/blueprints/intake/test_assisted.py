"""What came on paper or by word of mouth: in the person's words, with a code, and not decided by who entered it."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Contribution
from tests.support.audits import sound
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor, fields

FORM = "/gestion/prueba/ingresar"


def test_a_paper_gets_its_code_and_its_way(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    values = fields(person.get(FORM).text) | {"body": "Falta agua,\nsí señor.", "theme": "tema-2", "department": "16"}
    person.post(FORM, values)
    page = person.get(f"{FORM}/comprobante").text
    code = re.search(r'<output id="folio"[^>]*>([^<]+)', page)
    assert code
    assert "Falta agua" in public.follow(code[1]).text
    person.post(FORM, values)  # the double click shows the same receipt
    assert code[1] in person.get(f"{FORM}/comprobante").text
    with database.session(read_only=True) as db:
        [row] = db.execute(select(Contribution.channel, Contribution.department, Contribution.ordinal)).all()
    assert (row.channel.value, row.department) == ("paper", "16")
    assert "Falta agua" not in public.get("…/bitacora.csv").text
    sound(database)


def test_nobody_decides_upon_what_they_entered(app: Flask, database: Database, consultation: ConsultationView) -> None:
    staff(database, consultation)
    staff(database, consultation, email="otra@equipo.example")
    mine, other = Visitor(app), Visitor(app)
    mine.sign_in()
    other.sign_in("otra@equipo.example")
    assert FORM in mine.get("/gestion/prueba").text
    mine.post(FORM, fields(mine.get(FORM).text) | {"body": "Me lo dictó por teléfono.", "channel": "assisted"})
    mine.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"}, 403)
    mine.post("/moderacion/prueba/1/clasificar", {"theme": "tema-1", "ordinal": "0"}, 403)
    assert mine.post("/moderacion/prueba/siguiente").location.endswith("/moderacion/prueba")
    assert other.post("/moderacion/prueba/siguiente").location.endswith("/moderacion/prueba/1")
    other.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    assert "Me lo dictó" in Visitor(app).get("…/aportes").text


def test_bad_input_keeps_what_was_typed(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    values = fields(person.get(FORM).text) | {"body": "Texto que no se pierde"}
    for wrong in (
        {"body": " "},
        {"body": "…!"},
        {"body": "x" * 20_001},
        {"channel": "web"},
        {"received_on": "2999-01-01"},
        {"received_on": ""},
        {"theme": "nada"},
        {"department": "99"},
        {"title": "\x00"},
    ):
        page = person.post(FORM, values | wrong, 422).text
        assert "body" in wrong or "Texto que no se pierde" in page
    person.get(f"{FORM}/comprobante", 404)


def test_outsiders_enter_nothing(app: Flask, database: Database, consultation: ConsultationView) -> None:
    from consulta.models.accounts import RoleName

    Visitor(app).get(FORM, 303)
    staff(database, consultation, email="obs@equipo.example", role=RoleName.OBSERVER)
    observer = Visitor(app)
    observer.sign_in("obs@equipo.example")
    observer.get(FORM, 403)
    observer.post(FORM, {"body": "No debo"}, 403)


def test_another_text_with_the_same_form_is_not_lost(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    values = {k: v for k, v in fields(person.get(FORM).text).items() if k != "csrf_token"}
    person.post(FORM, values | {"body": "Lo que dijo la primera persona"})
    page = person.post(FORM, values | {"body": "Lo que dijo la segunda persona"}, 409).text
    assert "Lo que dijo la segunda persona" in page
    person.client.delete_cookie("session")
    person.sign_in("coordina@equipo.example")
    person.post(FORM, values | {"body": "Lo que dijo la primera persona"})  # its cookie was lost: the same receipt
    assert "output" in person.get(f"{FORM}/comprobante").text
    for key in ("", "k1", "x" * 80):
        page = person.post(FORM, values | {"body": "Lo de otra persona", "submission": key}, 422).text
        assert "Lo de otra persona" in page
        assert "la página había vencido" in page
