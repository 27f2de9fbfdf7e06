"""When the database cannot take it: a page that tells the truth, with the text kept, and nothing half stored."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event, text

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.contributions import stored
from tests.support.visitor import Visitor


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_lock_that_is_not_let_go_answers_503_with_the_text(visitor: Visitor, database: Database) -> None:
    with closing(sqlite3.connect(database.write.url.database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = visitor.give("Un texto que no se pierde", 503)
        assert "Un texto que no se pierde" in answer.text
        assert visitor.client.get("/salud").status_code == 503
    assert stored(database) == []
    answer = visitor.get("/salud").json
    assert answer is not None
    assert (answer["status"], answer["database"]) == ("ok", "sqlite")


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("locked", ["consultations", "tally", "ledger_logs"])
def test_a_locked_table_answers_503_with_the_text(visitor: Visitor, database: Database, locked: str) -> None:
    """The counter is met by a statement, figures and ledger in the one trip that also commits."""
    with database.write.connect() as other:
        other.execute(text(f"LOCK TABLE {locked} IN SHARE ROW EXCLUSIVE MODE"))
        answer = visitor.give("Un texto que no se pierde", 503)
        assert "Un texto que no se pierde" in answer.text
        other.rollback()
    assert stored(database) == []
    visitor.give("Y ahora sí se guarda")
    assert len(stored(database)) == 1


def test_a_commit_that_fails_is_no_receipt(
    visitor: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from consulta.domain.ledger import log as ledger

    def fail(_db: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "write", fail)
        assert "Un texto que se copia" in visitor.give("Un texto que se copia", 500).text
    visitor.get("…/comprobante", 404)
    assert stored(database) == []


def test_an_unsafe_method_that_is_refused_changes_nothing(visitor: Visitor, database: Database) -> None:
    assert visitor.client.put(visitor.path("…/opinar")).status_code in (400, 405)
    visitor.post("…/aportes", {"body": "No por aquí, gracias"}, 405)
    assert stored(database) == []


def test_every_answer_carries_the_policy_and_no_page_an_exception(visitor: Visitor) -> None:
    for path in ("/", "…/opinar", "/nada", "/seguimiento", "/cuenta/entrar", "/static/style.css", "/salud"):
        headers = visitor.client.get(visitor.path(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("trouble", ["PRAGMA query_only=ON", "PRAGMA max_page_count=1"])
def test_a_file_that_cannot_be_written_keeps_the_text(
    visitor: Visitor, database: Database, consultation: ConsultationView, trouble: str
) -> None:
    """Read-only, and a full disk: 503 in words, the text still there, nothing half done."""
    database.dispose()
    event.listen(database.write, "connect", lambda connection, _record: connection.execute(trouble))
    text_, before = "Mi texto largo que no se puede perder. " * 90, 0
    for _ in range(60):  # a full disk still has the free pages of the file
        form = visitor.get("…/opinar").text
        keys = {name: visitor.hidden(form, name) for name in ("csrf_token", "submission")}
        answer = visitor.client.post("/consultas/prueba/opinar", data={**keys, "body": text_})
        if answer.status_code != 303:
            break
        before += 1
    assert answer.status_code == 503
    assert text_.strip() in answer.text
    assert "No se guardó nada" in answer.text
    assert len(stored(database)) == before
    assert visitor.get("…").status_code == 200
