"""Canaries: what a contributor says of themselves shows nowhere but where they wanted it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models import Base
from consulta.models.accounts import RoleName
from consulta.models.contributions import Status
from consulta.worker import rounds
from tests.support.contributions import admit, comment
from tests.support.forums import announce
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor

NAME, EMAIL, ADDRESS, AGENT = "Xochilcanario", "canario@persona.example", "198.51.100.77", "CanaryBrowser/9"
HELD_IN = {"contributors"}


@pytest.fixture
def visitor_with_secrets(app: Flask, visitor: Visitor, capfd: pytest.CaptureFixture[str]) -> str:
    """Gave everything that can be given; the code."""
    visitor.client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    visitor.give(
        "Lo que digo sí se puede leer",
        name=NAME,
        email=EMAIL,
        age_group="30-59",
        gender="woman",
        language="quc",
        taking_part_as="citizen",
        department="16",
    )
    return visitor.folio()


def test_no_page_file_feed_or_staff_screen_shows_a_canary(
    app: Flask,
    visitor: Visitor,
    visitor_with_secrets: str,
    database: Database,
    consultation: ConsultationView,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    staff(database, consultation)
    staff(database, consultation, "obs@equipo.example", RoleName.OBSERVER)
    moderator, observer, outsider = Visitor(app), Visitor(app), Visitor(app)
    moderator.sign_in()
    observer.sign_in("obs@equipo.example")
    seen = [moderator.get("/moderacion/prueba").text, observer.get("/moderacion/prueba").text]
    moderator.post("/moderacion/prueba/1/abrir")
    seen.append(moderator.get("/moderacion/prueba/1").text)
    moderator.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    seen.append(moderator.get("/moderacion/prueba/1").text)
    for path in (
        "/",
        "…/aportes",
        "…/aportes/1",
        "…/resultados",
        "…/datos",
        "…/bitacora",
        "…/aportes.atom",
        "…/datos/aportes.csv",
        "…/bitacora.csv",
        "…/datos/gender.csv",
        "…/datos/theme.csv",
    ):
        seen.append(outsider.get(path).text)
    assert "article" not in outsider.get(f"…/aportes?q={NAME}").text
    rounds.work(app, now=datetime.now(UTC))
    captured = capfd.readouterr()
    seen += [captured.out, captured.err, caplog.text]
    assert "Lo que digo" in "".join(seen)
    for canary in (NAME, EMAIL, ADDRESS, AGENT, visitor_with_secrets):
        assert not [text for text in seen if canary in text], canary


def test_a_comment_a_support_and_a_report_name_nobody(
    app: Flask,
    visitor: Visitor,
    database: Database,
    consultation: ConsultationView,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    staff(database, consultation)
    moderator, outsider = Visitor(app), Visitor(app)
    moderator.sign_in()
    admit(database, consultation, "Algo publicado antes", status=Status.PUBLISHED, theme="tema-1")
    visitor.comment(
        "…/aportes/1",
        "Lo que comento sí se puede leer",
        name=NAME,
        email=EMAIL,
        age_group="30-59",
        gender="woman",
        language="quc",
        taking_part_as="citizen",
        department="16",
    )
    folio, line = visitor.folio(), "Lineacanaria"
    comment(database, consultation, "El comentario que se apoya", on=1)
    moderator.post("/moderacion/prueba/2/decidir", {"verdict": "publish", "ordinal": "0"})
    visitor.post("…/aportes/3/yo-tambien", {"folio": folio, "act": "support"})
    page = visitor.get("…/aportes/3/reportar").text
    visitor.post(
        "…/aportes/3/reportar", {"ground": "other", "line": line, "submission": visitor.hidden(page, "submission")}
    )
    desk = [moderator.get(path).text for path in ("/moderacion/prueba", "/moderacion/prueba/2", "/moderacion/prueba/3")]
    assert line in desk[-1]
    public = [
        outsider.get(path).text
        for path in (
            "/",
            "…/aportes",
            "…/aportes/1",
            "…/aportes/2",
            "…/aportes/3",
            "…/aportes/1/comentarios",
            "…/temas/tema-1",
            "…/aportes/3/yo-tambien",
            "…/aportes/3/reportar",
            "…/aportes/1/comentar",
            "…/resultados",
            "…/bitacora",
            "…/bitacora.csv",
            "…/datos/aportes.csv",
            "…/aportes.atom",
            "…/temas/tema-1.atom",
        )
    ]
    rounds.work(app, now=datetime.now(UTC))
    captured = capfd.readouterr()
    public += [captured.out, captured.err, caplog.text]
    assert "Lo que comento" in "".join(public)
    for canary in (NAME, EMAIL, ADDRESS, AGENT, folio):
        assert not [text for text in public + desk if canary in text], canary
    assert not [text for text in public if line in text]
    with database.read.connect() as connection:
        for table in Base.metadata.tables:
            rows = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            for canary, home in ((NAME, "contributors"), (EMAIL, "contributors"), (line, "reports"), (folio, "")):
                assert canary not in rows or table == home, f"{table}: {canary}"
            assert ADDRESS not in rows
            assert AGENT not in rows


def test_no_trait_stands_beside_a_text(
    visitor: Visitor, visitor_with_secrets: str, app: Flask, database: Database, consultation: ConsultationView
) -> None:
    staff(database, consultation)
    moderator = Visitor(app)
    moderator.sign_in()
    moderator.post("/moderacion/prueba/1/abrir")
    desk = moderator.get("/moderacion/prueba/1").text
    moderator.post("/moderacion/prueba/1/decidir", {"verdict": "publish", "ordinal": "0"})
    for page in (desk, visitor.get("…/aportes/1").text, visitor.get("…/datos/aportes.csv").text):
        for trait in ("Mujer", "woman", "30-59", "quc", "citizen", "Ciudadana"):
            assert trait not in page


def test_no_table_but_its_own_holds_a_canary(visitor_with_secrets: str, database: Database) -> None:
    with database.read.connect() as connection:
        for table in Base.metadata.tables:
            rows = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            for canary in (NAME, EMAIL):
                assert canary not in rows or table in HELD_IN, f"{table}: {canary}"
            for canary in (ADDRESS, AGENT):
                assert canary not in rows, f"{table}: {canary}"


def test_the_mail_is_gone_once_delivered(app: Flask, visitor_with_secrets: str, database: Database) -> None:
    rounds.work(app, now=datetime.now(UTC))
    with database.read.connect() as connection:
        rows = repr(connection.execute(text("SELECT * FROM outbox")).all())
    assert visitor_with_secrets not in rows
    assert EMAIL not in rows


def test_who_registered_for_a_forum_shows_at_its_door_alone(
    app: Flask,
    visitor: Visitor,
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    needs, phone, body = "Rampacanaria", "55577713", "Colectivocanario"
    announce(database, consultation, now)
    key = visitor.hidden(visitor.get("…/foros/foro/inscripcion").text, "submission")
    given = {"submission": key, "people": "1", "name-1": NAME, "email": EMAIL, "phone": phone, "needs": needs}
    visitor.post("…/foros/foro/inscripcion", {**given, "organization": body})
    [code] = re.findall(r"<output[^>]*>([0-9A-Z-]{19})<", visitor.get("…/foros/foro/comprobante").text)
    staff(database, consultation)
    moderator, desk, outsider = Visitor(app), coordinator(app, database, consultation), Visitor(app)
    moderator.sign_in()
    door = "/gestion/prueba/foros/foro/puerta"
    moderator.get(door, 403)
    seen = [moderator.get("/moderacion/prueba").text, desk.get(door).text]
    own = "/gestion/prueba/foros"
    seen += [desk.get(path).text for path in ("/gestion/prueba", own, f"{own}/foro", f"{own}/foro/hojas")]
    desk.post(door)
    assert NAME in desk.get(door).text
    assert needs in desk.get(door).text
    for path in (
        "/",
        "…/foros",
        "…/foros/foro",
        "…/foros/foro.ics",
        "…/foros.atom",
        "…/foros/foro/asistencia.csv",
        "…/bitacora",
        "…/bitacora.csv",
        "…/participantes",
    ):
        seen.append(outsider.get(path).text)
    with database.read.connect() as connection:
        for table in Base.metadata.tables:
            rows = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            for canary in (NAME, EMAIL, needs, phone, body):
                assert canary not in rows or table == "registrations", f"{table}: {canary}"
    rounds.work(app, now=datetime.now(UTC))
    with database.read.connect() as connection:
        assert code not in repr(connection.execute(text("SELECT * FROM outbox")).all())
    captured = capfd.readouterr()
    seen += [captured.out, captured.err, caplog.text]
    for canary in (NAME, EMAIL, needs, phone, body, code):
        assert not [page for page in seen if canary in page], canary
    rounds.work(app, now=now + timedelta(days=40))
    with database.read.connect() as connection:
        rows = repr(connection.execute(text("SELECT * FROM registrations")).all())
    for canary in (NAME, EMAIL, needs, phone, body):
        assert canary not in rows
