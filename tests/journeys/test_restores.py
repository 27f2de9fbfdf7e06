"""What authors did is not undone by restoring, however often, and never done to somebody else's contribution."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from consulta import Settings
from consulta.backups import copies, register, restoring
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import rights
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import news
from consulta.models.contributions import Contribution, Erasure
from consulta.models.news import Subscriber
from consulta.worker import rounds
from tests.support.contributions import submit

NOW = datetime.now(UTC)


@pytest.fixture
def keyed(settings: Settings) -> Settings:
    """Settings with a key for copies."""
    return replace(settings, backup_key=copies.new_key())


def statuses(database: Database) -> dict[int, str]:
    """How every contribution stands, by number."""
    base = Contribution.__table__.c
    with database.session(read_only=True) as db:
        return {number: status.value for number, status in db.execute(select(base.number, base.status))}


def sound(database: Database) -> None:
    """The ledger check finds nothing."""
    with database.session(read_only=True) as db:
        assert [r.faults for r in restoring.check(db) if r.faults] == []


def view_of(database: Database) -> ConsultationView:
    """The consultation as it stands after a restore."""
    with database.session(read_only=True) as db:
        return consultations.find(db, "prueba").view


def test_a_second_restore_harms_nobody(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    first, second = tmp_path / "uno.age", tmp_path / "dos.age"
    submit(database, consultation, "La primera de todas", "k1")
    copies.write(database, keyed, first, now=NOW)
    submit(database, consultation, "La segunda, que se borra", "k2")
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("k2"), now=NOW)
    rounds.erase(database, now=NOW + timedelta(hours=80))
    register.register(database, keyed)
    assert restoring.restore(database, keyed, first, now=NOW).done == 0
    view = view_of(database)
    submit(database, view, "Otra persona, con el mismo número", "k3")
    submit(database, view, "Y una más que se retira", "k4")
    copies.write(database, keyed, second, now=NOW)
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k4"), now=NOW)
    register.register(database, keyed)  # the log is still shorter than the one before the restore
    restoring.restore(database, keyed, second, now=NOW)
    assert statuses(database) == {1: "received", 2: "received", 3: "withdrawn"}
    sound(database)


def test_what_was_asked_and_taken_back_stays_so(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    for key in ("before", "after", "both"):
        submit(database, consultation, f"Un texto de {key}", key)
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("before"), now=NOW)
    copies.write(database, keyed, tmp_path / "copia.age", now=NOW)
    with database.transaction() as db:
        rights.take_back_erasure(db, codes.folio_of("before"), now=NOW)
        rights.ask_erasure(db, codes.folio_of("after"), now=NOW)
        rights.ask_erasure(db, codes.folio_of("both"), now=NOW)
        rights.take_back_erasure(db, codes.folio_of("both"), now=NOW)
    register.register(database, keyed)
    for _again in range(2):
        restoring.restore(database, keyed, tmp_path / "copia.age", now=NOW)
        assert statuses(database) == {1: "received", 2: "withdrawn", 3: "received"}
        with database.session(read_only=True) as db:
            assert len(db.execute(select(Erasure.contribution_id)).all()) == 1
        register.register(database, keyed)
    rounds.erase(database, now=NOW + timedelta(hours=80))
    assert statuses(database) == {1: "received", 2: "erased", 3: "received"}
    sound(database)


def test_a_stopped_subscription_does_not_come_back(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "uno.age"
    with database.transaction() as db:
        for email in ("uno@lector.example", "dos@lector.example"):
            news.subscribe(db, consultation, email=email, language="es", now=NOW)
        for key in db.execute(select(Subscriber.key)).scalars().all():
            news.confirm(db, key)
    copies.write(database, keyed, copy, now=NOW)
    with database.transaction() as db:
        first = db.execute(select(Subscriber.key).where(Subscriber.email == "uno@lector.example")).scalar_one()
        news.stop(db, first)
        news.confirm(db, first)  # an old mail's other button gives nothing back
    register.register(database, keyed)
    assert "lector" not in (keyed.backups / copies.REGISTER).read_text()
    with database.session(read_only=True) as db:
        assert db.execute(select(Subscriber.email)).scalars().all() == ["dos@lector.example"]
    assert restoring.restore(database, keyed, copy, now=NOW).done == 1
    with database.session(read_only=True) as db:
        assert db.execute(select(Subscriber.email)).scalars().all() == ["dos@lector.example"]
    sound(database)


def test_a_later_wish_is_not_undone_by_an_older_line(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    submit(database, consultation, "Lo pienso y lo vuelvo a pensar", "k1")
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("k1"), now=NOW)
        rights.take_back_erasure(db, codes.folio_of("k1"), now=NOW)
    register.register(database, keyed)
    restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("k1"), now=NOW)
    register.register(database, keyed)
    copies.write(database, keyed, tmp_path / "dos.age", now=NOW)
    restoring.restore(database, keyed, tmp_path / "dos.age", now=NOW)
    assert statuses(database) == {1: "withdrawn"}
    sound(database)
