"""The engines: how each database is opened, and what its connections hold to.

On SQLite a writing connection stays outside a transaction until its first writing statement, which begins
``IMMEDIATE``: whoever waits for the lock has finished validating and hashing. Settings and their reasons:
docs/architecture.md.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from .patience import CONNECT_SECONDS

LOCK_SECONDS, ASK_AGAIN = 4, 0.0005
WAIT, NO_WAIT = "PRAGMA busy_timeout=4000", "PRAGMA busy_timeout=0"
POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "pool_timeout": CONNECT_SECONDS}
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
    "-c timezone=UTC -c synchronous_commit=on -c lock_timeout=4s -c idle_in_transaction_session_timeout=60s"
)


def engine(url: str, *, read_only: bool) -> Engine:
    """An engine for one database; ``read_only``: its connections refuse to write."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        made = create_engine(url, connect_args={"timeout": LOCK_SECONDS}, **POOL)
        _sqlite_rules(made, read_only=read_only)
        return made
    return _postgres(url, read_only=read_only)


def _postgres(url: str, *, read_only: bool) -> Engine:
    from consulta.database.postgres import Connection as Waiting
    from consulta.database.postgres import Cursor

    options = POSTGRES_OPTIONS + (" -c default_transaction_read_only=on" if read_only else "")
    made = create_engine(
        url,
        connect_args={"options": options, "cursor_factory": Cursor, "connect_timeout": CONNECT_SECONDS},
        **POOL,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
    )

    @event.listens_for(made, "do_connect")
    def connect(_dialect: object, _record: object, given: list[Any], more: dict[str, Any]) -> Waiting:
        return Waiting.connect(*given, **more)

    return made


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
    """Take the lock of the database, or fail as SQLite would after four seconds.

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
