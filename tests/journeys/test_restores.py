"""What authors did is not undone by restoring, however often, and never done to somebody else's contribution."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from consulta import Settings
from consulta.backups import copies, in_use, register, restoring
from consulta.backups.copies import BackupError
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check as audit_check
from consulta.domain.authors import rights
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import news
from consulta.models.contributions import Contribution, Erasure
from consulta.models.news import Subscriber
from consulta.worker import rounds
from tests.support.clock import NOW
from tests.support.contributions import submit


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
        assert [r.faults for r in audit_check.check_all(db) if r.faults] == []


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


def sqlite_place(database: Database) -> Path:
    """The file of the database; the test is of SQLite alone."""
    if database.write.dialect.name != "sqlite":
        pytest.skip("a file of SQLite")
    return Path(database.url.removeprefix("sqlite:///"))


def numbers(path: Path) -> int:
    """How many contributions are in a file, read as anybody would who finds it."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM contributions").fetchone()[0])


def test_what_a_killed_server_had_not_taken_in_is_in_the_old_database(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    place = sqlite_place(database)
    keyed = replace(keyed, database_url=database.url)
    submit(database, consultation, "La primera de todas", "k1")
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    for n in range(2, 5):
        submit(database, consultation, f"Después de la copia, {n}", f"k{n}")
    killed = {end: place.with_name(place.name + end).read_bytes() for end in ("", "-wal")}
    database.dispose()
    for end, data in killed.items():
        place.with_name(place.name + end).write_bytes(data)
    assert restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW).aside == f"{place.name}.antes"
    assert numbers(place.with_name(place.name + ".antes")) == 4
    assert numbers(place) == 1
    database.dispose()
    assert restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW).aside == f"{place.name}.antes.2"
    assert numbers(place.with_name(place.name + ".antes")) == 4, "the first one stays"
    sound(database)


def test_a_damaged_database_stays_beside_with_its_wal(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    place = sqlite_place(database)
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    database.dispose()
    place.write_bytes(b"spoilt" * 1000)
    place.with_name(place.name + "-wal").write_bytes(b"what was in it")
    restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    assert place.with_name(place.name + ".antes").read_bytes().startswith(b"spoilt")
    assert place.with_name(place.name + ".antes-wal").read_bytes() == b"what was in it"
    sound(database)


@pytest.mark.parametrize("how", ["the lock", "a connection"])
def test_nothing_is_restored_under_a_server_that_runs(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path, how: str
) -> None:
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    submit(database, consultation, "Con su recibo", "k1")
    if how == "the lock":
        with in_use.shared(keyed), in_use.shared(keyed), pytest.raises(BackupError, match="está en marcha"):
            restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    else:
        with closing(sqlite3.connect(sqlite_place(database))) as other:
            other.execute("SELECT count(*) FROM contributions").fetchone()
            with pytest.raises(BackupError, match="tiene abierta"):
                restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    assert statuses(database) == {1: "received"}
    assert not list(keyed.instance.glob("*.antes*"))
    sound(database)
    restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    assert statuses(database) == {}


def test_no_server_begins_while_a_copy_is_restored(keyed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "PAUSE_SECONDS", 0)
    with in_use.alone(keyed), pytest.raises(BackupError, match="restaurando"):
        in_use.share(keyed)
    with in_use.shared(keyed):
        pass


def test_what_killed_processes_left_unencrypted_is_swept(keyed: Settings) -> None:
    place = keyed.instance / "consulta.db"
    keyed = replace(keyed, database_url=f"sqlite:///{place}")
    left = [".restaurar", ".copia-x1.db", "consulta.db.restaurada", "consulta.db.restaurada-wal"]
    kept = ["consulta.db", "consulta.db.antes", "consulta.db.antes.2", "consulta.db-wal"]
    for begin in (in_use.shared, in_use.alone):
        keyed.instance.mkdir(parents=True, exist_ok=True)
        for name in left + kept:
            (keyed.instance / name).write_text("x")
        with begin(keyed):
            assert sorted(p.name for p in keyed.instance.iterdir() if p.name in left + kept) == sorted(kept)
    with in_use.shared(keyed):
        (keyed.instance / left[1]).write_text("a copy that another process is making")
        with in_use.shared(keyed):
            assert (keyed.instance / left[1]).exists()


CUT = [
    (Path(__file__).parents[1] / "data" / "faults" / "autores-linea-cortada.jsonl").read_text(),
    '{"log": "x", "position": 12',
    "\x00\x00\x00\x00",
    "[]",
    '{"act": "subscription:stop"}',
    "ñ",
]


@pytest.mark.parametrize("half", CUT)
def test_half_a_line_of_the_register_stops_no_restore(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path, half: str
) -> None:
    for key in ("k1", "k2"):
        submit(database, consultation, f"Un texto de {key}", key)
    copies.write(database, keyed, tmp_path / "uno.age", now=NOW)
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k1"), now=NOW)
    register.register(database, keyed)
    path = keyed.backups / copies.REGISTER
    whole = path.read_text()
    path.write_bytes(whole.encode() + half.rstrip("\n").encode("latin-1"))
    restored = restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    assert restored.done == 1
    assert restored.unreadable == (f"{copies.REGISTER}, línea 2",)
    assert statuses(database) == {1: "withdrawn", 2: "received"}
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k2"), now=NOW)
    register.register(database, keyed)
    acts, unreadable = register.registered(keyed)
    assert unreadable == ()
    assert path.read_text().startswith(whole)
    assert [act["number"] for act in acts][-1] == 2
    restoring.restore(database, keyed, tmp_path / "uno.age", now=NOW)
    assert statuses(database) == {1: "withdrawn", 2: "withdrawn"}
    sound(database)
