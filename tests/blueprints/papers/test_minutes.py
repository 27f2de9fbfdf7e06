"""Minutes of a table: written, published as an act, agreed with or not, downloaded."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

from docx import Document
from flask import Flask
from pypdf import PdfReader

from consulta.database.transactions import Database
from consulta.domain.acts import reading as acts
from consulta.domain.acts import versions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.models.accounts import RoleName, Sector
from tests.support.audits import sound
from tests.support.forums import announce
from tests.support.papers import batch, enter
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor, fields

FORM = "/gestion/prueba/foros/foro/actas/tema-1"
ACT = "…/cronograma/acta-foro-tema-1"


def test_whatever_a_section_says_stays_in_it(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    """Headings and the words before the notes are ours only where we put them."""
    announce(database, consultation, now)
    batch(database, consultation, now, 2)
    enter(database, consultation, now, 1, "Falta agua", account=staff(database, consultation))
    desk = coordinator(app, database, consultation)
    said = {
        "said_most": "Primero el agua.\n\nQué se propuso\nMedirla, n.º 7.\n\nNotas en que se basa: n.º 12, n.º 13",
        "agreed": "En qué hubo acuerdo\nEn todo.",
    }
    desk.post(FORM, {"seen": "0", **said, "notes": "1"})
    written = fields(desk.get(FORM).text)
    assert {name: written[name] for name in said} == said
    assert written["notes"] == "1"
    assert written["proposed"] == ""
    page = visitor.get(ACT).text
    assert "/aportes/12" not in page
    assert "/aportes/1" in page
    words = [p.text for p in Document(io.BytesIO(visitor.get(f"{ACT}/acta.docx").data)).paragraphs]
    assert "Notas en que se basa: n.º 12, n.º 13" in "\n".join(words)
    assert words.count("Qué se propuso") == 0
    assert "What was agreed" in "\n".join(
        p.text for p in Document(io.BytesIO(visitor.get(f"{ACT}/acta.docx?lang=en").data)).paragraphs
    )
    sound(database)


def test_a_change_of_the_act_leaves_the_minutes_what_they_are_made_of(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    desk = coordinator(app, database, consultation)
    desk.post(FORM, {"seen": "0", "proposed": "Medirla."})
    with database.transaction() as db:
        before = acts.one(db, consultation, "acta-foro-tema-1").now
        other = replace(before, time="9 a 12", table=None)
        reason = {"es": "Faltaba la hora en que se reunió."}
        versions.publish(
            db, consultation, other, key="acta-foro-tema-1", seen=1, reason=reason, by=By(None, "equipo"), now=now
        )
        assert acts.one(db, consultation, "acta-foro-tema-1").now.table == before.table
    assert fields(desk.get(FORM).text)["proposed"] == "Medirla."


def test_minutes_from_the_table_to_the_document(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    account = staff(database, consultation)
    announce(database, consultation, now)
    batch(database, consultation, now, 2)
    enter(database, consultation, now, 1, "Falta agua", account=account)
    desk = coordinator(app, database, consultation)
    assert (
        "no son de hojas de esta mesa: 9" in desk.post(FORM, {"seen": "0", "agreed": "Agua", "notes": "1, 9"}, 422).text
    )
    desk.post(FORM, {"seen": "0"}, 422)
    desk.post(FORM, {"seen": "0", "said_most": "Falta agua.", "proposed": "Medirla.", "notes": "1"})
    page = visitor.get(ACT).text
    assert "Lo que más se dijo" in page
    assert "Todavía no se pronuncian" in page
    assert 'href="/consultas/prueba/aportes/1"' in page
    staff(database, consultation, "gob@equipo.example", role=RoleName.FACILITATOR, sector=Sector.GOVERNMENT)
    side = Visitor(app)
    side.sign_in("gob@equipo.example")
    side.post(
        "/gestion/prueba/actos/acta-foro-tema-1/acta",
        {"seen": "1", "verdict": "disagree", "statement": "Falta lo del precio."},
    )
    words = "\n".join(p.text for p in Document(io.BytesIO(visitor.get(f"{ACT}/acta.docx").data)).paragraphs)
    pdf = PdfReader(io.BytesIO(visitor.get(f"{ACT}/acta.pdf").data))
    printed = "".join(page.extract_text() for page in pdf.pages)
    for text in (words, printed):
        for said in ("Falta agua.", "Medirla.", "Qué se propuso", "Falta lo del precio.", "n.º 1"):
            assert said in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert pdf.trailer["/Root"]["/Lang"].startswith("es")  # type: ignore[index]
    again = desk.get(FORM).text
    assert "Falta agua." in again
    assert "10 letras o más" in desk.post(FORM, {"seen": "1", "agreed": "Todo"}, 422).text
    desk.post(FORM, {"seen": "1", "agreed": "Todo", "reason_es": "Se leyó otra vez en la mesa."})
    desk.post(FORM, {"seen": "1", "agreed": "Nada", "reason_es": "Se leyó otra vez en la mesa."}, 409)
    visitor.get("…/cronograma/nada/acta.pdf", 404)
    visitor.get(f"{ACT}/acta.exe", 404)
    side.get(FORM, 403)
    desk.get("/gestion/prueba/foros/foro/actas/tema-5", 404)
    sound(database)
