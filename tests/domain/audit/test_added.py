"""What nobody entered: rows put beside the application are named, and documents whose bytes are others."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, literal, select, text, update

from consulta import reference
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.acts import ActVersion, StoredFile
from consulta.models.base import table_of
from consulta.models.consultations import Reason, Schedule
from consulta.models.forums import ForumVersion
from consulta.models.sheets import SheetVersion
from tests.support.acts import ACT, NOBODY
from tests.support.files import PDF
from tests.support.people import coordinator

RECORD, FILES = "plan-2016-2018", "multipart/form-data"


@pytest.fixture
def record(database: Database) -> ConsultationView:
    """The record of 2016 with its acts, forums and commitments; and a document."""
    reference.load(database, now=datetime.now(UTC))
    with database.session(read_only=True) as db:
        return consultations.find(db, RECORD).view


def faults(database: Database) -> list[str]:
    """What the check of everything names."""
    with database.session(read_only=True) as db:
        return [fault for report in audit_check.check_all(db) for fault in report.faults]


def copied(database: Database, model: Any, **changed: Any) -> None:
    """A plain INSERT of a row like the first one, with another key."""
    table = table_of(model)
    names = [c.name for c in table.c if c.name != "id"]
    values = [literal(changed[name], table.c[name].type) if name in changed else table.c[name] for name in names]
    first = select(*values).order_by(table.c.id).limit(1)
    with database.write.connect() as connection:
        connection.execute(insert(table).from_select(names, first, include_defaults=False))
        connection.commit()


ADDED: dict[str, tuple[Any, dict[str, Any]]] = {
    "schedule/99": (Schedule, {"version": 99}),
    "reason/": (Reason, {"version": 99}),
    "act/": (ActVersion, {"version": 99}),
    "forum/": (ForumVersion, {"version": 99}),
    "commitment/": (SheetVersion, {"version": 99}),
}


def test_rows_that_nobody_published_are_named(database: Database, record: ConsultationView) -> None:
    assert faults(database) == []
    for begins, (model, changed) in ADDED.items():
        copied(database, model, **changed)
        named = [fault for fault in faults(database) if fault.startswith(begins)]
        assert any("no entry says that it was published" in fault for fault in named), begins
    assert len([fault for fault in faults(database) if "no entry says" in fault]) == len(ADDED)


def test_a_consultation_that_vanished_is_named(database: Database, record: ConsultationView) -> None:
    with database.write.connect() as connection:
        connection.execute(text("UPDATE consultations SET published_at = NULL WHERE slug = :slug"), {"slug": RECORD})
        connection.commit()
    assert faults(database) == [f"consulta/{RECORD}: it was published, and is public no longer"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(StoredFile).values(content=PDF + b" "), "its bytes are others"),
        (delete(StoredFile), "it is gone"),
    ],
)
def test_a_document_with_other_bytes_is_named(
    app: Flask, database: Database, consultation: ConsultationView, change: Any, said: str
) -> None:
    act = {**ACT, **NOBODY, "document": (io.BytesIO(PDF), "acta.pdf")}
    coordinator(app, database, consultation).post("/gestion/prueba/actos/nuevo", act, content_type=FILES)
    digest = hashlib.sha256(PDF).hexdigest()
    assert faults(database) == []
    with database.write.connect() as connection:
        without_triggers(database, connection)
        connection.execute(change)
        connection.commit()
        connection.invalidate()
    assert faults(database) == [f"document/{digest}: {said}"]


def without_triggers(database: Database, connection: Any) -> None:
    """As somebody does who owns the database."""
    if database.write.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql("DROP TRIGGER stored_files_no_" + verb)
    else:
        connection.exec_driver_sql("SET session_replication_role = replica")


def test_an_entry_has_an_end(database: Database, consultation: ConsultationView, now: datetime) -> None:
    def noted(letters: int) -> None:
        with database.transaction() as db:
            ledger.note(
                db, consultation, actor=ledger.SYSTEM, action=Action.ACT_PUBLISH, subject="act/x@1",
                payload={"text": "ñ" * letters}, recorded=now,
            )  # fmt: skip

    noted(29_000)
    with pytest.raises(Invalid, match="demasiado largo"):
        noted(30_000)
    with database.session(read_only=True) as db:
        assert max(len(line.text.encode()) for line in ledger.entries(db, consultation.log_id)) <= ledger.MAX_BYTES
