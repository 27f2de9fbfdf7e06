"""The other commands: each exits 0 or prints one line and exits 2."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from consulta import reference
from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log
from consulta.domain.results import figures
from tests.support.commands import run
from tests.support.contributions import submit
from tests.support.visitor import Visitor


def test_an_account_is_made_by_a_link_and_never_a_password(app: Flask, visitor: Visitor) -> None:
    made = run(
        app,
        "accounts",
        "create",
        "Rosa@Equipo.example",
        "--role",
        "moderator",
        "--consultation",
        "prueba",
        "--theme",
        "A,tema-2",
        "--sector",
        "cso",
    )
    assert made.exit_code == 0
    token = re.search(r"/cuenta/clave/(\S+)", made.output)
    assert token
    visitor.post(f"/cuenta/clave/{token[1]}", {"password": "una frase bastante larga"})
    visitor.sign_in("rosa@equipo.example", "una frase bastante larga")
    assert "sociedad-civil-" in visitor.get("…/bitacora").text
    assert "rosa@" not in visitor.get("…/bitacora").text


@pytest.mark.parametrize(
    "arguments",
    [
        ("accounts", "create", "no es correo", "--role", "admin"),
        ("accounts", "create", "a@equipo.example", "--role", "moderator"),
        ("accounts", "create", "a@equipo.example", "--role", "moderator", "--consultation", "nada"),
        ("accounts", "create", "a@equipo.example", "--role", "moderator", "--consultation", "prueba", "--theme", "Z"),
        ("tally", "nada"),
        ("ledger", "check", "nada"),
        ("ledger", "check", "prueba", "--head", "zz"),
    ],
)
def test_a_refusal_is_one_line_and_2(app: Flask, consultation: ConsultationView, arguments: tuple[str, ...]) -> None:
    result = run(app, *arguments)
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


def test_the_ledger_check_passes_and_names_what_was_changed(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    submit(database, consultation)
    good = run(app, "ledger", "check")
    assert good.exit_code == 0
    assert "ok" in good.output
    with database.session(read_only=True) as db:
        head = log.head(db, consultation.log_id).hash
    assert run(app, "ledger", "check", "prueba", "--head", head).exit_code == 0
    assert run(app, "ledger", "check", "prueba", "--head", "ab" * 32).exit_code == 2
    with database.write.connect() as connection:
        connection.execute(text("UPDATE opinions SET body = 'otra cosa'"))
        connection.commit()
    bad = run(app, "ledger", "check", "prueba")
    assert bad.exit_code == 2
    assert "contribution 1: body is not what arrived" in bad.output


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_the_tally_has_three_forms(app: Flask, database: Database, consultation: ConsultationView, form: str) -> None:
    submit(database, consultation)
    result = run(app, "tally", "prueba", "--format", form, "--as-of", datetime.now(UTC).date().isoformat())
    assert result.exit_code == 0
    assert "received" in result.output


def test_both_consultations_ship_and_load_once(app: Flask, database: Database) -> None:
    assert "demostracion: cargada" in run(app, "demo", "load").output
    assert "demostracion: estaba" in run(app, "demo", "load").output
    assert run(app, "ledger", "check").exit_code == 0
    with database.session(read_only=True) as db:
        record = consultations.find(db, "plan-2016-2018").view
        demo = consultations.find(db, "demostracion").view
        assert len(record.stages) == 21
        assert figures.live(db, record).received == 0
        said = reference.read("demostracion")
        arrived = sum(len(said[kind]) for kind in ("contributions", "comments", "proposals"))
        assert figures.live(db, demo).received == arrived
        assert len(demo.texts["privacy_note"]["es"].split()) <= 60
        assert [t.slug for t in record.themes] == [t.slug for t in demo.themes]


def test_the_demonstration_starts_again_when_its_stage_is_over(app: Flask, database: Database) -> None:
    run(app, "demo", "load")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=40)):
        assert "demostracion: cronograma renovado" in run(app, "demo", "load").output
        with database.session(read_only=True) as db:
            view = consultations.find(db, "demostracion").view
            assert view.schedule_version == 2
            assert view.window("opinion", datetime.now(UTC)).open
        assert "Versiones anteriores" in Visitor(app, "demostracion").get("…/cronograma").text
        assert run(app, "ledger", "check").exit_code == 0


def test_the_shipped_files_hold_no_address_of_a_person() -> None:
    for name in (reference.RECORD, reference.DEMONSTRATION):
        found = re.findall(r"[\w.]+@[\w.]+", (reference.FOLDER / f"{name}.json").read_text("utf-8"))
        assert all(address.endswith(".example") for address in found)


def test_the_worker_runs_once(app: Flask, consultation: ConsultationView) -> None:
    assert run(app, "worker", "--once").output == "ok: 0\n"


def test_the_database_says_where_it_is(app: Flask) -> None:
    newest = sorted(path.name[:4] for path in (schema.MIGRATIONS / "versions").glob("0*.py"))[-1]
    assert f"{newest} de {newest}" in run(app, "db", "status").output
    assert run(app, "db", "upgrade").exit_code == 0
