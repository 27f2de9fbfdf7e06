"""What authors did after a copy was made is done again when it is restored, once, and upon nobody else's words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import after_restore, erasure, rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.notifications import news
from consulta.models.contributions import Contributor, Status
from consulta.models.news import Subscriber
from tests.support import moderation
from tests.support.audits import sound
from tests.support.contributions import submit
from tests.support.people import staff

Acts = list[dict[str, Any]]


@pytest.fixture
def dialect() -> str:
    """A copy of SQLite is a file; what is applied again does not depend on the database."""
    return "sqlite"


@pytest.fixture
def view(database: Database, consultation: ConsultationView) -> ConsultationView:
    """Three opinions by three codes, all published."""
    account = staff(database, consultation)
    for n in (1, 2, 3):
        submit(database, consultation, f"Opinión {n}", f"clave {n}", name="Eva", email=f"e{n}@persona.example")
        moderation.decide(database, consultation, account, n)
    return consultation


@pytest.fixture
def copy(database: Database, view: ConsultationView, url: str, tmp_path: Path) -> Iterator[Database]:
    """The database as it stood before the authors acted."""
    with database.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(url.removeprefix("sqlite:///"), tmp_path / "copia.db")
    restored = Database(f"sqlite:///{tmp_path}/copia.db")
    yield restored
    restored.dispose()


def folio(n: int) -> str:
    """The code of an opinion."""
    return codes.folio_of(f"clave {n}")


def register(database: Database, since: dict[str, Any]) -> Acts:
    """What the worker writes down."""
    with database.session(read_only=True) as db:
        return list(after_restore.acts_since(db, since))


def begun(database: Database) -> dict[str, Any]:
    """How far the logs go."""
    with database.session(read_only=True) as db:
        return after_restore.places(db)


def apply(database: Database, acts: Acts, now: datetime) -> int:
    """Do again what is missing."""
    with database.transaction() as db:
        return after_restore.apply(db, acts, now=now)


def states(database: Database, view: ConsultationView) -> list[Status]:
    """How the three stand."""
    with database.session(read_only=True) as db:
        return [status.by_number(db, view, n).status for n in (1, 2, 3)]


def test_acts_are_noted_without_text_or_person(database: Database, view: ConsultationView, now: datetime) -> None:
    since = begun(database)
    with database.transaction() as db:
        rights.withdraw(db, folio(1), now=now)
        rights.remove_name(db, folio(2), now=now)
    acts = register(database, since)
    assert [(one["number"], one["act"]) for one in acts] == [
        (1, "contribution:withdraw"),
        (2, "contributor:remove-name"),
    ]
    assert {key for one in acts for key in one} == {"log", "position", "head", "number", "mark", "act"}
    for private in ("Opinión", "Eva", "persona.example", folio(1)):
        assert private not in str(acts)
    assert register(database, since) == [], "read once"


def test_what_was_done_after_the_copy_is_done_again_once(
    database: Database, copy: Database, view: ConsultationView, now: datetime
) -> None:
    since = begun(database)
    with database.transaction() as db:
        rights.withdraw(db, folio(1), now=now)
        rights.ask_erasure(db, folio(2), now=now)
        rights.remove_name(db, folio(3), now=now)
    with database.transaction() as db:
        erasure.erase(db, now=now + timedelta(days=4))
    acts = register(database, since)
    assert apply(copy, acts, now) == len(acts)
    assert states(copy, view) == states(database, view) == [Status.WITHDRAWN, Status.ERASED, Status.PUBLISHED]
    with copy.session(read_only=True) as db:
        names = list(db.execute(select(Contributor.name).order_by(Contributor.contribution_id)).scalars())
    assert names == ["Eva", None, None]
    sound(copy)
    assert apply(database, acts, now) == 0, "a log that holds them does nothing again"


def test_a_number_that_means_somebody_else_now_is_left_alone(
    database: Database, copy: Database, view: ConsultationView, now: datetime
) -> None:
    since = begun(database)
    submit(database, view, "La cuarta", "clave 4")
    with database.transaction() as db:
        rights.withdraw(db, folio(4), now=now)
    acts = register(database, since)
    submit(copy, view, "Otra cuarta, de otra persona", "otra clave")
    assert apply(copy, acts, now) == 0
    with copy.session(read_only=True) as db:
        assert status.by_number(db, view, 4).status is Status.RECEIVED


def test_erasure_taken_back_is_taken_back_again(
    database: Database, copy: Database, view: ConsultationView, now: datetime
) -> None:
    since = begun(database)
    with database.transaction() as db:
        rights.ask_erasure(db, folio(1), now=now)
    with database.transaction() as db:
        rights.take_back_erasure(db, folio(1), now=now)
    assert apply(copy, register(database, since), now) == 2
    assert states(copy, view)[0] is Status.PUBLISHED
    sound(copy)


def test_a_subscription_that_was_stopped_stays_stopped(
    database: Database, copy: Database, view: ConsultationView, now: datetime
) -> None:
    for one in (database, copy):
        with one.transaction() as db:
            news.subscribe(db, view, email="eva@persona.example", language="es", now=now)
    with copy.session(read_only=True) as db:
        key = db.execute(select(Subscriber.key)).scalar_one()
    acts = after_restore.stops([key])
    assert key not in str(acts)
    assert apply(copy, acts, now) == 1
    assert apply(copy, acts, now) == 0
    with copy.session(read_only=True) as db:
        assert db.execute(select(Subscriber.key)).all() == []


def test_another_log_under_the_same_name_is_read_from_its_beginning(
    database: Database, view: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        rights.withdraw(db, folio(1), now=now)
    since = begun(database)
    for place in since.values():
        place["head"] = "0" * 64
    assert [one["number"] for one in register(database, since)] == [1]
