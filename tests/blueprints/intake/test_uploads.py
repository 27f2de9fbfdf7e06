"""Imports in the browser: seen before they are taken, taken by the worker, taken back and taken anew."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, update

from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.intake import uploads
from consulta.domain.results import figures as result_figures
from consulta.models.imports import Upload
from consulta.worker import rounds
from tests.support.audits import sound
from tests.support.people import coordinator
from tests.support.visitor import Visitor

IMPORTS = "/gestion/prueba/importar"
TABLE = "clave,dice,tema,correo\n1,Falta agua en la aldea,A,a@b.example\n2,Que haya caminos,Z,\n3,Más escuelas,B,\n"


def approve(person: Visitor, where: str, status: int = 303) -> None:
    """Approve what the page shows."""
    seen = re.search(r'name="seen" value="(\w+)"', person.get(where).text)
    person.post(where, {"act": "approve", "seen": seen[1] if seen else ""}, status)


def upload(person: Visitor, text: str | bytes = TABLE, name: str = "foro.csv", status: int = 303) -> str:
    """Upload a table; where it is looked at."""
    data = text if isinstance(text, bytes) else text.encode()
    form = {"file": (io.BytesIO(data), name), "channel": "forum", "csrf_token": person.token()}
    response = person.client.post(IMPORTS, data=form, content_type="multipart/form-data")
    assert response.status_code == status, response.text[:800]
    return str(response.location) if status == 303 else response.text


def received(database: Database) -> tuple[int, int]:
    """How many came, and how many came by an import that was annulled."""
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        total = result_figures.tally(db, view, today=view.today(datetime.now(UTC)))["total"]["opinion"]
    return total["received"], total["annulled"]


def work(app: Flask) -> None:
    """A round of the worker."""
    rounds.work(app, now=datetime.now(UTC))


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
    approve(person, where)
    approve(person, where, 409)
    assert "En curso" in person.get(where).text
    work(app)
    work(app)
    assert received(database) == (2, 0)
    page = person.get(where).text
    assert "Terminada: 2 aportes" in page
    assert "no hay tal tema" in page
    assert "3,tema,,no hay tal tema" in person.get(f"{where}/informe.csv").text
    person.post(where, {"act": "back", "reason": "corto"}, 422)
    person.post(where, {"act": "back", "reason": "El archivo era de otro municipio."})
    person.post(where, {"act": "back", "reason": "El archivo era de otro municipio."}, 409)
    work(app)
    assert received(database) == (0, 2)
    assert "importación anulada" in public.get("…/aportes/1").text
    assert "El archivo era de otro municipio." in public.get("…/bitacora").text
    again = upload(person)
    person.post(again, {"act": "choose", "external_id": "clave", "body": "dice", "theme": "tema", "channel": "forum"})
    assert "Importar 2 aportes" in person.get(again).text
    approve(person, again)
    work(app)
    assert received(database) == (2, 2)
    third = upload(person)
    person.post(third, {"act": "choose", "external_id": "clave", "body": "dice", "theme": "tema", "channel": "forum"})
    assert "Importar" not in person.get(third).text.split("<h2>")[0].split("figures")[-1]
    sound(database)


def test_rows_without_identifier_come_again_after_a_take_back(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    where = upload(person, "body\nUno igual\nUno igual\n", "sin.csv")
    approve(person, where)
    work(app)
    person.post(where, {"act": "back", "reason": "Se subió por error."})
    work(app)
    where = upload(person, "body\nUno igual\nUno igual\nOtro más\n", "sin.csv")
    approve(person, where)
    work(app)
    assert received(database) == (3, 2)
    sound(database)


def test_files_that_cannot_be_read(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    latin = upload(person, "body\nOpini\xf3n\n".encode("latin-1"))
    assert "Opinión" in person.get(latin).text, "a sample, to be looked at"
    assert "vacío" in upload(person, b"  \n", status=422)
    response = person.client.post(IMPORTS, data={"csrf_token": person.token()}, content_type="multipart/form-data")
    assert response.status_code == 422
    big = upload(person, "body\n" + "x" * 300_000 + "\n", "grande.csv")
    assert "una casilla pasa de 200,000 letras" in person.get(big).text
    with database.transaction() as db:  # as if it had been approved before it turned out to be spoilt
        db.execute(update(Upload).values(approved=True))
    work(app)
    assert "No se pudo" in person.get(big).text
    person.get(f"{IMPORTS}/999", 404)
    assert received(database) == (0, 0)


def test_a_file_of_real_input(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    data = Path(__file__).parents[2].joinpath("data", "opiniones.csv").read_bytes()
    where = upload(person, data, "opiniones.csv")
    assert person.get(where).status_code == 200
    person.post(where, {"act": "choose", "body": "inventada"})
    assert "falta la columna" in person.get(where).text


def test_columns_chosen_meanwhile_are_not_approved_blindly(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    where = upload(person, "body,otra\nUno,Dos\n")
    seen = re.search(r'name="seen" value="(\w+)"', person.get(where).text)
    assert seen
    person.post(where, {"act": "choose", "body": "otra", "channel": "forum"})
    page = person.post(where, {"act": "approve", "seen": seen[1]}, 409).text
    assert "eligió otras columnas" in page
    approve(person, where)
    work(app)
    assert received(database) == (1, 0)
    entries = Visitor(app).get("…/bitacora.csv").text
    assert "import:begin" in entries
    assert entries.count("import:end") == 1


def test_what_nobody_approves_is_thrown_away(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    where, other = upload(person), upload(person, name="otro.csv")
    person.post(where, {"act": "discard"})
    assert "Descartada" in person.get(where).text
    approve(person, where, 409)
    with database.transaction() as db:
        uploads.forget_unapproved(db, now=datetime.now(UTC) + timedelta(days=8))
    assert "Descartada" in person.get(other).text
    assert received(database) == (0, 0)


def test_an_import_begun_elsewhere_and_a_spoilt_header(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from consulta.models.imports import Import

    person = coordinator(app, database, consultation)
    assert "las comillas no cierran bien" in upload(person, '"a"b,c\n1,2\n', status=422)
    with database.transaction() as db:
        db.add(Import(consultation_id=consultation.id, source="x", digest="0", started_at=datetime.now(UTC)))
    assert "sin terminar" in person.get(IMPORTS).text
    assert "sigue donde quedó" in person.get(f"{IMPORTS}/1").text


def test_known_rows_are_found_by_their_index(app: Flask, database: Database, consultation: ConsultationView) -> None:
    """However many contributions there are: none of the statements reads all of them."""
    from consulta.domain.intake import known as surveys
    from consulta.domain.intake.preview import Taken

    today = datetime.now(UTC).date()
    rows = [Taken(n, f"f{n}", "foro", None, "Algo", None, today, None, None, None, False) for n in range(40)]
    asked: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        asked.append((arguments[2], arguments[3]))

    event.listen(database.read, "before_cursor_execute", note)
    with database.session(read_only=True) as db:
        assert surveys.known_rows(db, consultation, rows) == set()
        surveys.look(db, consultation, rows, "foro")
    event.remove(database.read, "before_cursor_execute", note)
    if database.write.dialect.name == "sqlite":
        with database.write.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            figures = "('contributions', 'sqlite_autoindex_contributions_2', '900000 900000 900000 900000')"
            connection.exec_driver_sql(f"INSERT INTO sqlite_stat1 VALUES {figures}")
            connection.commit()
        database.dispose()
        with database.write.connect() as connection:  # as if there were so many, none of them imported
            for statement, values in asked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                assert not [line for *_, line in plan if line.startswith("SCAN") and "take_backs" not in line]
