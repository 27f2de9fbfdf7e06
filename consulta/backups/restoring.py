"""Taking a copy back: whole and checked, or not at all. And moving a database from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consulta.config import Settings
from consulta.database import schema, transactions
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.reader import Report
from consulta.domain.authors import after_restore
from consulta.domain.consultations import reading as consultations
from consulta.models.consultations import Consultation
from consulta.models.ledger import Log

from . import copies, register, transfer
from .copies import BackupError


@dataclass(frozen=True)
class Restored:
    """What came of it: the ledger check, how many acts of authors were done again, how far the copy's logs went."""

    reports: list[Report]
    done: int
    places: dict[str, after_restore.Place]


def restore(database: Database, settings: Settings, source: Path, *, now: datetime) -> Restored:
    """Put a copy in the place of what there is, with what authors took back since. ``BackupError``
    (nothing was changed) if it does not fit or does not check."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    plain = settings.instance / ".restaurar"
    try:
        copies.unpack(settings, source, plain)
        with plain.open("rb") as file:
            said, pieces = copies.head(file, source.name)
            _fits(said, database, source.name)
            acts = register.registered(settings)
            if said["dialect"] == "sqlite":
                restored = _sqlite(database, pieces, acts, now)
            else:
                restored = _postgres(database, pieces, said["revision"], acts, now)
        register.rebase(settings, restored.places)
        return restored
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


def check(session: Session) -> list[Report]:
    """The ledger check of every log."""
    slugs = {log: slug for log, slug in session.execute(select(Consultation.log_id, Consultation.slug))}  # noqa: C416
    reports = []
    for log_id in session.execute(select(Log.id).order_by(Log.id)).scalars().all():
        view = consultations.find(session, slugs[log_id]).view if log_id in slugs else None
        reports.append(audit_check.check(session, log_id, consultation=view))
    return reports


def _fits(said: dict[str, Any], database: Database, name: str) -> None:
    if said.get("dialect") != database.write.dialect.name:
        other = said.get("dialect")
        raise BackupError("%(file)s: es de %(dialect)s, y aquí hay otra base de datos", file=name, dialect=other)
    if not schema.known(said.get("revision")):
        raise BackupError("%(file)s: es de una versión más nueva del programa", file=name)


def _sqlite(database: Database, pieces: Iterator[bytes], acts: list[dict[str, Any]], now: datetime) -> Restored:
    """Beside the database, checked there, then in its place; the old one stays as ``….antes``."""
    place = Path(make_url(database.url).database or "")
    fresh = place.with_name(place.name + ".restaurada")
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
        database.dispose()
        if place.exists():
            place.replace(place.with_name(place.name + ".antes"))
        _without_wal(place)
        fresh.replace(place)
        return Restored(reports, done, places)
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
    reports = check(session)
    faults = [fault for report in reports for fault in report.faults]
    if faults:
        raise BackupError("La copia no pasa la revisión de la bitácora; no se cambió nada: %(why)s", why=faults[0])
    return reports


def _without_wal(path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
