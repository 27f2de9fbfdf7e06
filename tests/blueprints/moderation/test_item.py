"""The desk on screen: who gets in, the queue, an item, two moderators at once."""

from __future__ import annotations

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName
from tests.support.audits import sound
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.visitor import Visitor


@pytest.fixture
def ana(app: Flask, visitor: Visitor, database: Database, consultation: ConsultationView) -> Visitor:
    """A moderator at her desk."""
    staff(database, consultation)
    desk = Visitor(app)
    desk.sign_in()
    return desk


@pytest.fixture
def beto(app: Flask, database: Database, consultation: ConsultationView) -> Visitor:
    """A second one."""
    staff(database, consultation, "beto@equipo.example")
    desk = Visitor(app)
    desk.sign_in("beto@equipo.example")
    return desk


def ordinal(page: str) -> str:
    """The ordinal that the form carries."""
    return Visitor.hidden(page, "ordinal")


def test_outsiders_are_sent_to_sign_in_or_refused(visitor: Visitor, database: Database) -> None:
    answer = visitor.get("/moderacion/prueba", 303)
    assert "/cuenta/entrar?siguiente=" in answer.headers["Location"]
    visitor.post("/moderacion/prueba/siguiente", status=403)
    visitor.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"}, 403)


def test_a_moderator_of_another_consultation_is_refused(
    app: Flask, visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    from datetime import UTC, datetime

    from tests.support.consultations import a_consultation, load

    other = load(database, a_consultation("otra"), datetime.now(UTC))
    staff(database, other, "caro@equipo.example")
    admit(database, consultation, "No es asunto suyo")
    caro = Visitor(app)
    caro.sign_in("caro@equipo.example")
    for path in ("/moderacion/prueba", "/moderacion/prueba/1"):
        assert "No es asunto suyo" not in caro.get(path, 403).text
    for tail in ("abrir", "decidir", "clasificar", "soltar"):
        caro.post(f"/moderacion/prueba/1/{tail}", {"verdict": "publish", "ordinal": "0"}, 403)


def test_an_observer_sees_the_queue_without_unpublished_text(
    app: Flask, visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    staff(database, consultation, "obs@equipo.example", RoleName.OBSERVER)
    admit(database, consultation, "Texto aún no publicado")
    observer = Visitor(app)
    observer.sign_in("obs@equipo.example")
    page = observer.get("/moderacion/prueba").text
    assert 'data-contribution="1"' in page
    assert "Texto aún no publicado" not in page
    observer.get("/moderacion/prueba/1", 403)
    observer.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"}, 403)


def test_a_moderator_opens_classifies_and_publishes(ana: Visitor, visitor: Visitor) -> None:
    visitor.give("Quiero ver esto publicado")
    queue = ana.get("/moderacion/", 303)
    assert queue.headers["Location"].endswith("/moderacion/prueba")
    assert 'data-contribution="1"' in ana.get("/moderacion/prueba").text
    ana.post("/moderacion/prueba/1/abrir")
    page = ana.get("/moderacion/prueba/1").text
    ana.post("/moderacion/prueba/1/clasificar", {"theme": "tema-2", "mentions": ["tema-3"], "ordinal": ordinal(page)})
    page = ana.get("/moderacion/prueba/1").text
    assert "Tema guardado" in page
    ana.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": ordinal(page)})
    assert "Quiero ver esto publicado" in visitor.get("…/temas/tema-2").text
    assert "también habla de esto" in visitor.get("…/temas/tema-3").text
    assert "No hay nada pendiente" in ana.get("/moderacion/prueba").text


def test_the_next_item_comes_at_once(ana: Visitor, database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Primera de todas", "Segunda de todas")
    first = ana.post("/moderacion/prueba/siguiente")
    assert first.headers["Location"].endswith("/prueba/1")
    after = ana.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    assert after.headers["Location"].endswith("/prueba/2")
    last = ana.post("/moderacion/prueba/2/decidir", {"verdict": "publish", "ordinal": "0"})
    assert last.headers["Location"].endswith("/moderacion/prueba")


def test_a_rejection_without_reason_keeps_the_note(ana: Visitor, visitor: Visitor) -> None:
    visitor.give()
    answer = ana.post(
        "/moderacion/prueba/1/decidir", {"verdict": "reject", "note": "Mi nota larga", "ordinal": "0"}, 422
    )
    assert "Mi nota larga" in answer.text
    assert "Elija el motivo" in answer.text


def test_a_stale_decision_shows_the_others(ana: Visitor, beto: Visitor, visitor: Visitor) -> None:
    visitor.give()
    ana.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    answer = beto.post(
        "/moderacion/prueba/1/decidir",
        {"verdict": "reject", "reason": "off-topic", "note": "No se pierde", "ordinal": "0"},
        409,
    )
    assert "Se publicó" in answer.text
    assert "No se pierde" in answer.text


def test_others_see_who_has_it_open(ana: Visitor, beto: Visitor, visitor: Visitor) -> None:
    visitor.give()
    ana.post("/moderacion/prueba/1/abrir")
    assert "Lo tiene abierto equipo-" in beto.get("/moderacion/prueba").text
    beto.post("/moderacion/prueba/1/abrir", status=409)
    assert "ana@equipo" not in beto.get("/moderacion/prueba/1").text
    ana.post("/moderacion/prueba/1/soltar")
    beto.post("/moderacion/prueba/1/abrir")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"verdict": "burn", "ordinal": "0"},
        {"verdict": "publish"},
        {"verdict": "publish", "ordinal": "x"},
        {"verdict": "publish", "ordinal": "9" * 400},
        {"verdict": "reject", "ordinal": "0", "note": "n" * 2001, "reason": "off-topic"},
    ],
)
def test_a_malformed_decision_is_refused_and_decides_nothing(
    ana: Visitor, visitor: Visitor, fields: dict[str, str]
) -> None:
    visitor.give()
    answer = ana.client.post("/moderacion/prueba/1/decidir", data={**fields, "csrf_token": ana.token()})
    assert answer.status_code in (409, 422)
    assert "recibido" in ana.get("/moderacion/prueba/1").text


@pytest.mark.parametrize("query", ["theme=nada", "channel=nada", "after=x", "after=2026-01-01_x", "after=%00"])
def test_an_unknown_filter_of_the_queue_is_400(ana: Visitor, query: str) -> None:
    ana.get(f"/moderacion/prueba?{query}", 400)


def test_the_queue_is_narrowed_by_links(ana: Visitor, database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Del uno al fin", theme="tema-1")
    admit(database, consultation, "Del dos al fin", theme="tema-2")
    page = ana.get("/moderacion/prueba?theme=tema-2").text
    assert "Del dos al fin" in page
    assert "Del uno al fin" not in page
    assert "No hay nada pendiente" in ana.get("/moderacion/prueba?channel=paper").text


def test_a_long_queue_is_paged(ana: Visitor, database: Database, consultation: ConsultationView) -> None:
    import re

    admit(database, consultation, *[f"Opinión número {n}" for n in range(45)])
    seen, path = [], "/moderacion/prueba"
    while path:
        page = ana.get(path).text
        seen += re.findall(r'data-contribution="(\d+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert [int(n) for n in seen] == list(range(1, 46))


def test_a_theme_chosen_beside_a_decision_is_not_lost_and_a_note_beside_a_theme_neither(
    ana: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "De agua y de caminos")
    ana.post("/moderacion/prueba/1/abrir")
    page = ana.get("/moderacion/prueba/1").text
    half = {"ordinal": ordinal(page), "theme": "tema-2", "note": "Gracias por escribir.", "reason": "off-topic"}
    page = ana.post("/moderacion/prueba/1/clasificar", half, 200).text
    assert "Gracias por escribir." in page
    assert '<option value="off-topic" selected' in page
    assert '<option value="tema-2" selected' in page
    sent = {"ordinal": ordinal(page), "theme": "tema-3", "mentions": ["tema-2", "tema-3"], "verdict": "publish"}
    ana.post("/moderacion/prueba/1/decidir", {**sent, "note": "Gracias por escribir."})
    page = ana.get("/moderacion/prueba/1").text
    assert '<option value="tema-3" selected' in page
    assert 'value="tema-2" checked' in page
    assert page.count("Se clasificó") == 2
    assert "Gracias por escribir." in page
    sound(database)


def test_a_decision_refused_keeps_the_theme_chosen(
    ana: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "De agua y de caminos")
    page = ana.get("/moderacion/prueba/1").text
    sent = {"ordinal": ordinal(page), "theme": "tema-3", "mentions": ["tema-2"], "verdict": "reject", "note": "Nota"}
    page = ana.post("/moderacion/prueba/1/decidir", sent, 422).text
    assert '<option value="tema-3" selected' in page
    assert 'value="tema-2" checked' in page
    assert ordinal(page) == "0", "nothing was written"
    ana.post("/moderacion/prueba/1/decidir", {**sent, "ordinal": "7", "verdict": "publish"}, 409)
    sound(database)


def test_a_decision_alone_classifies_nothing(ana: Visitor, database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "De agua", theme="tema-1")
    page = ana.get("/moderacion/prueba/1").text
    ana.post("/moderacion/prueba/1/decidir", {"ordinal": ordinal(page), "theme": "tema-1", "verdict": "publish"})
    assert "Se clasificó" not in ana.get("/moderacion/prueba/1").text
