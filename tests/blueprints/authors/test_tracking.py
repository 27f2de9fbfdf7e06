"""Following by code: every step, the author's rights, and slowness only for whoever guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.moderation import Verdict
from consulta.worker import rounds
from tests.support.moderation import decide
from tests.support.people import staff
from tests.support.visitor import Visitor


def test_every_step_is_told_in_plain_words(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    visitor.give("Quiero saber en qué se gasta")
    folio = visitor.folio()
    page = visitor.follow(folio.lower().replace("-", " "))
    assert "Quiero saber en qué se gasta" in page.text
    assert "Se revisará a más tardar el" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    account = staff(database, consultation)
    decide(database, consultation, account, verdict=Verdict.REJECT, reason="off-topic", note="Escriba <otra> vez.")
    page = visitor.follow(folio)
    for words in ("Revisado y no publicado", "No es del tema", "Escriba &lt;otra&gt; vez.", "reglas#off-topic"):
        assert words in page.text


def test_the_number_says_the_reason_to_everybody(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    visitor.give("Esto no se verá nunca")
    visitor.get("…/aportes/1", 404)
    decide(
        database, consultation, staff(database, consultation), verdict=Verdict.REJECT, reason="off-topic", note="Nota"
    )
    page = visitor.get("…/aportes/1").text
    assert "No es del tema" in page
    assert "Esto no se verá" not in page
    assert "Nota" not in page


@pytest.mark.parametrize(
    ("act", "done"),
    [
        ("withdraw", "fue retirado"),
        ("remove-name", "nombre fue borrado"),
        ("erase-email", "correo fue borrado"),
        ("erase", "72 horas"),
    ],
)
def test_each_right_is_asked_once_more_and_then_done(visitor: Visitor, act: str, done: str) -> None:
    visitor.give(name="Eva Pú", publish_name="1", email="eva@persona.example")
    folio = visitor.folio()
    sure = visitor.follow(folio, act=act)
    assert 'name="sure"' in sure.text
    assert f'name="act" value="{act}"' in visitor.follow(folio).text
    assert done in visitor.follow(folio, act=act, sure="1").text
    assert f'value="{act}"' not in visitor.follow(folio).text


def test_an_erasure_is_cancelled_with_the_code(visitor: Visitor) -> None:
    visitor.give("Algo que luego borro")
    folio = visitor.folio()
    visitor.follow(folio, act="erase", sure="1")
    assert "se canceló" in visitor.follow(folio, act="take-back").text
    visitor.follow(folio, 409, act="take-back")


def test_withdrawing_twice_is_a_conflict_in_words(visitor: Visitor) -> None:
    visitor.give()
    folio = visitor.folio()
    visitor.follow(folio, act="withdraw", sure="1")
    assert "ya fue retirado" in visitor.follow(folio, 409, act="withdraw", sure="1").text


def test_after_the_worker_nothing_of_the_text_is_left(app: Flask, visitor: Visitor) -> None:
    visitor.give("Texto irrepetible aquí")
    folio = visitor.folio()
    visitor.follow(folio, act="erase", sure="1")
    rounds.work(app, now=datetime.now(UTC) + timedelta(hours=73))
    page = visitor.follow(folio).text
    assert "irrepetible" not in page
    assert "borrado por su autor" in page
    assert "Borrado por su autor" in visitor.get("…/aportes/1").text


@pytest.mark.parametrize("typed", ["", "nada", "0000-0000-0000-0000", "\x00" * 16, "x" * 10_000])
def test_an_unknown_code_is_a_page_with_what_was_typed(visitor: Visitor, typed: str) -> None:
    page = visitor.follow(typed, 404)
    assert 'id="folio"' in page.text
    if typed == "nada":
        assert 'value="nada"' in page.text


def test_guessing_is_slowed_down_but_a_right_code_never(visitor: Visitor) -> None:
    visitor.give()
    folio = visitor.folio()
    for _ in range(11):
        visitor.follow("0000-0000-0000-0000", 404)
    slow = visitor.follow("0000-0000-0000-0000", 429)
    assert int(slow.headers["Retry-After"]) >= 1
    visitor.follow(folio)


def test_the_limit_is_in_the_database_not_in_one_process(visitor: Visitor, make_app: Callable[..., Flask]) -> None:
    other = Visitor(make_app())
    for _ in range(6):
        visitor.follow("0000-0000-0000-0000", 404)
        other.follow("0000-0000-0000-0000", 404 if _ < 5 else 429)


def test_a_confirmation_from_the_mail(visitor: Visitor, app: Flask, tmp_path: object) -> None:
    visitor.give(email="eva@persona.example")
    folio = visitor.folio()
    assert "Confirmar mi correo" in visitor.follow(folio).text
    visitor.follow(folio, 422, act="confirm", confirmation="AAAAAAAA")
    from consulta.domain.codes import confirmation_code

    code = confirmation_code(app.extensions["settings"].secret_key, folio, "eva@persona.example")
    assert "quedó confirmado" in visitor.follow(folio, act="confirm", confirmation=code).text
    assert "Confirmar mi correo" not in visitor.follow(folio).text


def test_a_receipt_older_than_the_stage_still_follows(visitor: Visitor) -> None:
    visitor.give()
    folio = visitor.folio()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40)):
        fresh = Visitor(visitor.app)
        assert "Recibido" in fresh.follow(folio).text
