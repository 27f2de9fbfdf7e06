"""Documents over HTTP: set once for each state, known by their tag, and a page for whoever has to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import event

from consulta.config import Settings
from consulta.database.transactions import Database
from consulta.documents import posters, setting
from consulta.documents.setting import Manuscript
from consulta.domain.authors import rights
from consulta.domain.codes import folio_of
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.web import printed
from consulta.web.auth import allow, anyone
from tests.support import drafts, moderation
from tests.support.people import staff
from tests.support.proposals import consultation

__all__ = ["consultation"]
PAGE = "/consultas/prueba/propuestas/{}"


@pytest.fixture
def number(database: Database, consultation: ConsultationView, now: datetime) -> int:
    """A proposal that stands in public."""
    number = drafts.send(database, drafts.written(database, consultation, now), now)
    moderation.decide(database, consultation, staff(database, consultation), number)
    return number


def kept(settings: Settings) -> list[Path]:
    """The documents that are kept."""
    return [path for path in (settings.instance / "made").iterdir() if len(path.name) == 64]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_document_is_set_once_for_each_state(
    app: Flask, settings: Settings, database: Database, number: int, form: str
) -> None:
    client = app.test_client()
    address = f"{PAGE.format(number)}.{form}"
    first = client.get(address)
    assert first.status_code == 200
    assert first.headers["Content-Disposition"] == f'attachment; filename="prueba-propuesta-{number}.{form}"'
    assert first.mimetype == printed.TYPES[form]
    assert first.headers["Cache-Control"] == "no-cache"
    assert len(kept(settings)) == 1
    queries: list[str] = []
    for engine in (database.read, database.write):
        event.listen(engine, "before_cursor_execute", lambda *given: queries.append(given[2]))
    again = client.get(address)
    assert again.data == first.data
    assert len(queries) <= 1, queries
    tag = first.headers["ETag"]
    known = client.get(address, headers={"If-None-Match": tag})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
    assert client.get(address, headers={"Range": "bytes=0-3"}).data == first.data[:4]
    assert client.get(f"{address}?x=1").headers["ETag"] == tag
    assert len(kept(settings)) == 1


def test_what_is_no_longer_public_is_not_given_though_it_is_kept(app: Flask, database: Database, number: int) -> None:
    client = app.test_client()
    address = f"{PAGE.format(number)}.pdf"
    tag = client.get(address).headers["ETag"]
    with database.transaction() as db:
        rights.withdraw(db, folio_of("k"), now=datetime.now(UTC))
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 404


def test_who_has_to_wait_gets_a_page_that_asks_again(app: Flask, number: int) -> None:
    shop = app.extensions["press"]
    shop.patience = 0
    shop.folder.mkdir(parents=True)
    client = app.test_client()
    with setting.held(shop.folder) as ours:
        assert ours
        for language, words in (("es", "se está preparando"), ("en", "is being prepared")):
            busy = client.get(f"{PAGE.format(number)}.pdf?lang={language}")
            assert busy.status_code == 503
            assert busy.headers["Retry-After"] == busy.headers["Refresh"] == "4"
            assert busy.headers["Cache-Control"] == "no-store"
            assert words in busy.text
        assert client.get("/").status_code == 200
    shop.patience = 120
    assert client.get(f"{PAGE.format(number)}.pdf").status_code == 200


def a_view(app: Flask, answer: Callable[[], Response]) -> str:
    """Where an answer of a test's own is shown."""
    app.view_functions["health.health"] = allow(anyone)(answer)
    return "/salud"


def test_what_cannot_be_set_is_said_so_and_asked_for_no_more(app: Flask) -> None:
    app.extensions["press"].patience = 120
    answer = app.test_client().get(a_view(app, lambda: printed.answer(Manuscript("sheets.pdf", "["))))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert "Refresh" not in answer.headers
    assert "no se pudo preparar" in answer.text


def test_sheets_with_codes_are_kept_nowhere(app: Flask, settings: Settings) -> None:
    about = {"call": "Opine", "hint": "", "address": "consulta.example", "closing": "", "demo": "", "language": "es"}
    manuscript = posters.poster(posters.describe(title="Hojas", themes=[], qr=["1"], **about))  # type: ignore[arg-type]
    answer = app.test_client().get(a_view(app, lambda: printed.answer_once(manuscript, "hojas")))
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert kept(settings) == []
