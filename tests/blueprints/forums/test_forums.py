"""Forums in the browser: announced, changed, registered for, followed by code, and the door."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from icalendar import Calendar

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName, Sector
from tests.support import forum_pages
from tests.support.audits import sound
from tests.support.forum_pages import FORM, FORUM, JOIN
from tests.support.forums import announce
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor


def test_from_the_announcement_to_the_line(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    forum_pages.announced(app, database, consultation, now)
    page = visitor.get(FORUM).text
    assert "Quedan 2 lugares" in page
    assert "Inscribirme" in page
    assert "Foro en Cobán" in visitor.get("…").text
    family = forum_pages.join(
        visitor, people="2", **{"name-2": "Beto", "first-1": "tema-1", "email": "ana@correo.example"}
    )
    assert "Su lugar está confirmado" in family
    assert len(set(forum_pages.codes(family))) == 2
    late = Visitor(app)
    page = forum_pages.join(late, **{"name-1": "Carla"})
    assert "lista de espera, lugar 1" in page.lower()
    [carla] = forum_pages.codes(page)
    followed = visitor.follow(forum_pages.codes(family)[1]).text
    assert "Beto" in followed
    assert "Confirmado" in followed
    asked = visitor.post("/seguimiento/inscripcion", {"folio": forum_pages.codes(family)[1], "act": "cancel"}, 200).text
    assert "¿Cancelar de verdad?" in asked
    done = visitor.post(
        "/seguimiento/inscripcion", {"folio": forum_pages.codes(family)[1], "act": "cancel", "sure": "1"}, 200
    )
    assert "quedó cancelado" in done.text
    assert done.headers["Cache-Control"] == "no-store"
    assert "Ya tiene lugar" in late.follow(carla).text
    sound(database)


def test_the_announcement_says_what_changed(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    desk = forum_pages.announced(app, database, consultation, now)
    edit = "/gestion/prueba/foros/foro-en-coban"
    form = {**FORM, "day": forum_pages.day(now, 10), "seen": "1"}
    assert "10 letras o más" in desk.post(edit, form, 422).text
    desk.post(edit, {**form, "reason_es": "El salón está ocupado ese día."})
    assert "El salón está ocupado ese día." in visitor.get(FORUM).text
    stale = desk.post(edit, {**form, "reason_es": "Otra razón distinta.", "place_es": "Escuela"}, 409).text
    assert "Escuela" in stale
    calendar = Calendar.from_ical(visitor.get(f"{FORUM}.ics").data)
    [event] = calendar.walk("VEVENT")
    assert (event["sequence"], str(event["status"]), str(event["location"])) == (1, "CONFIRMED", "Salón comunal")
    assert visitor.get("…/foros.atom").text.count("<entry>") == 2
    assert visitor.get(f"{FORUM}/cartel.pdf").data[:5] == b"%PDF-"
    page = desk.get(f"{edit}/cancelar").text
    assert "Por qué se cancela" in page
    assert "formaction" not in desk.get(edit).text.split("</form>")[-2], "cancelling is apart from publishing"
    short = desk.post(f"{edit}/cancelar", {"seen": "2", "reason_es": "corto"}, 422).text
    assert 'value="corto"' in short
    assert "Por qué se cancela" in short
    desk.post(f"{edit}/cancelar", {"seen": "2", "reason_es": "Llueve demasiado esa semana."})
    assert "Este foro se canceló" in visitor.get(FORUM).text
    assert "Este foro se canceló." in visitor.get(JOIN).text
    visitor.post(JOIN, {"name-1": "Ana"}, 410)
    sound(database)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name-1": "   "}, "Escriba un nombre"),
        ({"people": "11"}, "Escriba un número entre 1 y 10"),
        ({"first-1": "tema-5"}, "Elija una de las opciones"),
        ({"email": "sin arroba"}, "Revise el correo"),
        ({"phone": "123"}, "Revise el teléfono"),
        ({"children": "muchos"}, "Escriba un número"),
        ({"name-1": "a" * 81}, "demasiado largo"),
        ({"submission": "falsa"}, "había vencido"),
    ],
)
def test_a_form_with_a_fault_keeps_what_was_typed(
    app: Flask,
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    visitor: Visitor,
    fields: dict[str, str],
    said: str,
) -> None:
    forum_pages.announced(app, database, consultation, now)
    page = forum_pages.join(visitor, 422, **{"needs": "Intérprete de q’eqchi’", **fields})
    assert said in page
    assert "Intérprete de q’eqchi’" in page


def test_a_second_click_gives_the_same_codes(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    forum_pages.announced(app, database, consultation, now)
    key = visitor.hidden(visitor.get(JOIN).text, "submission")
    found = []
    for _ in range(2):
        visitor.post(JOIN, {"submission": key, "people": "1", "name-1": "Ana"})
        found.append(forum_pages.codes(visitor.get(f"{FORUM}/comprobante").text))
    assert found[0] == found[1]
    visitor.post(JOIN, {"submission": key, "people": "1", "name-1": "Otra"}, 409)
    redrawn = visitor.post(JOIN, {"submission": key, "people": "4", "name-1": "Ana", "redraw": "1"}, 200).text
    assert 'name="name-4"' in redrawn
    visitor.post(f"{FORUM}/comprobante")
    visitor.get(f"{FORUM}/comprobante", 404)


def test_the_door_is_for_who_is_at_it(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    desk = forum_pages.announced(app, database, consultation, now)
    forum_pages.join(visitor, **{"name-1": "José Núñez", "needs": "Rampa"})
    door = "/gestion/prueba/foros/foro-en-coban/puerta"
    visitor.get(door, 303)
    staff(database, consultation, "otra@equipo.example", role=RoleName.FACILITATOR, sector=Sector.GOVERNMENT)
    other = Visitor(app)
    other.sign_in("otra@equipo.example")
    other.get(door, 403)
    assert "José" not in desk.get(door).text
    desk.post(door)
    page = desk.get(door, query_string={"q": "nunez"}).text
    assert "José Núñez" in page
    assert "Rampa" in page
    [path] = re.findall(rf'action="({door}/\d+)"', page)
    mark = desk.hidden(page, "mark")
    for _ in range(2):
        desk.post(path, {"mark": mark, "present": "1", "q": "nunez"})
    assert "están 1" in desk.get(door).text
    marked = desk.post(path, {"mark": desk.hidden(desk.get(door, query_string={"q": "nunez"}).text, "mark")}).location
    assert "last=" not in marked, "a mark that was taken back is not shown as the last one"
    marked = desk.post(path, {"mark": "e" * 32, "present": "1"}).location
    page = desk.client.get(marked).text
    assert "José Núñez está" in page
    assert f'action="{path}"' in page, "the last arrival can be undone where nobody was searched"
    assert "Ya están (1)" in page
    assert "José Núñez está" in desk.get(door, query_string={"ya": "1"}).text
    desk.get(door, 400, query_string={"last": "nadie"})
    desk.post(f"{door}/llegada", {"name": "Paco", "first": "tema-1", "mark": "f" * 32})
    desk.post(f"{door}/llegada", {"name": "Paco", "mark": "f" * 32}, 409)
    assert "están 2" in desk.get(door).text
    desk.post(f"{door}/999999", {"present": "1"}, 404)
    desk.post(f"{door}/llegada", {"name": ""}, 422)
    sound(database)


def test_codes_and_forums_of_others_are_not_there(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    announce(database, consultation, now)
    for path in ("…/foros/nada", "…/foros/nada.ics", "…/foros/nada/inscripcion", "…/foros/foro/comprobante"):
        visitor.get(path, 404)
    visitor.follow("AAAA-AAAA-AAAA-AAAA", 404)
    visitor.post("/seguimiento/inscripcion", {"folio": "AAAA-AAAA-AAAA-AAAA", "act": "cancel", "sure": "1"})
    visitor.get("/gestion/prueba/foros", 303)
    assert "attended" in visitor.get("…/foros/foro/asistencia.csv").text


def test_who_facilitates_a_table_opens_the_door_of_that_forum(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation, "gob@equipo.example", role=RoleName.FACILITATOR, sector=Sector.GOVERNMENT)
    desk = coordinator(app, database, consultation)
    [name] = re.findall(r'<option value="(gobierno-\w{4})"', desk.get("/gestion/prueba/foros/nuevo").text)[:1]
    for title, chosen in (("Foro propio", {"government-tema-1": name}), ("Foro ajeno", {})):
        desk.post("/gestion/prueba/foros/nuevo", {**FORM, "day": forum_pages.day(now), "name_es": title, **chosen})
    person = Visitor(app)
    person.sign_in("gob@equipo.example")
    mine = person.get("/gestion/prueba/foros").text
    assert "Foro propio" in mine
    assert "Foro ajeno" not in mine
    person.get("/gestion/prueba/foros/foro-propio/puerta")
    person.get("/gestion/prueba/foros/foro-propio/puerta/lista.pdf")
    person.get("/gestion/prueba/foros/foro-propio/hojas")
    person.get("/gestion/prueba/foros/foro-propio", 403)
    for tail in ("puerta", "puerta/lista.pdf", "hojas", "actas/tema-1"):
        person.get(f"/gestion/prueba/foros/foro-ajeno/{tail}", 403)


def test_photographs_are_links_with_what_was_promised(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    desk = forum_pages.announced(app, database, consultation, now)
    form = {
        **FORM,
        "day": forum_pages.day(now),
        "seen": "1",
        "photos_es": "https://fotos.example/foro",
        "reason_es": "Hay fotos.",
    }
    assert "zona sin fotos" in desk.post("/gestion/prueba/foros/foro-en-coban", form, 422).text
    desk.post("/gestion/prueba/foros/foro-en-coban", {**form, "photos-warned": "1"})
    page = visitor.get(FORUM).text
    assert '<a href="https://fotos.example/foro"' in page
    assert "Se avisó y se ofreció zona sin fotos" in page
