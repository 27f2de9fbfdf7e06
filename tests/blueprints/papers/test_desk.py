"""Sheets in the browser: printed, entered, followed by the code of their stub, closed."""

from __future__ import annotations

import io
import re
from datetime import datetime

from flask import Flask
from pypdf import PdfReader

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.audits import sound
from tests.support.forums import announce, held
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor

DESK = "/gestion/prueba/foros/foro/hojas"


def test_from_the_printer_to_the_stub(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    announce(database, consultation, now)
    visitor.get(DESK, 303)
    desk = coordinator(app, database, consultation)
    desk.post(f"{DESK}/imprimir", {"theme": "tema-1", "count": "2"})
    [path] = re.findall(rf'href="({DESK}/\d+\.pdf)"', desk.get(DESK).text)
    pdf = PdfReader(io.BytesIO(desk.get(path).data))
    words = [page.extract_text() for page in pdf.pages]
    assert len(words) == 2
    assert "¿Pregunta 1?" in words[0]
    codes = [re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text)[0] for text in words]
    assert "aún no ha sido ingresada" in visitor.follow(codes[0]).text
    assert desk.get(f"{DESK}/ir", 303, query_string={"hoja": "1"}).location.endswith(f"{DESK}/1")
    desk.post(f"{DESK}/1", {"body-1": "Falta agua <b>limpia</b>", "language-1": "kek", "body-2": "Y luz"})
    page = desk.get(f"{DESK}/1").text
    assert "Falta agua &lt;b&gt;limpia&lt;/b&gt;" in page, "what was entered can be read again"
    assert "n.º 1<" in page
    page = desk.get("/gestion/prueba/foros/foro/actas/tema-1").text
    assert "Y luz" in page, "the minutes name notes by numbers that are listed beside"
    assert "hojas con destino: 1 de 2" in desk.get(DESK).text.lower()
    followed = visitor.follow(codes[0])
    assert "Falta agua &lt;b&gt;limpia&lt;/b&gt;" in followed.text
    assert followed.headers["Cache-Control"] == "no-store"
    assert "Falta agua" not in visitor.follow(codes[1]).text
    desk.post(f"{DESK}/anotar", {"first": "2", "state": "lost"})
    assert "anotada como perdida" in visitor.follow(codes[1]).text
    desk.post(f"{DESK}/cerrar", {"explanation": "Se revisan la otra semana."}, 409)
    held(database, consultation, now)
    assert "Notas por revisar: 2" in desk.post(f"{DESK}/cerrar", {}, 422).text
    desk.post(f"{DESK}/cerrar", {"explanation": "Se revisan la otra semana."})
    desk.post(f"{DESK}/imprimir", {"theme": "tema-1", "count": "2"}, 409)
    page = visitor.get("…/novedades").text
    assert "Se publicaron las cuentas del foro" in page
    assert "/consultas/prueba/foros/foro" in page
    sound(database)


def test_a_sheet_with_a_fault_keeps_what_was_typed(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now)
    desk = coordinator(app, database, consultation)
    desk.post(f"{DESK}/imprimir", {"theme": "tema-1", "count": "1"})
    page = desk.post(f"{DESK}/1", {"body-1": "Falta agua", "body-2": "a" * 20_001}, 422).text
    assert "Falta agua" in page
    desk.post(f"{DESK}/1", {"body-1": "  "}, 422)
    desk.post(f"{DESK}/9", {"body-1": "Hola"}, 404)
    for fields in ({"theme": "tema-5", "count": "1"}, {"theme": "tema-1", "count": "201"}, {}):
        desk.post(f"{DESK}/imprimir", fields, 422)
    for fields in ({"first": "1", "last": "7", "state": "lost"}, {"first": "x", "state": "lost"}, {"first": "1"}):
        desk.post(f"{DESK}/anotar", fields, 422)
    desk.get(f"{DESK}/ir", 400, query_string={"hoja": "uno"})
    desk.get(f"{DESK}/999.pdf", 404)
    staff(database, consultation, "ajena@equipo.example")
    other = Visitor(app)
    other.sign_in("ajena@equipo.example")
    other.get(DESK, 403)
    other.post(f"{DESK}/1", {"body-1": "Hola"}, 403)
