"""The floor: a bare Flask application under the same server, database and durability. ``FLOOR_DATABASE`` names it.

One indexed query of 20 rows with bodies in one Jinja template; one form POST with session and CSRF that inserts one row
in one transaction.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, redirect, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from sqlalchemy import create_engine, event, text
from werkzeug.wrappers import Response

from consulta.database.engines import POSTGRES_OPTIONS, SQLITE_PRAGMAS

PAGE = """<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Floor</title></head><body><ul>
{% for row in rows %}<li><a href="/{{ row.number }}">{{ row.number }}</a> {{ row.body }}</li>{% endfor %}
</ul></body></html>"""
FORM = """<!doctype html><form method="post"><input type="hidden" name="csrf_token" value="{{ token }}">
<textarea name="body"></textarea><button>Enviar</button></form>"""
LIST = text(
    "SELECT c.number, o.body FROM contributions c JOIN opinions o ON o.id = c.id "
    "WHERE c.consultation_id = :id AND c.status = 'published' ORDER BY c.number DESC LIMIT 20"
)

app = Flask(__name__)
app.config["SECRET_KEY"] = "the floor has a secret key of its own"
CSRFProtect(app)
LISTING, FORM_PAGE = app.jinja_env.from_string(PAGE), app.jinja_env.from_string(FORM)
engine = create_engine(
    os.environ["FLOOR_DATABASE"],
    pool_size=8,
    max_overflow=8,
    connect_args={} if os.environ["FLOOR_DATABASE"].startswith("sqlite") else {"options": POSTGRES_OPTIONS},
)
if engine.dialect.name == "sqlite":

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        """The same settings as ours, durability first."""
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)


@app.get("/list")
def listing() -> str:
    """Twenty rows."""
    with engine.connect() as connection:
        rows: Any = connection.execute(LIST, {"id": int(os.environ["FLOOR_CONSULTATION"])}).all()
    return LISTING.render(rows=rows)


@app.get("/form")
def form() -> str:
    """A form with a token."""
    return FORM_PAGE.render(token=generate_csrf())


@app.post("/form")
def take() -> Response:
    """One row in one transaction."""
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO floor (body) VALUES (:body)"), {"body": request.form["body"]})
        connection.commit()
    return redirect("/form", 303)


def prepare() -> None:
    """The one table that the floor writes to."""
    big = "BIGSERIAL" if engine.dialect.name == "postgresql" else "INTEGER"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS floor (id {big} PRIMARY KEY, body TEXT NOT NULL)")
        connection.commit()


prepare()
engine.dispose()
