"""The coordinator's desk in the browser's eyes: whose it is, what it names, how the schedule is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support import people, visitor
from tests.support.consultations import a_consultation, load, read
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.visitor import Visitor


def test_only_coordinators_of_this_consultation(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    load(database, a_consultation("otra"), now)
    Visitor(app).get("/gestion/prueba", 303)
    staff(database, consultation)
    moderator = Visitor(app)
    moderator.sign_in()
    for path in ("/gestion/", "/gestion/prueba/proceso", "/gestion/prueba/cronograma"):
        moderator.get(path, 403)
    moderator.post("/gestion/prueba/cronograma", {}, 403)
    person = people.coordinator(app, database, consultation)
    assert person.get("/gestion/", 303).location.endswith("/gestion/prueba")
    person.get("/gestion/otra", 403)
    person.post("/gestion/otra/cronograma", {"reason_es": "Porque sí, de verdad"}, 403)
    assert "/gestion/" in person.get("/cuenta/").text


def test_the_home_names_what_is_missing(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = people.coordinator(app, database, consultation)
    page = person.get("/gestion/prueba").text
    assert "Todavía nadie revisa los aportes" in page
    assert "Atrasados" not in page
    staff(database, consultation, email="uno@equipo.example", themes=("tema-1",))
    assert "Nadie revisa el tema Tema 2" in person.get("/gestion/prueba").text
    assert "Nadie revisa el tema Tema 1" not in person.get("/gestion/prueba").text
    staff(database, consultation, email="dos@equipo.example")
    assert "No hay nada que espere por usted" in person.get("/gestion/prueba").text
    admit(database, consultation, "Uno", "Dos", now=datetime.now(UTC) - timedelta(days=9))
    page = person.get("/gestion/prueba").text
    assert "Atrasados: 2." in page
    assert "No hay nada que espere" not in page


def test_a_window_is_extended_and_the_public_reads_why(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = people.coordinator(app, database, consultation), Visitor(app)
    assert "Qué cambió" not in public.get("…/cronograma").text
    values = visitor.filled(person.get("/gestion/prueba/cronograma").text)
    later = datetime.fromisoformat(values["stages-1-ends"]) + timedelta(days=5)
    values |= {"stages-1-ends": f"{later:%d/%m/%Y}", "reason_es": "La gente pidió más tiempo."}
    looked = person.post("/gestion/prueba/cronograma", {**values, "look": "1"}, 200).text
    assert "Esto se anunciará" in looked
    assert "Todavía no está publicado" in looked
    assert "Qué cambió" not in public.get("…/cronograma").text, "a look changes nothing"
    assert person.post("/gestion/prueba/cronograma", values).location.endswith("/gestion/prueba")
    view = read(database)
    assert [s.last_day for s in view.stages if s.key == "2"] == [later.date()]
    page = public.get("…/cronograma").text
    for words in ("Versión 2", "La gente pidió más tiempo.", "Qué cambió esta versión", "Planificado al principio:"):
        assert words in page
    assert "contributions" not in page
    # The double click: the second one is told that its version is no longer the last.
    assert "Otra persona publicó antes" in person.post("/gestion/prueba/cronograma", values, 409).text
    assert read(database).schedule_version == 2


def test_shortening_is_refused_beside_its_field_and_nothing_typed_is_lost(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = people.coordinator(app, database, consultation)
    values = visitor.filled(person.get("/gestion/prueba/cronograma").text)
    today = datetime.now(UTC).date()
    values |= {"stages-1-ends": f"{today}", "reason_es": "Terminamos antes, perdón.", "stages-1-notes_es": "Nota mía"}
    page = person.post("/gestion/prueba/cronograma", values, 422).text
    assert 'href="#stages-1-ends"' in page
    assert "se puede alargar, no acortar" in page
    for kept in ("Terminamos antes, perdón.", "Nota mía", f'value="{today}"'):
        assert kept in page
    assert read(database).schedule_version == 1


def test_bad_fields_are_all_named(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = people.coordinator(app, database, consultation)
    values = visitor.filled(person.get("/gestion/prueba/cronograma").text)
    values |= {
        "stages-0-starts": "el martes",
        "stages-1-title_es": "",
        "stages-1-title_en": "x" * 201,
        "stages-1-dates": "2001-01-01",
        "reason_es": "corto",
        "stages-0-ends": "9" * 500,
    }
    page = person.post("/gestion/prueba/cronograma", values, 422).text
    for field in ("0-starts", "0-ends", "1-title_es", "1-title_en", "1-dates"):
        assert f'href="#stages-{field}"' in page
    assert 'href="#reason_es"' in page
    for extra in (
        {"seen": "x"},
        {"stages-9999-ends": "1"},
        {f"stages-{'9' * 5000}-ends": "1"},
        {"stages-²-ends": "1", "reason_es": "corto"},
        {"stages-1-key": "\x00"},
        {"seen": "9" * 400},
    ):
        person.post("/gestion/prueba/cronograma", values | extra, 422)
    assert read(database).schedule_version == 1


def test_a_stage_is_added_and_removed_without_javascript(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = people.coordinator(app, database, consultation)
    values = visitor.filled(person.get("/gestion/prueba/cronograma").text)
    redrawn = visitor.filled(
        person.post("/gestion/prueba/cronograma", values | {"add": "1", "reason_es": "Mío"}, 200).text
    )
    assert redrawn["reason_es"] == "Mío"
    assert redrawn["stages-2-key"] == ""
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    redrawn |= {
        "stages-0-remove": "1",
        "stages-2-title_es": "Mesa técnica",
        "stages-2-starts": day,
        "stages-2-ends": day,
        "reason_es": "Se agrega una mesa técnica.",
    }
    person.post("/gestion/prueba/cronograma", redrawn)
    assert [(s.key, s.title["es"]) for s in read(database).stages] == [
        ("2", "Opinar"),
        ("mesa-tecnica", "Mesa técnica"),
    ]


def test_two_coordinators_both_texts_survive(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = people.coordinator(app, database, consultation)
    mine = visitor.filled(person.get("/gestion/prueba/cronograma").text)
    theirs = dict(mine)
    theirs |= {"stages-0-title_es": "Convocatoria pública", "reason_es": "El nombre era otro."}
    person.post("/gestion/prueba/cronograma", theirs)
    mine |= {"stages-1-notes_es": "Con intérprete", "reason_es": "Se agrega una nota."}
    page = person.post("/gestion/prueba/cronograma", mine, 409).text
    for words in ("El nombre era otro.", "Convocatoria pública", "Con intérprete", "Se agrega una nota."):
        assert words in page
    again = visitor.filled(page)
    assert again["seen"] == "2"
    person.post("/gestion/prueba/cronograma", again)
    assert read(database).schedule_version == 3


def test_a_long_schedule_is_changed_in_stretches(app: Flask, database: Database, now: datetime) -> None:
    data = a_consultation("larga")
    for n in range(20, 80):
        day = f"D+{n}"
        data["stages"].append(
            {"key": f"e{n}", "title": {"es": f"Etapa larga {n}"}, "starts": day, "ends": day, "opens": []}
        )
    view = load(database, data, now)
    person, public = people.coordinator(app, database, view), Visitor(app, "larga")
    page = public.get("…/cronograma").text
    assert "Etapa larga 20" in page
    assert "Etapa larga 79" not in page
    assert "Etapa larga 79" in public.get("…/cronograma?desde=50").text
    public.get("…/cronograma?desde=9999")
    public.get("…/cronograma?desde=x", 400)
    values = visitor.filled(person.get("/gestion/larga/cronograma?desde=50").text)
    assert len({name.split("-")[1] for name in values if name.startswith("stages-")}) == 12
    values |= {"stages-0-title_es": "Con otro nombre", "reason_es": "Se aclara el nombre de una etapa."}
    person.post("/gestion/larga/cronograma", values)
    with database.session(read_only=True) as db:
        stages = consultations.find(db, "larga").view.stages
    assert len(stages) == 62
    assert stages[50].title["es"] == "Con otro nombre"
