"""The desk goes on where one works: filters are kept from item to item, and what one may not decide is not offered."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import insert

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation import decided, queue
from consulta.models.moderation import Intake, Verdict
from tests.support.contributions import admit
from tests.support.moderation import decide
from tests.support.people import moderator, staff
from tests.support.visitor import Visitor

DESK = "/moderacion/prueba"


def test_filters_go_along_from_item_to_item(app: Flask, database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Del uno", theme="tema-1")
    admit(database, consultation, "Del dos", "También del dos", theme="tema-2")
    admit(database, consultation, "Sin tema")
    desk = moderator(app, database, consultation)
    page = desk.get(f"{DESK}?theme=tema-2").text
    assert f'action="{DESK}/siguiente?theme=tema-2"' in page
    assert f'formaction="{DESK}/2/abrir?theme=tema-2"' in page
    at = desk.post(f"{DESK}/siguiente?theme=tema-2").headers["Location"]
    assert at == f"{DESK}/2?theme=tema-2", "the older one of another theme is not opened"
    page = desk.get(at).text
    assert f'action="{DESK}/2/decidir?theme=tema-2"' in page
    at = desk.post(f"{DESK}/2/decidir?theme=tema-2", {"verdict": "publish", "ordinal": "0"}).headers["Location"]
    assert at == f"{DESK}/3?theme=tema-2"
    page = desk.get(at).text
    assert "Publicado el n.º 2." in page
    assert f'<a href="{DESK}/2">Ver</a>' in page
    at = desk.post(f"{DESK}/3/decidir?theme=tema-2", {"verdict": "publish", "ordinal": "0"}).headers["Location"]
    assert at == f"{DESK}?theme=tema-2", "with nothing left one is back at the same list"
    assert desk.post(f"{DESK}/siguiente?theme=").headers["Location"] == f"{DESK}/4?theme="
    at = desk.post(f"{DESK}/siguiente?theme=nada&channel=nada").headers["Location"]
    assert at == f"{DESK}/1", "a filter that says nothing is dropped"


def test_what_one_entered_is_said_before_anything_is_written(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    desk = moderator(app, database, consultation)
    admit(database, consultation, "La ingresé yo", theme="tema-1")
    with database.session(read_only=True) as db:
        (row,) = queue.queue(db, consultation, scope=None, now=datetime.now().astimezone())
    with database.transaction() as db:
        from consulta.domain.accounts import accounts

        found = accounts.by_email(db, "ana@equipo.example")
        assert found
        db.execute(insert(Intake).values(contribution_id=row.id, account_id=found[0]))
    page = desk.get(f"{DESK}/1").text
    assert "Lo ingresó usted" in page
    assert 'value="publish"' not in page, "no form that is refused at the end"
    desk.post(f"{DESK}/1/abrir", status=409)


def test_what_a_colleague_has_open_has_no_form(app: Flask, database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Uno", theme="tema-1")
    ana = moderator(app, database, consultation)
    staff(database, consultation, "beto@equipo.example")
    beto = Visitor(app)
    beto.sign_in("beto@equipo.example")
    ana.post(f"{DESK}/1/abrir")
    page = beto.get(f"{DESK}/1").text
    assert 'value="publish"' not in page
    assert "Abrir el siguiente" in page
    page = beto.post(f"{DESK}/1/decidir", {"verdict": "publish", "ordinal": "0", "note": "Escrita antes"}, 409).text
    assert "Escrita antes" in page, "what was typed stays"


def test_what_was_decided_is_listed_mine_and_all(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    desk = moderator(app, database, consultation)
    beto = staff(database, consultation, "beto@equipo.example")
    admit(database, consultation, *(f"Texto {n}" for n in range(1, 24)), theme="tema-1")
    for n in range(1, 23):
        decide(database, consultation, beto, n)
    desk.post(f"{DESK}/23/abrir")
    desk.post(f"{DESK}/23/decidir", {"verdict": "reject", "reason": "off-topic", "ordinal": "0", "note": "Es de otro."})
    page = desk.get(f"{DESK}/decidido").text
    assert page.count('class="queue-row"') == decided.PAGE
    assert "No es del tema" in page
    assert "Texto 23" in page
    more = page[page.index('rel="next"') :].split('href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert desk.get(more).text.count('class="queue-row"') == 3
    mine = desk.get(f"{DESK}/decidido?mias=1").text
    assert mine.count('class="queue-row"') == 1
    assert desk.get(f"{DESK}/decidido?decision=publish&mias=1").text.count('class="queue-row"') == 0
    assert "se decidió otra vez" not in mine
    decide(database, consultation, beto, 23, ordinal=1)
    assert "se decidió otra vez" in desk.get(f"{DESK}/decidido?mias=1").text
    with database.session(read_only=True) as db:
        first = decided.decided(db, consultation, verdict=Verdict.PUBLISH, limit=1)
        assert [(one.number, one.latest) for one in first] == [(23, True)]
    desk.get(f"{DESK}/decidido?decision=nada")
    desk.get(f"{DESK}/decidido?after=x", 400)
    assert desk.get(f"{DESK}/ir?n=23", 303).location.endswith(f"{DESK}/23")
    desk.get(f"{DESK}/ir?n=nada", 400)
    desk.get(f"{DESK}/ir?n=99", 303)
    Visitor(app).get(f"{DESK}/decidido", 303)
