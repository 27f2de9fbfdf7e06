"""A forum whole: announced, registered for with and without mail, the line, the door, two batches of sheets, their
accounts, the minutes, and a stub that leads to what became of its note. A real server catches every mail."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from pypdf import PdfReader

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName, Sector
from consulta.worker import rounds
from tests.support.audits import sound
from tests.support.forum_pages import announced, codes, join
from tests.support.forums import held
from tests.support.moderation import decide
from tests.support.people import staff
from tests.support.tables import workbook
from tests.support.visitor import Visitor

from .conftest import Sink

DESK = "/gestion/prueba/foros/foro-en-coban"


def test_from_the_announcement_to_the_stub(
    app: Flask,
    make_app: Callable[..., Flask],
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    visitor: Visitor,
    sink: tuple[Sink, str],
) -> None:
    caught, url = sink
    desk = announced(
        app,
        database,
        consultation,
        now,
        capacity="5",
        **{
            "table-tema-2": "1",
            "exception-tema-2": "Se designan una semana antes.",
        },
    )
    family = codes(
        join(
            visitor,
            people="4",
            email="ana@correo.example",
            **{
                "name-2": "Beto",
                "name-3": "Carla",
                "name-4": "Dora",
            },
        )
    )
    quiet, late = Visitor(app), Visitor(app)
    assert "Su lugar está confirmado" in join(quiet, **{"name-1": "Elena"})
    page = join(late, **{"name-1": "Fidel", "email": "fidel@correo.example"})
    assert "lista de espera, lugar 1" in page.lower()
    [fidel] = codes(page)
    visitor.post("/seguimiento/inscripcion", {"folio": family[3], "act": "cancel", "sure": "1"}, 200)
    assert "Ya tiene lugar" in late.follow(fidel).text
    rounds.work(make_app(mail_url=url), now=datetime.now(UTC))
    told = {to: [m for m in caught.messages if m["To"] == f"{to}@correo.example"] for to in ("ana", "fidel")}
    assert len(told["ana"]) + len(told["fidel"]) == len(caught.messages)
    mail = told["ana"][0].get_body(("plain",)).get_content()
    assert all(code in mail for code in family)
    assert "Ya tiene lugar" in told["fidel"][-1]["Subject"] + told["fidel"][-1].get_body(("plain",)).get_content()

    at_the_door(desk)
    stubs = {theme: printed(desk, theme) for theme in ("tema-1", "tema-2")}
    desk.post(f"{DESK}/hojas/1", {"body-1": "Falta agua limpia en la escuela"})
    desk.post(f"{DESK}/hojas/anotar", {"first": "2", "state": "blank"})
    file = workbook(("hoja", "nota"), (3, "Que las cuentas se lean en q’eqchi’"), (3, "Y que haya luz"))
    upload = {"file": (io.BytesIO(file), "notas.xlsx")}
    desk.post(f"{DESK}/hojas/archivo", upload, content_type="multipart/form-data")
    assert "todavía no ha terminado" in desk.get(f"{DESK}/hojas/cerrar").text
    assert "todavía no ha terminado" in desk.post(f"{DESK}/hojas/cerrar", {}, 409).text
    held(database, consultation, now, key="foro-en-coban")
    assert "Hojas por anotar: 1. Notas por revisar: 3." in desk.post(f"{DESK}/hojas/cerrar", {}, 422).text
    desk.post(f"{DESK}/hojas/anotar", {"first": "4", "state": "lost"})
    assert "Notas por revisar: 3. Espere" in desk.post(f"{DESK}/hojas/cerrar", {}, 422).text
    account = staff(database, consultation, "modera@equipo.example")
    for number in (1, 2, 3):
        decide(database, consultation, account, number)
    page = desk.get(f"{DESK}/hojas/cerrar").text
    assert "Entregadas 2 = ingresadas 1 + en blanco 1" in re.sub(r"\s+", " ", page)
    assert "Por qué se cierra así" not in page
    desk.post(f"{DESK}/hojas/cerrar", {})
    desk.post(f"{DESK}/hojas/cerrar", {}, 409)
    assert "10 letras" in desk.post(f"{DESK}/hojas/abrir", {"reason": "falta"}, 422).text
    desk.post(f"{DESK}/hojas/abrir", {"reason": "Apareció una hoja perdida en Cobán."})
    desk.post(f"{DESK}/hojas/abrir", {"reason": "Apareció una hoja perdida en Cobán."}, 409)
    assert "Apareció una hoja perdida en Cobán." in visitor.get("…/bitacora").text
    assert "Las cuentas se abrieron otra vez: Apareció una hoja" in visitor.get("…/foros/foro-en-coban").text
    desk.post(f"{DESK}/hojas/cerrar", {})
    assert "abrieron otra vez" not in visitor.get("…/foros/foro-en-coban").text
    assert "recibido" not in visitor.follow(stubs["tema-1"][0]).text
    assert "Que las cuentas se lean" in visitor.follow(stubs["tema-2"][0]).text
    assert "anotada como perdida" in visitor.follow(stubs["tema-2"][1]).text
    minutes(app, database, consultation, desk, visitor)
    assert "Falta agua limpia en la escuela" in visitor.get("…/aportes/1").text
    sound(database)


def at_the_door(desk: Visitor) -> None:
    """Ana is marked, and somebody comes unannounced."""
    desk.post(f"{DESK}/puerta")
    page = desk.get(f"{DESK}/puerta", query_string={"q": "ana"}).text
    [path] = re.findall(rf'action="({DESK}/puerta/\d+)"', page)
    desk.post(path, {"mark": desk.hidden(page, "mark"), "present": "1", "q": "ana"})
    desk.post(f"{DESK}/puerta/llegada", {"name": "Paco", "first": "tema-1", "mark": "f" * 32})
    assert "están 2" in desk.get(f"{DESK}/puerta").text


def printed(desk: Visitor, theme: str) -> list[str]:
    """Print two sheets of a table; the codes of their stubs."""
    desk.post(f"{DESK}/hojas/imprimir", {"theme": theme, "count": "2"})
    path = re.findall(rf'href="({DESK}/hojas/\d+\.pdf)"', desk.get(f"{DESK}/hojas").text)
    books = [PdfReader(io.BytesIO(desk.get(one).data)) for one in path]
    texts = [[page.extract_text() for page in book.pages] for book in books]
    mine = next(pages for pages in texts if f"¿Pregunta {theme[-1]}?" in pages[0])
    return [re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text)[0] for text in mine]


def minutes(app: Flask, database: Database, consultation: ConsultationView, desk: Visitor, visitor: Visitor) -> None:
    """The minutes of a table, agreed to by the other side, as anybody reads them."""
    form = f"{DESK}/actas/tema-1"
    desk.post(form, {"seen": "0", "said_most": "Falta agua.", "proposed": "Medirla.", "notes": "1"})
    staff(database, consultation, "gob@equipo.example", role=RoleName.FACILITATOR, sector=Sector.GOVERNMENT)
    side = Visitor(app)
    side.sign_in("gob@equipo.example")
    side.post("/gestion/prueba/actos/acta-foro-en-coban-tema-1/acta", {"seen": "1", "verdict": "agree"})
    act = visitor.get("…/cronograma/acta-foro-en-coban-tema-1").text
    assert "Falta agua." in act
    assert 'href="/consultas/prueba/aportes/1"' in act
    pdf = PdfReader(io.BytesIO(visitor.get("…/cronograma/acta-foro-en-coban-tema-1/acta.pdf").data))
    assert "Medirla." in "".join(page.extract_text() for page in pdf.pages)
