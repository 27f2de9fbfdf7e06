"""Taking a copy back: whole and checked, or not at all. And moving a database from SQLite to PostgreSQL."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consulta.config import Settings
from consulta.database import schema, transactions
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.reader import Report
from consulta.domain.authors import after_restore

from . import copies, in_use, register, transfer
from .copies import BackupError

WAL = ("-wal", "-shm")


@dataclass(frozen=True)
class Restored:
    """What came of it: the ledger check, how many acts of authors were done again, how far the copy's logs went,
    which lines of the register could not be read, and under which name the old database stays."""

    reports: list[Report]
    done: int
    places: dict[str, after_restore.Place]
    unreadable: tuple[str, ...] = ()
    aside: str | None = None


def restore(database: Database, settings: Settings, source: Path, *, now: datetime) -> Restored:
    """Put a copy in the place of what there is, with what authors took back since. ``BackupError``
    (nothing was changed) if it does not fit, does not check, or while the server runs."""
    plain = settings.instance / ".restaurar"
    with in_use.alone(settings):
        restored = _restore(database, settings, source, plain, now)
        register.rebase(settings, restored.places)
        return restored


def _restore(database: Database, settings: Settings, source: Path, plain: Path, now: datetime) -> Restored:
    try:
        copies.unpack(settings, source, plain)
        with plain.open("rb") as file:
            said, pieces = copies.head(file, source.name)
            _fits(said, database, source.name)
            acts, unreadable = register.registered(settings)
            if said["dialect"] == "sqlite":
                restored = _sqlite(database, pieces, acts, now)
            else:
                restored = _postgres(database, pieces, said["revision"], acts, now)
        return replace(restored, unreadable=unreadable)
    finally:
        plain.unlink(missing_ok=True)


def move(source: Database, target: Database) -> list[Report]:
    """Copy everything into an empty database of another kind, and check it there; all or nothing."""
    if target.write.dialect.name != "postgresql":
        raise BackupError("La base de datos de destino debe ser PostgreSQL")
    if schema.status(source)[0] != schema.status(source)[1]:
        raise BackupError("La base de datos de origen no está al día: consulta db upgrade")
    if inspect(target.write).get_table_names():
        raise BackupError("La base de datos de destino no está vacía")
    with target.write.begin() as connection:
        schema.move(connection, "head")
        transfer.copy(source, connection)
        with _session(connection) as own:
            return _checked(own)


def _fits(said: dict[str, Any], database: Database, name: str) -> None:
    if said.get("dialect") != database.write.dialect.name:
        other = said.get("dialect")
        raise BackupError("%(file)s: es de %(dialect)s, y aquí hay otra base de datos", file=name, dialect=other)
    if not schema.known(said.get("revision")):
        raise BackupError("%(file)s: es de una versión más nueva del programa", file=name)


def _sqlite(database: Database, pieces: Iterator[bytes], acts: list[dict[str, Any]], now: datetime) -> Restored:
    """Beside the database, checked there, then in its place; the old one stays, whole, as ``….antes``."""
    place = Path(make_url(database.url).database or "")
    fresh = place.with_name(place.name + in_use.BESIDE)
    made = Database(f"sqlite:///{fresh}")
    try:
        with fresh.open("wb") as out:
            out.writelines(pieces)
        schema.upgrade(made)
        with made.transaction() as session:
            places = after_restore.places(session)
            done = after_restore.apply(session, acts, now=now)
        with made.session(read_only=True) as session:
            reports = _checked(session)
        with made.write.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        made.dispose()
        _synced(fresh)
        database.dispose()
        aside = _set_aside(place)
        fresh.replace(place)
        _synced(place.parent)
        return Restored(reports, done, places, aside=aside)
    except DBAPIError as error:
        raise BackupError("La copia no es una base de datos sana; no se cambió nada") from error
    finally:
        made.dispose()
        fresh.unlink(missing_ok=True)
        _without_wal(fresh)


def _postgres(
    database: Database, pieces: Iterator[bytes], revision: str, acts: list[dict[str, Any]], now: datetime
) -> Restored:
    """In one transaction: everything out, the copy in, checked; only then it holds."""
    try:
        with database.write.begin() as connection:
            if inspect(connection).has_table("alembic_version"):
                schema.move(connection, "base", down=True)
            schema.move(connection, revision)
            transfer.load(connection, pieces)
            schema.move(connection, "head")
            with _session(connection) as session:
                places = after_restore.places(session)
                done = after_restore.apply(session, acts, now=now)
                transactions.write_collected(session)
                return Restored(_checked(session), done, places)
    except ValueError as error:
        raise BackupError("La copia no se entiende; no se cambió nada") from error


@contextmanager
def _session(connection: Connection) -> Iterator[Session]:
    """A session upon a connection whose transaction is the caller's."""
    bound: Engine | Connection = connection
    with Session(bound, expire_on_commit=False, autoflush=False, join_transaction_mode="rollback_only") as session:
        yield session


def _checked(session: Session) -> list[Report]:
    reports = audit_check.check_all(session)
    faults = [fault for report in reports for fault in report.faults]
    if faults:
        raise BackupError("La copia no pasa la revisión de la bitácora; no se cambió nada: %(why)s", why=faults[0])
    return reports


def _set_aside(place: Path) -> str | None:
    """Keep the old database under the first free name, with what its WAL holds; the name. It stays in its place, too,
    until another takes it: whenever this is killed, there is a database."""
    if not place.exists():
        _without_wal(place)
        return None
    aside = _free(place.name + ".antes", place.parent)
    written, kept = (path.with_name(path.name + "-wal") for path in (place, aside))
    if written.exists():
        os.link(written, kept)  # SQLite removes that of a file which it cannot read
    try:
        whole = _closed(place)
    except BackupError:
        kept.unlink(missing_ok=True)
        raise
    os.link(place, aside)
    if whole:
        kept.unlink(missing_ok=True)
    _without_wal(place)
    return aside.name


def _closed(place: Path) -> bool:
    """Take the WAL of a database in; whether it could be, for a damaged one stays as it is. ``BackupError`` while
    anybody has it open."""
    try:
        with closing(sqlite3.connect(place, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError("Otro programa tiene abierta la base de datos: deténgalo y repita") from error
        return False
    except sqlite3.DatabaseError:
        return False
    return True


def _free(name: str, folder: Path) -> Path:
    """``name``, or the first of ``name.2``, ``name.3`` … that nothing bears."""
    numbered = (folder / (name if n == 1 else f"{name}.{n}") for n in itertools.count(1))
    return next(path for path in numbered if not path.exists())


def _synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _without_wal(path: Path) -> None:
    for end in WAL:
        path.with_name(path.name + end).unlink(missing_ok=True)
