"""Both engines of a database, and the one way to commit: rows, figures, ledger, COMMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from consulta.domain.contributions import deferred
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import AlreadyReceived
from consulta.domain.ledger import log as ledger
from consulta.domain.results import tally

from .engines import engine


class InDoubt(OperationalError):
    """The connection was lost after COMMIT went out and before its answer came: nobody knows whether it was kept."""


class Database:
    """The reading and the writing engine of one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.write = engine(url, read_only=False)
        self.read = engine(url, read_only=True)
        self._shared: dict[str, Any] = {}
        self.after_hiding: Callable[[], None] = lambda: None
        """Called once something was taken out of public."""

    def session(self, *, read_only: bool = False) -> Session:
        """A new session; ``session.info["snapshots"]`` is the process's memory of consultations by revision."""
        return Session(
            self.read if read_only else self.write,
            expire_on_commit=False,
            autoflush=False,
            info={"snapshots": self._shared, "after_hiding": self.after_hiding},
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
            deferred.write(db)
            tally.write(db)
            ledger.write(db)
        _commit(db)
    except BaseException:
        undo(db)
        raise
    if db.info.pop("hides", False):
        db.info["after_hiding"]()


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
    deferred.write(db)
    tally.write(db)
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
    asked = False
    try:
        with driver.pipeline():
            yield
            asked = True
            driver.commit()
    except dialect.dbapi.Error as error:
        lost: bool = driver.closed
        if lost:
            connection.invalidate(error)  # it is not asked to roll back
        if lost and asked:
            raise InDoubt("COMMIT", None, error, connection_invalidated=True) from error
        raise DBAPIError.instance(
            "COMMIT", None, error, dialect.dbapi.Error, dialect=dialect, connection_invalidated=lost
        ) from error


def _commit(db: Session) -> None:
    try:
        db.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise InDoubt("COMMIT", None, error.orig or error, connection_invalidated=True) from error
        raise


def undo(db: Session) -> None:
    """Roll back, and drop the arrival, figures and entries that were collected for what is undone."""
    db.info.pop("hides", None)
    db.rollback()
    deferred.forget(db)
    tally.forget(db)
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
