"""Engines, one session per request, one commit.

Two engines on one database: reading requests use connections that cannot write at all. On SQLite a writing
connection stays outside a transaction until its first writing statement, which begins ``IMMEDIATE``: whoever
waits for the lock has finished validating and hashing. Settings and their reasons: docs/architecture.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from .domain import arrivals, ledger, results
from .domain.dialects import is_postgres
from .domain.errors import AlreadyReceived

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCK_SECONDS, ASK_AGAIN = 5, 0.0005
WAIT, NO_WAIT = "PRAGMA busy_timeout=5000", "PRAGMA busy_timeout=0"
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA secure_delete=ON",
    WAIT,
    "PRAGMA cache_size=-8000",
)
POSTGRES_OPTIONS = (
    "-c timezone=UTC -c synchronous_commit=on -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
)


class Database:
    """The reading and the writing engine of one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.write = _engine(url, read_only=False)
        self.read = _engine(url, read_only=True)
        self._shared: dict[str, Any] = {}

    def session(self, *, read_only: bool = False) -> Session:
        """A new session; ``session.info["snapshots"]`` is the process's memory of consultations by revision."""
        return Session(
            self.read if read_only else self.write,
            expire_on_commit=False,
            autoflush=False,
            info={"snapshots": self._shared},
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session outside a request: committed at the end, rolled back on any error."""
        with self.session() as db:
            yield db
            commit(db)

    def dispose(self) -> None:
        """Close every connection (before a fork, after a test)."""
        self.write.dispose()
        self.read.dispose()


def commit(db: Session) -> None:
    """The one way to commit: pending rows, then the figures that moved, then the ledger, whose lock is the last."""
    try:
        db.flush()
        with _one_trip(db):
            arrivals.write(db)
            results.write(db)
            ledger.write(db)
        db.commit()
    except BaseException:
        undo(db)
        raise


def commit_new(db: Session) -> None:
    """Commit what a key makes unique, before the end of the request, for the answer depends on it: ``AlreadyReceived``
    if the key came before."""
    try:
        commit(db)
    except IntegrityError as error:
        raise AlreadyReceived from error


def write_collected(db: Session) -> None:
    """Put down what was collected, within a transaction that somebody else ends."""
    db.flush()
    arrivals.write(db)
    results.write(db)
    ledger.write(db)


@contextmanager
def _one_trip(db: Session) -> Iterator[None]:
    """On PostgreSQL the statements inside and COMMIT go to the server together: others wait for the locks they take."""
    connection = db.connection() if db.in_transaction() and is_postgres(db) else None
    if connection is None:
        yield
        return
    driver: Any = connection.connection.driver_connection
    dialect: Any = connection.dialect
    try:
        with driver.pipeline():
            yield
            driver.commit()
    except dialect.dbapi.Error as error:
        raise DBAPIError.instance("COMMIT", None, error, dialect.dbapi.Error, dialect=dialect) from error


def undo(db: Session) -> None:
    """Roll back, and drop the arrival, figures and entries that were collected for what is undone."""
    db.rollback()
    arrivals.forget(db)
    results.forget(db)
    ledger.forget(db)


def writable(database: Database) -> bool:
    """Whether the database would take a write now; nothing is written."""
    try:
        with database.write.connect() as connection:
            if database.write.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.rollback()
                return True
            return connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
    except SQLAlchemyError:
        return False


def init_app(app: Flask, database: Database) -> None:
    """Give every request its session and close it afterwards."""
    app.extensions["database"] = database

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        db = g.pop("db", None)
        if db is not None:
            db.close()


def database() -> Database:
    """The application's database."""
    found: Database = current_app.extensions["database"]
    return found


def session() -> Session:
    """The session of this request; one that cannot write unless the method is unsafe."""
    if "db" not in g:
        g.db = database().session(read_only=request.method in SAFE_METHODS)
    found: Session = g.db
    return found


def finish(status: int) -> None:
    """End the request's transaction: an unsafe method that answered below 400 commits, all else rolls back."""
    db: Session | None = g.get("db")
    if db is None:
        return
    if request.method not in SAFE_METHODS and status < 400:
        commit(db)
    else:
        undo(db)


def _engine(url: str, *, read_only: bool) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS}, pool_size=8, max_overflow=8)
        _sqlite_rules(engine, read_only=read_only)
        return engine
    options = POSTGRES_OPTIONS + (" -c default_transaction_read_only=on" if read_only else "")
    return create_engine(
        url,
        connect_args={"options": options},
        pool_size=8,
        max_overflow=8,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
    )


def _sqlite_rules(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    if read_only:

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.connection.cursor().execute("BEGIN")

        return

    turn = Lock()

    @event.listens_for(engine, "before_cursor_execute")
    def first_write(connection: Connection, cursor: sqlite3.Cursor, statement: str, *_rest: object) -> None:
        if not cursor.connection.in_transaction and not statement.lstrip().startswith(("SELECT", "PRAGMA", "BEGIN")):
            _begin(cursor, turn)


def _begin(cursor: sqlite3.Cursor, turn: Lock) -> None:
    """Take the lock of the database, or fail as SQLite would after five seconds.

    SQLite's own waiting sleeps longer the longer one waits, up to a tenth of a second in which nobody may hold it:
    under a crowd a third of the time went by idle. So one thread of a process asks again and again, the others queue.
    """
    until = monotonic() + LOCK_SECONDS
    if not turn.acquire(timeout=LOCK_SECONDS):
        raise sqlite3.OperationalError("database is locked")
    try:
        cursor.execute(NO_WAIT)
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
                sleep(ASK_AGAIN)
    finally:
        cursor.execute(WAIT)
        turn.release()
