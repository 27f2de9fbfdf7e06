"""One session per request, one commit; reading requests use connections that cannot write at all (``engines.py``)."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from consulta.database import patience, transactions
from consulta.database.transactions import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask, database: Database) -> None:
    """Give every request its session and close it afterwards."""
    app.extensions["database"] = database

    @app.before_request
    def wait_no_longer() -> None:
        patience.limit(patience.SECONDS)

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        db = g.pop("db", None)
        if db is not None:
            db.close()
        patience.limit(None)


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


def let_go() -> None:
    """End what a reading request has open: it goes on to something that takes long."""
    db: Session | None = g.get("db")
    if db is not None and request.method in SAFE_METHODS:
        transactions.undo(db)


def finish(status: int) -> None:
    """End the request's transaction: an unsafe method that answered below 400 commits, all else rolls back."""
    db: Session | None = g.get("db")
    if db is None:
        return
    if request.method not in SAFE_METHODS and status < 400:
        transactions.commit(db)
    else:
        transactions.undo(db)
