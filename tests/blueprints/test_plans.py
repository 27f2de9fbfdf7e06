"""The plan's pages and files: everything that the document says, nothing that is private."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from docx import Document
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.sheets import as_json
from consulta.domain.sheets.sheet import public
from tests.support import proposals
from tests.support.audits import sound
from tests.support.people import moderator
from tests.support.plans import publish
from tests.support.sheets import records, sheet_of
from tests.support.visitor import Visitor

consultation = proposals.consultation


@pytest.fixture
def planned(database: Database, consultation: ConsultationView, now: datetime) -> None:
    """A plan of 22 commitments."""
    publish(database, consultation, now)


def test_every_commitment_has_a_page_with_all_that_it_says(planned: None, visitor: Visitor) -> None:
    page = visitor.get("…/plan").text
    assert "22 compromisos" in page
    assert 'href="/consultas/prueba/plan"' in visitor.get("…").text
    assert "4 compromisos" in visitor.get("…/plan", query_string={"theme": "tema-1"}).text
    for record in records():
        page = visitor.get(f"…/plan/{record['number']}").text
        plain = page.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
        for name in ("status_quo", "main_objective", "brief_description", "relevance", "ambition"):
            assert record[name].split("\n")[0] in plain, (record["number"], name)
        for goal in record["milestones"]:
            assert goal["description"].split("\n")[0] in plain, goal["id"]
        for line in (*record["emails"], *record["phones"]):
            value = line.get("address") or line["phone"]
            assert value not in page
    assert "Revisión automática" in visitor.get("…/plan/17").text
    assert "Enmiendas" in visitor.get("…/plan/13").text


def test_the_files_of_a_commitment(planned: None, visitor: Visitor) -> None:
    record = records()[16]
    given = visitor.get("…/plan/17.json").get_json()
    back = as_json.from_json(given["sheet"])
    assert back.milestones == sheet_of(record).milestones
    assert back == public(back)
    for generation in "ABC":
        told = visitor.get("…/plan/17.json", query_string={"plantilla": generation}).get_json()
        assert told["sheet"]["template"] == generation
        assert as_json.from_json(told["sheet"]) == back
    words = "\n".join(
        cell.text
        for table in Document(io.BytesIO(visitor.get("…/plan/17.docx").data)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert record["status_quo"] in words
    pdf = PdfReader(io.BytesIO(visitor.get("…/plan/17.pdf").data))
    assert "pdfuaid" in str(pdf.xmp_metadata.stream.get_data() if pdf.xmp_metadata else "")
    private = [line["address"] for line in record["emails"]]
    printed = "".join(page.extract_text() for page in pdf.pages)
    assert not [one for one in private if one in words or one in printed or one in str(given)]
    visitor.get("…/plan/17.json", 400, query_string={"plantilla": "Z"})
    assert visitor.get("/esquemas/ficha.json").get_json()["$schema"].startswith("https://json-schema.org/")


def test_the_whole_plan_as_one_document(planned: None, visitor: Visitor) -> None:
    assert len(visitor.get("…/plan.json").get_json()) == 22
    assert len(Document(io.BytesIO(visitor.get("…/plan.docx").data)).tables) >= 44
    pdf = PdfReader(io.BytesIO(visitor.get("…/plan.pdf").data))
    assert len(pdf.pages) > 22
    assert len(pdf.outline) >= 22


def test_what_is_not_there(consultation: ConsultationView, visitor: Visitor) -> None:
    for path in ("…/plan", "…/plan/1", "…/plan/1.pdf", "…/plan.docx", "…/plan/99999999999"):
        visitor.get(path, 404)


def test_outsiders_of_the_theme(planned: None, visitor: Visitor, app: Flask) -> None:
    visitor.get("…/plan", 400, query_string={"theme": "nada"})
    visitor.get("…/plan/23", 404)


def test_a_commitment_is_commented(planned: None, visitor: Visitor, database: Database, app: Flask) -> None:
    page = visitor.get("…/plan/3/comentar").text
    assert "compromiso 3" in page
    key = visitor.hidden(page, "submission")
    given = {"submission": key, "body": "Falta decir cuántas comisiones.", "themes": "tema-1"}
    visitor.post("…/plan/3/comentar", given)
    visitor.get("…/plan/99/comentar", 404)
    desk = moderator(app, database, consultations_view(database))
    assert "compromiso 3" in desk.get("/moderacion/prueba/1").text
    desk.post("/moderacion/prueba/1/abrir")
    desk.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    assert "cuántas comisiones" in visitor.get("…/plan/3").text
    assert "cuántas comisiones" not in visitor.get("…/plan/4").text
    assert "cuántas comisiones" in visitor.get("…/plan/3/comentarios").text
    reply = visitor.get("…/aportes/1/comentar").text
    key = visitor.hidden(reply, "submission")
    answer = {"submission": key, "body": "Son veintidós comisiones.", "themes": "tema-1"}
    visitor.post("…/aportes/1/comentar", answer)
    sound(database)
    with database.transaction() as db:
        db.execute(text("UPDATE comments SET on_commitment_id = 4"))
    with pytest.raises(AssertionError, match="contribution 1"):
        sound(database)


def consultations_view(database: Database) -> ConsultationView:
    """The consultation as it is now."""
    with database.session(read_only=True) as db:
        return consultations.find(db, "prueba").view
