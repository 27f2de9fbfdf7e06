"""The database is down, hangs, or is lost at the worst moment: pages tell the truth, and nobody stands waiting."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from consulta.database import engines, patience
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.moderation import Decision
from consulta.web import page_cache
from tests.support import contributions, moderation, proposals
from tests.support.audits import sound
from tests.support.cables import Cable
from tests.support.people import staff
from tests.support.visitor import Visitor, fields

ON_POSTGRES = pytest.mark.parametrize("dialect", ["postgresql"])
TEXT = "Mi texto largo que no se puede perder."


@pytest.fixture
def cable(url: str, tmp_path: Path) -> Iterator[Cable]:
    """What stands between the application and the database."""
    made = Cable(url, Path("/tmp") / f"cable-{os.getpid()}-{tmp_path.name[-12:]}")
    yield made
    made.pull()
    made.folder.rmdir()


@pytest.fixture
def far(
    make_app: Callable[..., Flask], cable: Cable, consultation: ConsultationView, monkeypatch: pytest.MonkeyPatch
) -> Visitor:
    """A browser, and an application at the other end of the cable that loses patience soon."""
    monkeypatch.setattr(patience, "SECONDS", 0.8)
    monkeypatch.setattr(page_cache, "AGAIN_SECONDS", 0)
    return Visitor(make_app(database_url=cable.url))


def stored(database: Database) -> list[str]:
    """The texts that the database has."""
    return contributions.stored(database)


@ON_POSTGRES
def test_pages_that_were_read_go_on_saying_of_when_and_others_say_that_they_cannot(far: Visitor, cable: Cable) -> None:
    for path in ("/", "…/cronograma"):
        assert "Datos de las" not in far.get(path).text
    form = far.get("…/opinar").text
    cable.pull()
    for path in ("/", "…/cronograma"):
        shown = far.get(path)
        assert re.search(r"Datos de las \d\d:\d\d\.", shown.text)
        assert "Etag" not in shown.headers
        assert shown.headers["Cache-Control"] == "no-store"
    assert "Ahora no se pudo" in far.get("…/resultados", 503).text
    assert far.client.get("/salud").status_code == 503
    keys = {name: far.hidden(form, name) for name in ("csrf_token", "submission")}
    refused = far.post("…/opinar", {**keys, "body": TEXT}, 503)
    assert "No se guardó nada" in refused.text
    assert TEXT in refused.text
    assert far.get("/static/style.css").status_code == 200
    cable.up()
    assert "Datos de las" not in far.get("/").text
    assert far.post("…/opinar", {**keys, "body": TEXT}).status_code == 303


@ON_POSTGRES
def test_after_a_quarter_of_an_hour_nothing_old_is_shown(far: Visitor, cable: Cable) -> None:
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        far.get("/")
        cable.pull()
        clock.shift(14 * 60)
        far.get("/")
        clock.shift(90)
        far.get("/", 503)


@ON_POSTGRES
def test_a_database_that_hangs_is_given_up(far: Visitor, cable: Cable, database: Database) -> None:
    far.get("/")
    form = far.get("…/opinar").text
    cable.hold()
    assert "Datos de las" in far.get("/").text
    far.get("…/resultados", 503)
    assert far.client.get("/salud").status_code == 503
    keys = {name: far.hidden(form, name) for name in ("csrf_token", "submission")}
    assert TEXT in far.post("…/opinar", {**keys, "body": TEXT}, 503).text
    cable.let_go()
    assert "Datos de las" not in far.get("/").text
    assert far.post("…/opinar", {**keys, "body": TEXT}).status_code == 303
    assert stored(database) == [TEXT]


def test_a_page_that_says_so_comes_within_five_seconds() -> None:
    """The longest of all waits of one request, for each stops at the first that is in vain."""
    assert max(patience.SECONDS, patience.CONNECT_SECONDS, engines.LOCK_SECONDS, engines.POOL["pool_timeout"]) < 5


@ON_POSTGRES
def test_whoever_failed_a_moment_ago_is_not_asked_by_everybody(
    far: Visitor, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "AGAIN_SECONDS", 3600)
    monkeypatch.setattr(patience, "SECONDS", 3600)
    far.get("/")
    cable.pull()
    assert "Datos de las" in far.get("/").text
    cable.up()
    cable.hold()  # whoever asked would wait for an hour
    assert "Datos de las" in far.get("/").text
    cable.let_go()


@ON_POSTGRES
@pytest.mark.parametrize(("moment", "there"), [("unsent", False), ("lost", True), ("held", True)])
def test_a_connection_lost_at_commit_says_that_nobody_knows_and_how_to_find_out(
    far: Visitor, cable: Cable, database: Database, consultation: ConsultationView, moment: str, there: bool
) -> None:
    form = far.get("…/opinar").text
    keys = {name: far.hidden(form, name) for name in ("csrf_token", "submission")}
    cable.at_commit = moment
    doubt = far.post("…/opinar", {**keys, "body": TEXT}, 503)
    cable.let_go()
    folio = codes.folio_of(keys["submission"].split(".")[0])
    assert "No sabemos si se guardó" in doubt.text
    assert "No se guardó nada" not in doubt.text
    assert f'<strong class="folio">{folio}</strong>' in doubt.text
    assert TEXT in doubt.text
    far.follow(folio, 200 if there else 404)
    assert stored(database) == ([TEXT] if there else [])
    sent_again = fields(doubt.text)
    assert sent_again["submission"] == keys["submission"]
    far.post("…/opinar", sent_again)
    assert stored(database) == [TEXT]
    assert far.folio() == folio
    sound(database)


@ON_POSTGRES
@pytest.mark.parametrize(("moment", "there"), [("unsent", False), ("lost", True)])
def test_a_decision_in_doubt_is_looked_up_at_the_desk(
    far: Visitor, cable: Cable, database: Database, consultation: ConsultationView, moment: str, there: bool
) -> None:
    staff(database, consultation)
    contributions.submit(database, consultation)
    far.sign_in()
    far.get("/moderacion/prueba/1")
    given = {"verdict": "publish", "ordinal": "0"}
    cable.at_commit = moment
    doubt = far.post("/moderacion/prueba/1/decidir", given, 503)
    assert "No sabemos si se guardó" in doubt.text
    assert "mire si está" in doubt.text
    assert 'class="folio"' not in doubt.text
    with database.session(read_only=True) as db:
        assert db.query(Decision).count() == int(there)
    far.post("/moderacion/prueba/1/decidir", given, 409 if there else 303)
    with database.session(read_only=True) as db:
        assert db.query(Decision).count() == 1
    sound(database)


@ON_POSTGRES
def test_whoever_is_signed_in_sees_them_too(
    far: Visitor, cable: Cable, database: Database, consultation: ConsultationView
) -> None:
    staff(database, consultation)
    far.sign_in()
    far.get("/")
    cable.pull()
    assert "Datos de las" in far.get("/").text


@ON_POSTGRES
@pytest.mark.parametrize("act", ["withdraw", "erase", "remove-name"])
def test_what_its_author_took_out_of_public_is_not_shown_again(
    far: Visitor, cable: Cable, database: Database, consultation: ConsultationView, act: str
) -> None:
    contributions.submit(database, consultation, TEXT, "k", name="Eva Secreta", publish_name=True)
    moderation.decide(database, consultation, staff(database, consultation))
    assert "Eva Secreta" in far.get("…/aportes").text
    far.follow(codes.folio_of("k"), 200, act=act, sure="1")
    cable.pull()
    far.get("…/aportes", 503)


@ON_POSTGRES
def test_a_file_that_is_being_read_is_given_up(far: Visitor, cable: Cable) -> None:
    file = far.client.get("/consultas/prueba/bitacora.csv")
    cable.hold()
    with pytest.raises(OperationalError):
        file.get_data()
    cable.let_go()


@ON_POSTGRES
def test_feeds_are_not_given_old_without_a_word(far: Visitor, cable: Cable) -> None:
    far.get("…/aportes.atom")
    cable.pull()
    assert far.client.get("/consultas/prueba/aportes.atom").status_code == 503


@ON_POSTGRES
def test_a_proposal_in_doubt_is_looked_up_with_the_code_of_its_draft(
    far: Visitor, cable: Cable, database: Database, now: datetime
) -> None:
    proposals.load(database, proposals.open_for_proposals(slug="propone"), now)
    far.slug = "propone"
    draft = proposals.written(far)
    cable.at_commit = "lost"
    doubt = proposals.send(far, draft, 503)
    found = re.search(r'<strong class="folio">([^<]+)</strong>', doubt)
    assert found
    assert "Compras de medicinas" in far.follow(found[1]).text


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_file_that_cannot_be_opened_is_as_a_server_that_is_down(
    visitor: Visitor, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "AGAIN_SECONDS", 0)
    visitor.get("/")
    database.dispose()
    away = tmp_path / "away"
    away.mkdir()
    for path in tmp_path.glob("consulta.db*"):
        path.rename(away / path.name)
    (tmp_path / "consulta.db").mkdir()
    assert "Datos de las" in visitor.get("/").text
    visitor.get("…/resultados", 503)
    assert visitor.client.get("/salud").status_code == 503
    (tmp_path / "consulta.db").rmdir()
    for path in away.iterdir():
        path.rename(tmp_path / path.name)
    assert "Datos de las" not in visitor.get("/").text
