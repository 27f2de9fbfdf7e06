"""Copies made under load, a wiped disk, a restore: nothing acknowledged is missing, nothing erased comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from consulta import Settings
from consulta.backups import copies, register, restoring
from consulta.backups.copies import BackupError
from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check as audit_check
from consulta.domain.authors import rights
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import figures
from consulta.models.contributions import Contribution
from consulta.models.opinions import Opinion
from consulta.worker import rounds
from tests.support.contributions import admit, submit


@pytest.fixture
def keyed(settings: Settings) -> Settings:
    """Settings with a key for copies."""
    return replace(settings, backup_key=copies.new_key())


def wiped(database: Database) -> None:
    """As after a lost disk."""
    database.dispose()
    if database.write.dialect.name == "sqlite":
        path = Path(database.url.removeprefix("sqlite:///"))
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
    else:
        schema.downgrade(database, "base")


def folios(database: Database) -> set[bytes]:
    """The hashes of every code that is stored."""
    with database.session(read_only=True) as db:
        return set(db.execute(select(Contribution.__table__.c.folio_hash)).scalars())


def test_a_copy_under_load_a_wipe_and_a_restore(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    stop, acknowledged = threading.Event(), []

    def people(who: int) -> None:
        n = 0
        while not stop.is_set():
            submit(database, consultation, f"Persona {who}, aporte {n}", f"{who}-{n}")
            acknowledged.append(codes.folio_of(f"{who}-{n}"))
            n += 1

    threads = [threading.Thread(target=people, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    while len(acknowledged) < 30:
        pass
    before = list(acknowledged)
    now = datetime.now(UTC)
    copies.write(database, keyed, tmp_path / "copia.age", now=now)
    stop.set()
    for thread in threads:
        thread.join()
    with database.transaction() as db:
        rights.withdraw(db, before[0], now=now)
        rights.ask_erasure(db, before[1], now=now)
    rounds.erase(database, now=now + timedelta(hours=80))
    register.register(database, keyed)
    wiped(database)
    restored = restoring.restore(database, keyed, tmp_path / "copia.age", now=now)
    assert [r.faults for r in restored.reports if r.faults] == []
    assert restored.done >= 2
    stored = folios(database)
    assert {codes.sha256(folio) for folio in before} <= stored
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        base, opinion = Contribution.__table__.c, Opinion.__table__.c
        hashes = [codes.sha256(folio) for folio in before[:2]]
        query = select(base.folio_hash, base.status).where(base.folio_hash.in_(hashes))
        rows = {r.folio_hash: r.status for r in db.execute(query)}
        assert rows[codes.sha256(before[0])].value == "withdrawn"
        assert rows[codes.sha256(before[1])].value == "erased"
        bodies = select(opinion.body).join(Contribution.__table__, base.id == opinion.id)
        assert db.execute(bodies.where(base.folio_hash == codes.sha256(before[1]))).scalar_one() is None
        assert figures.tally(db, view, today=view.today(now))["balanced"]
    submit(database, view, "Después de restaurar se sigue", "nuevo")
    with database.session(read_only=True) as db:
        assert [r.faults for r in audit_check.check_all(db) if r.faults] == []


def test_a_damaged_or_foreign_copy_changes_nothing(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    admit(database, consultation, "Lo que hay")
    now, good = datetime.now(UTC), tmp_path / "buena.age"
    copies.write(database, keyed, good, now=now)
    data = good.read_bytes()
    before = folios(database)
    spoiled = {
        "cortada": data[: len(data) // 2],
        "cambiada": data[:-200] + bytes([data[-200] ^ 1]) + data[-199:],
        "ajena": b"hola",
        "vacia": b"",
        "otra": b"age-encryption.org/v1\nnada",
    }
    for name, content in spoiled.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BackupError):
            restoring.restore(database, keyed, tmp_path / name, now=now)
    with pytest.raises(BackupError, match="otra clave"):
        restoring.restore(database, replace(keyed, backup_key=copies.new_key()), good, now=now)
    with pytest.raises(BackupError, match="BACKUP_KEY"):
        copies.write(database, replace(keyed, backup_key=""), tmp_path / "sin.age", now=now)
    assert folios(database) == before
    assert not list(keyed.instance.glob(".restaurar*"))
    assert not list(tmp_path.glob("*.restaurada*"))
    with database.session(read_only=True) as db:
        assert consultations.find(db, "prueba").view.slug == "prueba"


def test_a_copy_needs_no_folder_that_somebody_made(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    """With the database elsewhere, the program's own folder may not be there yet."""
    fresh = replace(keyed, instance=tmp_path / "nueva" / "instance")
    admit(database, consultation, "Lo que hay")
    assert copies.write(database, fresh, tmp_path / "copia.age", now=datetime.now(UTC)) > 0
    assert not list(fresh.instance.glob(".copia-*"))


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_full_disk_ends_a_copy_with_one_line(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    """No file may grow beyond 100,000 bytes: as with a full disk, the copy breaks off in its midst."""
    admit(database, consultation, "Lo que hay")
    env = {
        **os.environ,
        "CONSULTA_DATABASE_URL": database.url,
        "CONSULTA_SECRET_KEY": "k" * 40,
        "CONSULTA_INSTANCE": str(tmp_path),
        "CONSULTA_BACKUP_KEY": keyed.backup_key or "",
    }
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    command = [sys.executable, "-c", small + "from consulta.__main__ import main; main()", "backup"]
    target = tmp_path / "copia.age"
    done = subprocess.run([*command, str(target)], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("consulta: copia.age: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.glob("copia.age*")) + list(tmp_path.glob(".copia-*"))


def test_a_copy_that_was_falsified_does_not_pass(
    database: Database, consultation: ConsultationView, keyed: Settings, tmp_path: Path
) -> None:
    """A copy of a database in which somebody changed a text is refused: the ledger check names it."""
    [one] = admit(database, consultation, "Esto dije yo de verdad")
    with database.write.connect() as connection:
        connection.execute(text("UPDATE opinions SET body = 'Esto no lo dije' WHERE id = :id"), {"id": one.id})
        connection.commit()
    copies.write(database, keyed, tmp_path / "falsa.age", now=datetime.now(UTC))
    with pytest.raises(BackupError, match="contribution 1"):
        restoring.restore(database, keyed, tmp_path / "falsa.age", now=datetime.now(UTC))
    assert len(folios(database)) == 1


def test_the_worker_makes_a_copy_a_day_and_keeps_fourteen(
    make_app: Callable[..., Flask], consultation: ConsultationView
) -> None:
    app = make_app(backup_key=copies.new_key())
    folder = app.extensions["settings"].backups
    now = datetime.now(UTC)
    rounds.work(app, now=now)
    rounds.work(app, now=now + timedelta(hours=2))
    assert len(list(folder.glob("consulta-*.age"))) == 1
    last = now
    for day in range(1, 17):
        last = now + timedelta(days=day, minutes=day)
        rounds.work(app, now=last)
    names = sorted(p.name for p in folder.glob("consulta-*.age"))
    assert len(names) == 14
    assert names[-1].startswith(f"consulta-{last:%Y%m%d}")
    answer = app.test_client().get("/salud").json
    assert answer is not None
    assert answer["status"] == "ok"
    assert answer["backup_seconds"] is not None


def test_health_names_what_is_late(app: Flask, database: Database, consultation: ConsultationView) -> None:
    def late() -> Any:
        answer = app.test_client().get("/salud").json
        return answer and answer["late"]

    assert late() == ["worker", "backup"]
    rounds.work(app, now=datetime.now(UTC))
    assert late() == ["backup"]
    submit(database, consultation, email="a@b.example", now=datetime.now(UTC) - timedelta(hours=3))
    assert late() == ["backup", "mail"]


def test_from_sqlite_to_postgresql_in_one_command(
    blank: Callable[[str], str], empty_postgres: str, tmp_path: Path, keyed: Settings
) -> None:
    from tests.support.consultations import a_consultation, load

    shutil.copy(blank("sqlite").removeprefix("sqlite:///"), tmp_path / "origen.db")
    source, target = Database(f"sqlite:///{tmp_path}/origen.db"), Database(empty_postgres)
    now = datetime.now(UTC)
    view = load(source, a_consultation(), now)
    for n in range(120):
        submit(source, view, f"Aporte n.º {n} con ch'e' y ñandú", f"k{n}", department="16")
    with source.transaction() as db:
        rights.withdraw(db, codes.folio_of("k3"), now=now)
    reports = restoring.move(source, target)
    assert [r.faults for r in reports if r.faults] == []
    tallies = []
    for one in (source, target):
        with one.session(read_only=True) as db:
            found = consultations.find(db, "prueba").view
            tallies.append(figures.tally(db, found, today=found.today(now)))
    assert tallies[0] == tallies[1]
    submit(target, found, "Y aquí se sigue", "después")
    with target.session(read_only=True) as db:
        assert [r.faults for r in audit_check.check_all(db) if r.faults] == []
    with pytest.raises(BackupError, match="no está vacía"):
        restoring.move(source, target)
    with pytest.raises(BackupError, match="PostgreSQL"):
        restoring.move(source, Database(f"sqlite:///{tmp_path}/otra.db"))
    for one in (source, target):
        one.dispose()


def test_a_move_that_fails_leaves_the_target_empty(
    blank: Callable[[str], str], empty_postgres: str, tmp_path: Path
) -> None:
    from tests.support.consultations import a_consultation, load

    shutil.copy(blank("sqlite").removeprefix("sqlite:///"), tmp_path / "origen.db")
    source, target = Database(f"sqlite:///{tmp_path}/origen.db"), Database(empty_postgres)
    view = load(source, a_consultation(), datetime.now(UTC))
    [one] = admit(source, view, "Esto dije")
    with source.write.connect() as connection:
        connection.execute(text("UPDATE opinions SET body = 'Otra cosa' WHERE id = :id"), {"id": one.id})
        connection.commit()
    with pytest.raises(BackupError, match="contribution 1"):
        restoring.move(source, target)
    assert inspect(target.write).get_table_names() == []
    for database in (source, target):
        database.dispose()
