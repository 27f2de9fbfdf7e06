"""The form and its receipt: what a citizen meets, on good days and bad."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.models.contributions import Contribution, Contributor, Status
from tests.support import contributions
from tests.support.consultations import a_consultation, load
from tests.support.visitor import Visitor
from tests.support.visitor import fields as form_fields


def held(database: Database) -> list[str | None]:
    """The cause of waiting of every contribution."""
    with database.session(read_only=True) as db:
        return list(db.execute(select(Contribution.held_cause).order_by(Contribution.id)).scalars())


def test_an_opinion_gets_a_receipt_with_code_qr_and_dates(visitor: Visitor, database: Database) -> None:
    answer = visitor.give("Que haya agua todos los días", theme="tema-2", department="16")
    assert answer.headers["Location"].endswith("/consultas/prueba/comprobante")
    page = visitor.get("…/comprobante")
    assert re.search(r'<output id="folio"[^>]*>[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}</output>', page.text)
    assert "Se revisará a más tardar el" in page.text
    assert "La respuesta se publicará a más tardar el" in page.text
    assert '<svg class="qr"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert contributions.stored(database) == ["Que haya agua todos los días"]


def test_the_receipt_is_read_again_until_the_code_was_noted(visitor: Visitor) -> None:
    visitor.give()
    assert visitor.folio() == visitor.folio()
    visitor.post("…/comprobante")
    visitor.get("…/comprobante", 404)


def test_the_receipt_is_forgotten_after_24_hours(visitor: Visitor) -> None:
    visitor.give()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        visitor.get("…/comprobante", 404)


def test_a_double_click_is_one_contribution_with_one_receipt(visitor: Visitor, database: Database) -> None:
    page = visitor.get("…/opinar").text
    fields = {"csrf_token": visitor.hidden(page, "csrf_token"), "submission": visitor.hidden(page, "submission")}
    visitor.post("…/opinar", {**fields, "body": "La misma opinión"})
    first = visitor.folio()
    visitor.post("…/opinar", {**fields, "body": "La misma opinión"})
    assert visitor.folio() == first
    refused = visitor.post("…/opinar", {**fields, "body": "Un texto distinto"}, 409)
    assert "Un texto distinto" in refused.text
    assert contributions.stored(database) == ["La misma opinión"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Escriba al menos diez"),
        ("corta", "Escriba al menos diez"),
        (" \n\t  " * 10, "Escriba al menos diez"),
        ("." * 40, "con palabras"),
        ("a" * 4001, "4,001"),
        ("hola\x00mundo y algo más", "signo que no se puede guardar"),
        ("hola \ud800 mundo y algo más", "signo que no se puede guardar"),
    ],
    ids=["empty", "short", "spaces", "no letter", "long", "nul", "surrogate"],
)
def test_a_text_that_cannot_be_taken_comes_back(visitor: Visitor, database: Database, body: str, words: str) -> None:
    page = visitor.get("…/opinar").text
    payload = {
        "csrf_token": visitor.hidden(page, "csrf_token"),
        "submission": visitor.hidden(page, "submission"),
        "theme": "tema-3",
        "name": "Se queda",
    }
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in {**payload, "body": body}.items()}
    answer = visitor.post("…/opinar", sent, 422)
    assert words in answer.text
    assert 'value="tema-3" checked' in answer.text
    assert "Se queda" in answer.text
    if body.strip() and "\x00" not in body and "\ud800" not in body:
        assert body.strip()[:50] in answer.text
    assert contributions.stored(database) == []


@pytest.mark.parametrize(
    "body",
    [
        "O'Brien y ch'e' con saltilloꞌ",
        "Muy bien =) gracias",
        "Sí 👍🏽👩‍👩‍👧 a todo",
        "x" * 4000,
        "a\u202edcba fin del texto",
        "línea\r\notra\rmás y fin",
    ],
)
def test_honest_text_is_never_refused(visitor: Visitor, database: Database, body: str) -> None:
    visitor.give(body)
    assert contributions.stored(database) == [body.replace("\r\n", "\n").replace("\r", "\n")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("theme", "tema-de-otra"), ("department", "99"), ("gender", "x"), ("email", "esto no es"), ("name", "n" * 201)],
)
def test_a_wrong_choice_is_named_beside_its_field(visitor: Visitor, database: Database, field: str, value: str) -> None:
    answer = visitor.give("Un texto que debe quedarse", 422, **{field: value})
    assert f'href="#{field}"' in answer.text
    assert "Un texto que debe quedarse" in answer.text
    assert contributions.stored(database) == []


def test_a_theme_of_another_consultation_is_refused(visitor: Visitor, database: Database) -> None:
    load(database, a_consultation("siete", 7), datetime.now(UTC))
    visitor.give("Un texto cualquiera", 422, theme="tema-7")
    other = Visitor(visitor.app, "siete")
    other.give("Un texto cualquiera", theme="tema-7")
    assert contributions.stored(database) == ["Un texto cualquiera"]


def test_without_a_token_the_form_comes_filled_with_one_button(visitor: Visitor, database: Database) -> None:
    page = visitor.get("…/opinar").text
    fields = {"submission": visitor.hidden(page, "submission"), "body": "Sin galletas también", "theme": "tema-1"}
    answer = visitor.post("…/opinar", {**fields, "csrf_token": ""}, 400)
    assert "Sin galletas también" in answer.text
    again = form_fields(answer.text)
    assert again["theme"] == "tema-1"
    visitor.post("…/opinar", again)
    assert contributions.stored(database) == ["Sin galletas también"]


def test_a_forged_key_gives_the_form_back_with_a_new_one(visitor: Visitor, database: Database) -> None:
    answer = visitor.give("Un texto honesto", 422, submission="abc.def.ghi")
    assert "Un texto honesto" in answer.text
    key = visitor.hidden(answer.text, "submission")
    visitor.give("Un texto honesto", submission=key)
    assert contributions.stored(database) == ["Un texto honesto"]


def test_switching_the_language_keeps_what_was_typed(visitor: Visitor, database: Database) -> None:
    page = visitor.get("…/opinar").text
    fields = {
        "csrf_token": visitor.hidden(page, "csrf_token"),
        "submission": visitor.hidden(page, "submission"),
        "body": "A medio escribir",
        "theme": "tema-4",
        "redraw": "1",
    }
    answer = visitor.post("…/opinar?lang=en", fields, 200)
    assert '<html lang="en">' in answer.text
    assert "A medio escribir" in answer.text
    assert 'value="tema-4" checked' in answer.text
    assert contributions.stored(database) == []


def test_a_closed_stage_says_the_dates_and_returns_the_text(visitor: Visitor, database: Database) -> None:
    data = a_consultation("corta")
    data["stages"][1]["ends"] = "D+1"
    load(database, data, datetime.now(UTC))
    visitor = Visitor(visitor.app, "corta")
    page = visitor.get("…/opinar").text
    fields = {"csrf_token": visitor.hidden(page, "csrf_token"), "submission": visitor.hidden(page, "submission")}
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        assert "Se pudo opinar del" in visitor.get("…/opinar").text
        answer = visitor.post("…/opinar", {**fields, "body": "Llegué tarde, lo siento"}, 410)
    assert "Llegué tarde, lo siento" in answer.text
    assert contributions.stored(database) == []


def test_a_filled_trap_and_a_hasty_form_only_wait(make_app: Callable[..., Flask], database: Database) -> None:
    data = a_consultation("prisa")
    data["settings"]["minimum_seconds"] = 3
    load(database, data, datetime.now(UTC))
    visitor = Visitor(make_app(), "prisa")
    visitor.give("Rápido como un rayo")
    visitor.give("Con la trampa llena", website="http://spam.example")
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        page = visitor.get("…/opinar").text
        key = visitor.hidden(page, "submission")
        clock.shift(10)
        visitor.give("Con calma y a tiempo", submission=key)
    assert held(database) == ["too-fast", "trap", None]


def test_300_people_behind_one_address_get_300_receipts(app: Flask, visitor: Visitor, database: Database) -> None:
    page = visitor.get("…/opinar").text
    token = visitor.hidden(page, "csrf_token")
    keys = [visitor.hidden(visitor.client.get(visitor.path("…/opinar")).text, "submission") for _ in range(301)]
    for number, key in enumerate(keys[:300]):
        visitor.post("…/opinar", {"csrf_token": token, "submission": key, "body": f"Opinión número {number}"})
    slow = visitor.post("…/opinar", {"csrf_token": token, "submission": keys[300], "body": "La que ya no cabe"}, 429)
    assert "La que ya no cabe" in slow.text
    assert 0 < int(slow.headers["Retry-After"]) <= 3600
    assert re.search(r"a partir de las \d\d:\d\d\.", slow.text)
    causes = held(database)
    assert len(causes) == 300
    assert causes.count("many-from-one-address") == 270


def test_the_form_bears_enormous_input(visitor: Visitor, database: Database) -> None:
    assert "1,000,000" in visitor.give("m" * 1_000_000, 422).text
    fields = {f"campo{n}": "x" for n in range(10_000)}
    visitor.give("Diez mil campos más", **fields)
    assert visitor.give("n" * 3_100_000, 413).text
    assert contributions.stored(database) == ["Diez mil campos más"]


def test_the_first_view_is_light(visitor: Visitor) -> None:
    for path in ("/", "…/opinar"):
        answer = (
            visitor.get(path, headers={"Accept-Encoding": "gzip"})
            if False
            else visitor.client.get(visitor.path(path), headers={"Accept-Encoding": "gzip"})
        )
        assert answer.headers["Content-Encoding"] == "gzip"
        assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', visitor.client.get(visitor.path(path)).text))
        wire = len(answer.data) + sum(
            len(visitor.client.get(asset, headers={"Accept-Encoding": "gzip"}).data) for asset in assets
        )
        assert len(assets) + 1 <= 4, path
        assert wire <= 15_000, path


def test_the_record_takes_nothing(visitor: Visitor, database: Database) -> None:
    load(database, a_consultation("historia", kind="record"), datetime.now(UTC))
    record = Visitor(visitor.app, "historia")
    record.get("…/opinar")
    record.post("…/opinar", {"body": "Quiero opinar aquí"}, 410)
    assert contributions.stored(database) == []


def test_a_child_gets_a_receipt_and_leaves_no_name(visitor: Visitor, database: Database) -> None:
    visitor.give("Quiero más parques", age_group="under-18", name="Luz", email="luz@persona.example")
    with database.session(read_only=True) as db:
        assert tuple(db.execute(select(Contributor.name, Contributor.email)).one()) == (None, None)


def test_after_mode_shows_it_at_once(make_app: Callable[..., Flask], database: Database) -> None:
    data = a_consultation("despues")
    data["settings"]["moderation"] = {"opinion": "after"}
    load(database, data, datetime.now(UTC))
    visitor = Visitor(make_app(), "despues")
    assert "Todavía no hay" in visitor.get("…/aportes").text
    visitor.give("Se publica al llegar")
    assert "Se publica al llegar" in visitor.get("…/aportes").text
    with database.session(read_only=True) as db:
        assert db.execute(select(Contribution.status)).scalar_one() is Status.PUBLISHED


def test_the_consultation_of_seven_themes_stands_beside(visitor: Visitor, database: Database) -> None:
    load(database, a_consultation("siete", 7), datetime.now(UTC))
    other = Visitor(visitor.app, "siete")
    for path in ("…", "…/opinar", "…/resultados", "…/aportes"):
        assert "Tema 7" in other.get(path).text
        assert "Tema 7" not in visitor.get(path).text
