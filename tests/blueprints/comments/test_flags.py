"""Reporting a published comment: a person looks again, it stays published meanwhile, and nobody learns how many."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger_log
from consulta.domain.results import figures
from consulta.models.comments import Report
from consulta.models.contributions import Status
from consulta.models.outbox import OutboxMessage
from consulta.worker import rounds
from tests.support.audits import faults
from tests.support.comments import AFTER, decide
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit, comment, submit
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor


@pytest.fixture
def shown(database: Database, now: datetime) -> ConsultationView:
    """A consultation with a published opinion (1), a comment that a person published (2, key ``k2``)."""
    view = load(database, a_consultation(**AFTER), now)
    admit(database, view, "Falta agua en mi colonia", status=Status.PUBLISHED, theme="tema-1")
    comment(database, view, "Aquí tampoco hay agua", on=1, key="k2", email="eva@persona.example", mail_language="es")
    decide(database, view, staff(database, view), 2, "publish")
    return view


@pytest.fixture
def reader(app: Flask, shown: ConsultationView) -> Visitor:
    """Somebody with a browser."""
    return Visitor(app, shown.slug)


@pytest.fixture
def moderator(app: Flask, shown: ConsultationView) -> Visitor:
    """Somebody of the team."""
    visitor = Visitor(app, shown.slug)
    visitor.sign_in()
    return visitor


def report(visitor: Visitor, number: int = 2, status: int = 303, **fields: str) -> str:
    """Report a comment; the page that comes."""
    page = visitor.get(f"…/aportes/{number}/reportar").text
    given = {name: visitor.hidden(page, name) for name in ("csrf_token", "submission")} | {"ground": "insult"}
    answer = visitor.post(f"…/aportes/{number}/reportar", {**given, **fields}, status)
    return visitor.get(answer.headers["Location"]).text if status == 303 else answer.text


def test_a_report_puts_it_before_a_person_and_changes_nothing_else(
    reader: Visitor, moderator: Visitor, database: Database, shown: ConsultationView
) -> None:
    with database.session(read_only=True) as db:
        before = figures.tally(db, shown, today=shown.today(datetime.now().astimezone()))
    assert 'data-contribution="2"' not in moderator.get("/moderacion/prueba").text
    said = report(reader, line="Llama ladrón a mi vecino")
    assert "Gracias por avisar" in said
    page = reader.get("…/aportes/2").text
    assert "Aquí tampoco hay agua" in page
    assert "reportado" not in page + reader.get("…/aportes/1").text
    queue = moderator.get("/moderacion/prueba").text
    assert 'data-contribution="2"' in queue
    assert "publicado y reportado" in queue
    moderator.post("/moderacion/prueba/2/abrir")
    item = moderator.get("/moderacion/prueba/2").text
    assert "Insulta a alguien" in item
    assert "Llama ladrón a mi vecino" in item
    assert "Dejarlo publicado" in item
    with database.session(read_only=True) as db:
        assert figures.tally(db, shown, today=shown.today(datetime.now().astimezone())) == before
    assert faults(database, shown) == []


def test_kept_reported_again_and_rejected_with_a_reason(
    reader: Visitor, moderator: Visitor, database: Database, shown: ConsultationView
) -> None:
    report(reader)
    moderator.post("/moderacion/prueba/2/decidir", {"verdict": "publish", "ordinal": "1"})
    assert 'data-contribution="2"' not in moderator.get("/moderacion/prueba").text
    assert "Aquí tampoco" in reader.get("…/aportes/2").text
    report(reader, ground="hate")
    assert 'data-contribution="2"' in moderator.get("/moderacion/prueba").text
    item = moderator.get("/moderacion/prueba/2").text
    assert re.search(r"Insulta a alguien.*ya decidido", item)
    assert not re.search(r"Llama al odio[^<]*</strong>[^<]*ya decidido", item)
    moderator.post("/moderacion/prueba/2/decidir", {"verdict": "reject", "ordinal": "2"}, 422)
    moderator.post("/moderacion/prueba/2/decidir", {"verdict": "reject", "ordinal": "2", "reason": "personal-data"})
    assert "Aquí tampoco" not in reader.get("…/aportes/2").text + reader.get("…/aportes/1").text
    assert "Trae datos personales" in reader.get("…/aportes/2").text
    reader.get("…/aportes/2/reportar", 404)
    assert faults(database, shown) == []
    with database.session(read_only=True) as db:
        mails = db.execute(select(OutboxMessage.event).where(OutboxMessage.template == "decision")).scalars().all()
    assert sorted(mails) == ["decision:prueba:2:1", "decision:prueba:2:3"]


def test_a_report_is_no_promise_broken_and_no_news_to_the_author(
    app: Flask, reader: Visitor, database: Database, shown: ConsultationView, now: datetime
) -> None:
    from consulta.domain.codes import folio_of

    report(reader)
    person = coordinator(app, database, shown)
    with time_machine.travel(now + timedelta(days=9)):
        page = reader.follow(folio_of("k2")).text
        assert "Revisado y publicado" in page
        assert "Se revisará" not in page
        assert "report" not in page
        person.sign_in("coordina@equipo.example")
        assert "Atrasados: 1." in person.get("/gestion/prueba").text  # the opinion alone


def test_classifying_does_not_settle_a_report(
    reader: Visitor, moderator: Visitor, database: Database, shown: ConsultationView
) -> None:
    report(reader)
    moderator.post("/moderacion/prueba/2/abrir")
    moderator.post("/moderacion/prueba/2/clasificar", {"theme": "tema-3", "ordinal": "1"})
    assert "publicado y reportado" in moderator.get("/moderacion/prueba/2").text
    assert 'data-contribution="2"' in moderator.get("/moderacion/prueba").text
    assert faults(database, shown) == []


def test_the_ledger_tells_the_reason_and_not_which_comment(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    report(reader, line="Dice Zacapatepeque")
    with database.session(read_only=True) as db:
        [entry] = [line.content for line in ledger_log.entries(db, shown.log_id) if "report:" in line.text]
        log = " ".join(line.text for line in ledger_log.entries(db, shown.log_id))
    assert entry["payload"]["ground"] == "insult"
    assert entry["subject"].startswith("report/")
    assert set(entry["payload"]) == {"ground", "commitments"}
    assert len(entry["recorded"]) == 10
    assert "Zacapatepeque" not in log
    assert "Alguien reportó un comentario" in reader.get("…/bitacora").text
    assert "Zacapatepeque" not in reader.get("…/bitacora.csv").text


def test_a_double_click_is_one_report(reader: Visitor, database: Database) -> None:
    page = reader.get("…/aportes/2/reportar").text
    given = {name: reader.hidden(page, name) for name in ("csrf_token", "submission")} | {"ground": "insult"}
    for _ in range(2):
        reader.post("…/aportes/2/reportar", given)
    reader.post("…/aportes/2/reportar", {**given, "ground": "hate"}, 409)
    with database.session(read_only=True) as db:
        assert len(db.execute(select(Report.id)).all()) == 1


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"ground": ""}, "ground"),
        ({"ground": "fea"}, "ground"),
        ({"line": "x" * 501}, "line"),
        ({"line": "con \x00"}, "line"),
        ({"submission": "a.b.c"}, "submission"),
    ],
)
def test_what_cannot_be_taken_comes_back(
    reader: Visitor, database: Database, fields: dict[str, str], link: str
) -> None:
    page = report(reader, status=422, **{"line": "Se queda aquí", **fields})
    assert f'href="#{link}"' in page if link != "submission" else "la página había vencido" in page
    if "line" not in fields:
        assert "Se queda aquí" in page
    if "ground" not in fields:
        assert 'value="insult" checked' in page
    with database.session(read_only=True) as db:
        assert db.execute(select(Report.id)).all() == []


def test_only_published_comments_are_reported(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    submit(database, shown, "Esta opinión espera", "x")
    for number in (1, 3, 99):
        reader.get(f"…/aportes/{number}/reportar", 404)
        reader.post(f"…/aportes/{number}/reportar", {"ground": "insult", "submission": ""}, 404)


def test_a_flood_of_reports_is_slowed_down(app: Flask, database: Database, now: datetime) -> None:
    settings = {**AFTER["settings"], "submissions_per_address": 2}
    view = load(database, a_consultation("lenta", settings=settings), now)
    comment(database, view, "Un comentario cualquiera", on="tema-1")
    visitor = Visitor(app, "lenta")
    for _ in range(20):
        report(visitor, 1)
    report(visitor, 1, 429)
    with database.session(read_only=True) as db:
        causes = db.execute(select(Report.held_cause)).scalars().all()
    assert causes.count("many-from-one-address") == 18


def test_one_that_its_author_erases_takes_the_lines_along(
    app: Flask, reader: Visitor, database: Database, shown: ConsultationView, now: datetime
) -> None:
    from consulta.domain.codes import folio_of

    report(reader, line="Una línea sobre alguien")
    with database.transaction() as db:
        rights.ask_erasure(db, folio_of("k2"), now=now)
    rounds.work(app, now=now + timedelta(hours=73))
    with database.session(read_only=True) as db:
        assert [tuple(row) for row in db.execute(select(Report.line, Report.line_salt))] == [(None, None)]
    assert faults(database, shown) == []


def test_taking_an_erasure_back_puts_a_reported_comment_back_in_the_queue(
    reader: Visitor, moderator: Visitor, database: Database, shown: ConsultationView, now: datetime
) -> None:
    from consulta.domain.codes import folio_of

    report(reader)
    with database.transaction() as db:
        rights.ask_erasure(db, folio_of("k2"), now=now)
    assert 'data-contribution="2"' not in moderator.get("/moderacion/prueba").text
    with database.transaction() as db:
        rights.take_back_erasure(db, folio_of("k2"), now=now)
    assert "publicado y reportado" in moderator.get("/moderacion/prueba").text
    assert faults(database, shown) == []
