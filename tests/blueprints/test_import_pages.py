"""Imports in the browser: seen before they are taken, taken by the worker, taken back and taken anew."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from consulta import worker
from consulta.db import Database
from consulta.domain import consultations, figures
from consulta.domain.snapshots import ConsultationView
from tests.blueprints.test_acts import sound
from tests.blueprints.test_management import coordinator
from tests.support import Visitor

IMPORTS = "/gestion/prueba/importar"
TABLE = "clave,dice,tema,correo\n1,Falta agua en la aldea,A,a@b.example\n2,Que haya caminos,Z,\n3,Más escuelas,B,\n"


def upload(person: Visitor, text: str | bytes = TABLE, name: str = "foro.csv", status: int = 303) -> str:
    """Upload a table; where it is looked at."""
    data = text if isinstance(text, bytes) else text.encode()
    form = {"file": (io.BytesIO(data), name), "channel": "forum", "csrf_token": person.token()}
    response = person.client.post(IMPORTS, data=form, content_type="multipart/form-data")
    assert response.status_code == status, response.text[:800]
    return str(response.location) if status == 303 else response.text


def received(database: Database) -> tuple[int, int]:
    """How many came, and how many of them are withdrawn."""
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        total = figures.tally(db, view, today=view.today(datetime.now(UTC)))["total"]["opinion"]
    return total["received"], total["withdrawn"]


def work(app: Flask) -> None:
    """A round of the worker."""
    worker.work(app, now=datetime.now(UTC))


def test_mapped_looked_at_taken_back_and_taken_anew(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    page = person.get(where := upload(person)).text
    assert "falta la columna del texto" in page
    person.post(where, {"act": "choose", "external_id": "clave", "body": "dice", "theme": "tema", "channel": "forum"})
    page = person.get(where).text
    for words in (
        "Falta agua en la aldea",
        "no hay tal tema",
        "Importar 2 aportes",
        "correo",
        '<td class="number">3</td>',
    ):
        assert words in page
    assert "no hay tal tema" in person.get(f"{where}/informe.csv").text
    assert received(database) == (0, 0)
    person.post(where, {"act": "approve"})
    person.post(where, {"act": "approve"}, 409)
    assert "En curso" in person.get(where).text
    work(app)
    work(app)
    assert received(database) == (2, 0)
    assert "Terminada: 2 aportes" in person.get(where).text
    person.post(where, {"act": "back", "reason": "corto"}, 422)
    person.post(where, {"act": "back", "reason": "El archivo era de otro municipio."})
    person.post(where, {"act": "back", "reason": "El archivo era de otro municipio."}, 409)
    work(app)
    assert received(database) == (2, 2)
    assert "importación anulada" in public.get("…/aportes/1").text
    assert "El archivo era de otro municipio." in public.get("…/bitacora").text
    again = upload(person)
    person.post(again, {"act": "choose", "external_id": "clave", "body": "dice", "theme": "tema", "channel": "forum"})
    assert "Importar 2 aportes" in person.get(again).text
    person.post(again, {"act": "approve"})
    work(app)
    assert received(database) == (4, 2)
    third = upload(person)
    person.post(third, {"act": "choose", "external_id": "clave", "body": "dice", "theme": "tema", "channel": "forum"})
    assert "Importar" not in person.get(third).text.split("<h2>")[0].split("figures")[-1]
    sound(database)


def test_rows_without_identifier_come_again_after_a_take_back(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    where = upload(person, "body\nUno igual\nUno igual\n", "sin.csv")
    person.post(where, {"act": "approve"})
    work(app)
    person.post(where, {"act": "back", "reason": "Se subió por error."})
    work(app)
    where = upload(person, "body\nUno igual\nUno igual\nOtro más\n", "sin.csv")
    person.post(where, {"act": "approve"})
    work(app)
    assert received(database) == (5, 2)
    sound(database)


def test_files_that_cannot_be_read(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    assert "línea 2" in upload(person, "body\nOpini\xf3n\n".encode("latin-1"), status=422)
    assert "vacío" in upload(person, b"  \n", status=422)
    response = person.client.post(IMPORTS, data={"csrf_token": person.token()}, content_type="multipart/form-data")
    assert response.status_code == 422
    big = upload(person, "body\n" + "x" * 300_000 + "\n", "grande.csv")
    assert "field larger than" in person.get(big).text
    person.post(big, {"act": "approve"})
    work(app)
    assert "No se pudo" in person.get(big).text
    person.get(f"{IMPORTS}/999", 404)
    assert received(database) == (0, 0)


def test_a_file_of_real_input(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    data = Path(__file__).parent.parent.joinpath("data", "opiniones.csv").read_bytes()
    where = upload(person, data, "opiniones.csv")
    assert person.get(where).status_code == 200
    person.post(where, {"act": "choose", "body": "inventada"})
    assert "falta la columna" in person.get(where).text
