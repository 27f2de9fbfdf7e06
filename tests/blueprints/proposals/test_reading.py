"""A proposal is sent, returned, mended, published, read, taken back, erased; and never changed in silence."""

from __future__ import annotations

import email
import io
import re
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from docx import Document
from flask import Flask
from sqlalchemy import text

from consulta.blueprints.proposals import reading as proposal_reading
from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import tally
from consulta.models.contributions import Status
from consulta.web import sheet_files
from consulta.worker import printing, rounds
from tests.support import people, proposals
from tests.support.audits import sound
from tests.support.contributions import admit
from tests.support.proposals import begin, body, save, signed_in, written
from tests.support.visitor import Visitor

consultation = proposals.consultation


def publish(desk: Visitor, number: int = 1, ordinal: int = 0) -> None:
    """Open and publish."""
    desk.post(f"/moderacion/prueba/{number}/abrir")
    desk.post(f"/moderacion/prueba/{number}/decidir", {"verdict": "publish", "ordinal": str(ordinal)})


def give_back(desk: Visitor, day: str, number: int = 1, status: int = 303, **fields: str) -> str:
    """Return a proposal."""
    desk.post(f"/moderacion/prueba/{number}/abrir")
    given = {"ordinal": "0", "due": day, "note": "Diga cuántos hospitales son.", "field-problem": "1", **fields}
    return desk.post(f"/moderacion/prueba/{number}/devolver", given, status).text


def test_the_whole_way_of_an_organisation(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    admit(database, consultation, "Falta información de medicinas", status=Status.PUBLISHED, theme="tema-2")
    body(database, consultation, "acme", now, ana=True, beto=False)
    ana, beto = signed_in(app, "ana@acme.example"), signed_in(app, "beto@acme.example")
    draft = written(ana, "acme")
    save(ana, draft, "responde", contributions="1")
    assert "La envía quien firma" in beto.get(f"{draft}/revisar").text
    page = beto.get(f"{draft}/revisar").text
    beto.post(f"{draft}/enviar", {"submission": "x"}, 422)
    receipt = proposals.send(ana, draft)
    [code] = re.findall(r'id="folio" class="code">([0-9A-Z-]{19})<', receipt)
    assert "n.º 2" in receipt
    assert "Ya se envió" in ana.get(f"{draft}/revisar").text
    visitor.get("…/propuestas/2", 404)
    assert "devuelta" not in visitor.follow(code).text
    desk = people.moderator(app, database, consultation)
    page = desk.get("/moderacion/prueba/2").text
    assert "Nadie sabe cuánto pagan" in page
    assert "Publicar cada mes las compras." in page
    due = f"{consultation.today(now) + timedelta(days=5):%d/%m/%Y}"
    give_back(desk, due, 2)
    assert "devuelta para corregir" in visitor.follow(code).text
    save(
        ana,
        draft,
        "problema",
        title="Compras de medicinas en datos abiertos",
        theme="tema-2",
        problem="Nadie sabe cuánto pagan los 45 hospitales por las medicinas desde 2020.",
    )
    mended = proposals.send(ana, draft)
    assert "n.º 2" in mended
    publish(desk, 2, ordinal=1)
    page = visitor.get("…/propuestas/2").text
    assert "los 45 hospitales" in page
    assert "Organización acme" in page
    assert 'href="/consultas/prueba/aportes/1"' in page
    assert "Se devolvió para corregir" in page
    assert "los 45 hospitales" not in visitor.get("…/propuestas/2", query_string={"version": "1"}).text
    change = visitor.get("…/propuestas/2/diferencia").text
    assert "<ins>" in change
    assert "45" in change[change.index("<ins>") : change.index("</ins>")]
    assert "Compras de medicinas" in visitor.get("…/propuestas").text
    assert "Compras de medicinas" in visitor.get("…/propuestas", query_string={"q": "hospitales"}).text
    assert "No hay propuestas con estos filtros" in visitor.get("…/propuestas", query_string={"theme": "tema-1"}).text
    assert "Compras de medicinas" in visitor.get("…/propuestas", query_string={"sector": "cso"}).text
    assert visitor.get("…/propuestas/2.json").get_json()["sheet"]["template"] == "A"
    assert "Nadie sabe" in "".join(
        c.text
        for t in Document(io.BytesIO(visitor.get("…/propuestas/2.docx").data)).tables
        for r in t.rows
        for c in r.cells
    )
    assert visitor.get("…/propuestas/2.pdf").data[:5] == b"%PDF-"
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        assert tally.published(db, view.id) == 2
    sound(database)


def test_a_person_sends_with_the_code_of_the_draft(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    draft = begin(visitor)
    [code] = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", visitor.get(draft).text)
    assert "Para enviarla falta" in visitor.get(f"{draft}/revisar").text
    for place, fields in proposals.STEPS.items():
        save(visitor, draft, place, **fields)
    page = visitor.get(f"{draft}/revisar").text
    bad = {"submission": visitor.hidden(page, "submission"), "email": "sin arroba", "name": "Ana Canaria"}
    refused = visitor.post(f"{draft}/enviar", bad, 422).text
    assert "Ana Canaria" in refused
    proposals.send(visitor, draft, name="Ana Canaria", publish_name="1", email="ana@correo.example")
    assert f'<output id="folio" class="code">{code}<' in visitor.get(f"{draft}/comprobante").text
    assert "Aporte n.º 1" in Visitor(app).follow(code).text
    visitor.post(f"{draft}/enviar", bad | {"email": ""}, 409)
    publish(people.moderator(app, database, consultation))
    page = visitor.get("…/propuestas/1").text
    assert "Ana Canaria" in page
    assert "ana@correo.example" not in page
    sound(database)


def test_what_is_not_mended_in_time_goes_on_as_it_stands(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    draft = written(visitor)
    proposals.send(visitor, draft)
    desk = people.moderator(app, database, consultation)
    for fields, said in (({"due": ""}, "Escriba hasta qué día"), ({"field-problem": ""}, "Elija qué hay que corregir")):
        assert said in give_back(desk, f"{consultation.today(now) + timedelta(days=5):%d/%m/%Y}", 1, 422, **fields)
    for days in (-1, 0, 61):
        assert "próximos 60" in give_back(desk, f"{consultation.today(now) + timedelta(days=days):%d/%m/%Y}", 1, 422)
    give_back(desk, f"{consultation.today(now) + timedelta(days=5):%d/%m/%Y}")
    give_back(desk, f"{consultation.today(now) + timedelta(days=5):%d/%m/%Y}", 1, 422)
    rounds.work(app, now=now + timedelta(days=4))
    assert statuses(database) == ["returned"]
    rounds.work(app, now=now + timedelta(days=7))
    assert statuses(database) == ["received"]
    visitor.post(f"{draft}/problema", {"seen": "1", "title": "Tarde"}, 409)
    publish(desk, ordinal=1)
    sound(database)


def statuses(database: Database) -> list[str]:
    """How every contribution stands."""
    with database.read.connect() as connection:
        return list(connection.execute(text("SELECT status FROM contributions ORDER BY number")).scalars())


def test_a_returned_proposal_is_mended_after_the_window(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    body(database, consultation, "acme", now, ana=True)
    ana = signed_in(app, "ana@acme.example")
    draft = written(ana, "acme")
    other = written(ana, "acme")
    proposals.send(ana, draft)
    desk = people.moderator(app, database, consultation)
    give_back(desk, f"{consultation.today(now) + timedelta(days=30):%d/%m/%Y}")
    with time_machine.travel(now + timedelta(days=11), tick=False):
        late = signed_in(app, "ana@acme.example")
        assert "Ahora no se reciben" in late.get(f"{other}/revisar").text
        late.post(f"{other}/enviar", {"submission": late.hidden(late.get(f"{draft}/revisar").text, "submission")}, 410)
        proposals.send(late, draft)
    assert statuses(database) == ["received"]
    sound(database)


def test_withdrawn_and_erased(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    draft = begin(visitor)
    [code] = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", visitor.get(draft).text)
    for place, fields in proposals.STEPS.items():
        save(visitor, draft, place, **fields)
    proposals.send(visitor, draft)
    publish(people.moderator(app, database, consultation))
    visitor.follow(code, act="erase", sure="1")
    rounds.work(app, now=now + timedelta(days=4))
    page = visitor.get("…/propuestas/1").text
    assert "Nadie sabe cuánto pagan" not in page
    with database.read.connect() as connection:
        for table in (
            "sheet_versions",
            "sheet_milestones",
            "proposals",
            "proposal_drafts",
            "dismissals",
            "draft_sources",
        ):
            assert "Nadie sabe" not in repr(connection.execute(text(f"SELECT * FROM {table}")).all()), table
    sound(database)


def test_who_follows_it_by_code_says_why_it_is_withdrawn(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    draft = begin(visitor)
    [code] = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", visitor.get(draft).text)
    for place, fields in proposals.STEPS.items():
        save(visitor, draft, place, **fields)
    proposals.send(visitor, draft)
    publish(people.moderator(app, database, consultation))
    assert 'name="note"' in visitor.follow(code, act="withdraw").text
    refused = visitor.follow(code, 422, act="withdraw", sure="1", note="Porque sí")
    assert "entre 10 y 1,000 letras" in refused.text
    assert "Porque sí" in refused.text
    assert "entre 10 y 1,000 letras" in visitor.post(f"{draft}/retirar", {"note": "No."}, 422).text
    assert statuses(database) == ["published"]
    assert "quedó retirada" in visitor.follow(code, act="withdraw", sure="1", note="La presentamos en otra forma.").text
    assert "La presentamos en otra forma." in visitor.get("…/propuestas/1").text
    visitor.follow(code, 409, act="withdraw", sure="1", note="Otra vez la retiramos.")
    assert proposals.STEPS["problema"]["title"] not in visitor.get("…/propuestas").text
    gone = visitor.get("…/propuestas?status=withdrawn").text
    assert "Propuesta n.º 1" in gone
    assert "retirado por su autor" in gone
    assert proposals.STEPS["problema"]["title"] not in gone
    assert "Propuesta n.º 1" not in visitor.get("…/propuestas?status=rejected").text
    assert "received" in visitor.get("…/propuestas?status=received", 400).text
    sound(database)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE sheet_versions SET problem = 'otro' WHERE id = 2",
        "UPDATE contributions SET title = 'otro' WHERE number = 2",
        "UPDATE proposals SET body = 'otro'",
        "DELETE FROM proposal_sources",
        "UPDATE sheet_versions SET salt = NULL WHERE id = 2",
    ],
)
def test_the_check_names_what_was_changed(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor, tamper: str
) -> None:
    admit(database, consultation, "Falta información", status=Status.PUBLISHED)
    draft = written(visitor)
    save(visitor, draft, "responde", contributions="1")
    proposals.send(visitor, draft)
    sound(database)
    with database.transaction() as db:
        db.execute(text(tamper))
    with pytest.raises(AssertionError, match="proposal 2"):
        sound(database)


def test_similar_proposals_are_shown_with_the_words_they_share(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    first = written(visitor)
    proposals.send(visitor, first)
    desk = people.moderator(app, database, consultation)
    second = begin(visitor)
    save(visitor, second, "problema", title="Medicinas caras", problem="Los hospitales compran caro.")
    assert "Propuestas parecidas" not in visitor.get(f"{second}/problema").text
    publish(desk)
    page = visitor.get(f"{second}/problema").text
    assert "Propuestas parecidas" not in page  # two words are not enough
    save(visitor, second, "accion", action="Publicar cada mes las compras.", objective="Que se publiquen los precios.")
    page = visitor.get(f"{second}/accion").text
    assert "Compras de medicinas en datos abiertos" in page
    assert "hospitales" in page[page.index("Comparten") :]
    sound(database)


def test_other_organisations_stand_behind_it_only_if_they_say_so(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    body(database, consultation, "acme", now, ana=True)
    body(database, consultation, "rio", now, rosa=True, raul=False)
    body(database, consultation, "sol", now, sara=True)
    ana, rosa = signed_in(app, "ana@acme.example"), signed_in(app, "rosa@rio.example")
    raul, sara = signed_in(app, "raul@rio.example"), signed_in(app, "sara@sol.example")
    draft = written(ana, "acme")
    ana.post(f"{draft}/respaldo", {"sponsor": "acme"}, 422)
    ana.post(f"{draft}/respaldo", {"sponsor": "nadie"}, 422)
    for _ in range(2):
        ana.post(f"{draft}/respaldo", {"sponsor": "rio"})
    ana.post(f"{draft}/respaldo", {"sponsor": "sol"})
    assert "todavía no responde" in ana.get(draft).text
    assert "Nadie sabe cuánto pagan" in rosa.get(f"{draft}/vista").text
    visitor.get(f"{draft}/vista", 303)
    rosa.get(draft, 404)
    page = rosa.get("/cuenta/").text
    assert "Compras de medicinas" in page
    assert "le piden respaldar" not in raul.get("/cuenta/").text
    [path] = re.findall(r'action="([^"]+/respaldo/\d+)"', page)
    raul.post(path, {"answer": "yes"}, 404)
    sara.post(path, {"answer": "yes"}, 404)
    rosa.post(path, {"answer": "yes"})
    rosa.post(path, {"answer": "yes"}, 409)
    proposals.send(ana, draft)
    [other] = re.findall(r'action="([^"]+/respaldo/\d+)"', sara.get("/cuenta/").text)
    publish(people.moderator(app, database, consultation))
    page = visitor.get("…/propuestas/1").text
    assert "Organización rio" in page
    assert "Organización sol" not in page
    sara.post(other, {"answer": "yes"})
    assert "Organización sol" in visitor.get("…/propuestas/1").text
    sound(database)
    given = {"stance": "dissent", "subject": "proposal/1", "text": "No alcanza: faltan los precios."}
    sara.post("/cuenta/organizaciones/prueba/sol/posicion", given)
    sara.post("/cuenta/organizaciones/prueba/sol/posicion", {**given, "subject": "proposal/9"}, 422)
    assert "faltan los precios" in visitor.get("…/propuestas/1").text
    with database.transaction() as db:
        db.execute(text("UPDATE sponsors SET confirmed = false"))
    with pytest.raises(AssertionError, match="who stands behind it"):
        sound(database)


def test_it_is_taken_back_with_a_public_note(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    body(database, consultation, "acme", now, ana=True, beto=False)
    ana, beto = signed_in(app, "ana@acme.example"), signed_in(app, "beto@acme.example")
    draft = written(ana, "acme")
    ana.post(f"{draft}/retirar", {"note": "Ya no la queremos."}, 404)
    proposals.send(ana, draft)
    publish(people.moderator(app, database, consultation))
    beto.post(f"{draft}/retirar", {"note": "Ya no la queremos."}, 403)
    ana.post(f"{draft}/retirar", {"note": "no"}, 422)
    ana.post(f"{draft}/retirar", {"note": "La unimos con la de otra organización."})
    ana.post(f"{draft}/retirar", {"note": "La unimos con la de otra organización."}, 409)
    page = visitor.get("…/propuestas/1").text
    assert "La unimos con la de otra" in page
    assert "Nadie sabe cuánto pagan" not in page
    visitor.get("…/propuestas/1.pdf", 404)
    ana.post(f"{draft}/borrar", {}, 409)
    other = written(ana, "acme")
    ana.post(f"{other}/borrar")
    ana.get(other, 404)
    sound(database)


def mails(app: Flask) -> str:
    """Everything that was mailed so far."""
    folder = Path(app.extensions["settings"].mail_url.removeprefix("file://"))
    found = (
        email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    )
    return "\n".join(f"{one['to']}: {one['subject']}\n{one.get_content()}" for one in found)  # type: ignore[attr-defined]


def test_who_wrote_is_told(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    body(database, consultation, "acme", now, ana=True, beto=False)
    ana = signed_in(app, "ana@acme.example")
    draft, unsent = written(ana, "acme"), written(ana, "acme")
    mine = begin(visitor)
    visitor.post(f"{mine}/correo", {"email": "mal"}, 422)
    visitor.post(f"{mine}/correo", {"email": "canaria@correo.example"})
    proposals.send(ana, draft)
    give_back(people.moderator(app, database, consultation), f"{consultation.today(now) + timedelta(days=20):%d/%m/%Y}")
    rounds.work(app, now=now)
    assert "Recuerde" not in mails(app)
    for _ in range(2):
        rounds.work(app, now=now + timedelta(days=8))
    told = mails(app)
    for address in ("ana@acme.example", "beto@acme.example"):
        assert f"{address}: Su propuesta n.º 1 volvió para que la corrija" in told
        assert told.count(f"{address}: Su propuesta todavía no se ha enviado") == 1
    assert "Diga cuántos hospitales son." in told
    assert unsent in told
    assert told.count("canaria@correo.example: Su propuesta todavía no se ha enviado") == 1
    assert mine not in told
    rounds.work(app, now=now + timedelta(days=500))
    visitor.get(mine, 404)
    with database.read.connect() as connection:
        assert "canaria" not in repr(connection.execute(text("SELECT * FROM proposal_drafts")).all())
    sound(database)


def test_all_of_them_as_one_document(
    app: Flask,
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visitor.get("…/propuestas.pdf", 404)
    drafts = [written(visitor) for _ in range(3)]
    for draft in drafts:
        proposals.send(visitor, draft)
    desk = people.moderator(app, database, consultation)
    for number in (1, 2, 3):
        publish(desk, number)
    assert visitor.get("…/propuestas.pdf").data[:5] == b"%PDF-"
    assert len(Document(io.BytesIO(visitor.get("…/propuestas.docx").data)).tables) == 3
    monkeypatch.setattr(proposal_reading, "MAX_AT_ONCE", 1)
    page = visitor.get("…/propuestas.pdf").text
    assert "Preparar uno nuevo" in page
    for _ in range(2):
        visitor.post("…/propuestas.pdf")
    assert "Se está preparando" in visitor.get("…/propuestas.pdf").text
    rounds.work(app, now=now)
    assert "El último se hizo" in visitor.get("…/propuestas.pdf").text
    assert visitor.get("…/propuestas.pdf", query_string={"listo": "1"}).data[:5] == b"%PDF-"
    with database.read.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM prints")).scalar_one() == 1
    visitor.post(f"{drafts[0]}/retirar", {"note": "La presentamos en otra forma."})
    assert visitor.get("…/propuestas.pdf", query_string={"listo": "1"}).mimetype == "text/html"
    with database.read.connect() as connection:
        assert connection.execute(text("SELECT content FROM prints")).scalars().all() == [None]


def test_what_is_withdrawn_while_the_document_is_made_does_not_stay_in_it(
    app: Flask,
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drafts = [written(visitor) for _ in range(3)]
    for draft in drafts:
        proposals.send(visitor, draft)
    desk = people.moderator(app, database, consultation)
    for number in (1, 2, 3):
        publish(desk, number)
    monkeypatch.setattr(proposal_reading, "MAX_AT_ONCE", 1)
    visitor.post("…/propuestas.docx")
    made = sheet_files.proposals

    def slow(*given: Any) -> Any:
        answer = made(*given)
        monkeypatch.setattr(sheet_files, "proposals", made)
        visitor.post(f"{drafts[1]}/retirar", {"note": "La presentamos en otra forma."})
        return answer

    monkeypatch.setattr(sheet_files, "proposals", slow)
    printing.typeset(app, now=now)
    ready = {"listo": "1"}
    assert visitor.get("…/propuestas.docx", query_string=ready).mimetype == "text/html"
    printing.typeset(app, now=now)
    assert len(Document(io.BytesIO(visitor.get("…/propuestas.docx", query_string=ready).data)).tables) == 2


def test_a_theme_shows_its_proposals_and_no_others(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    body(database, consultation, "acme", now, ana=True)
    ana, desk = signed_in(app, "ana@acme.example"), people.moderator(app, database, consultation)
    for number in (1, 2):
        proposals.send(ana, written(ana, "acme"))
        desk.post(f"/moderacion/prueba/{number}/abrir")
        desk.post(f"/moderacion/prueba/{number}/clasificar", {"theme": f"tema-{number}", "ordinal": "0"})
    assert "Propuestas de compromiso sobre este tema" not in visitor.get("…/temas/tema-1").text
    publish(desk, 1, 1)
    publish(desk, 2, 1)
    page = visitor.get("…/temas/tema-1").text
    assert re.findall(r'href="/consultas/prueba/propuestas/(\d+)"', page) == ["1"]
    assert 'href="/consultas/prueba/propuestas?theme=tema-1"' in page
    assert "Propuestas de compromiso sobre este tema" not in visitor.get("…/temas/tema-3").text
    for number in range(3, 10):
        proposals.send(ana, written(ana, "acme"))
        desk.post(f"/moderacion/prueba/{number}/abrir")
        desk.post(f"/moderacion/prueba/{number}/clasificar", {"theme": "tema-1", "ordinal": "0"})
        publish(desk, number, 1)
    page = visitor.get("…/temas/tema-1").text
    assert re.findall(r'href="/consultas/prueba/propuestas/(\d+)"', page) == ["9", "8", "7", "6", "5"]
    assert "Ver las 8 propuestas de este tema" in page
    sound(database)
