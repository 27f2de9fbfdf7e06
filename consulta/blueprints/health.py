"""What machines ask: does it work, and is what it does by itself being done?"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from consulta.database import transactions
from consulta.web import db
from consulta.web import health as web_health
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings

bp = Blueprint("health", __name__)


@bp.get("/salud")
@allow(anyone)
def health() -> tuple[Response, int]:
    """200 when the database is writable, else 503; ages in seconds, ``late`` names what needs somebody."""
    if not transactions.writable(db.database()):
        return jsonify(status="unavailable", database=db.database().write.dialect.name), 503
    try:
        found = web_health.state(db.session(), settings(), now=now())
    except SQLAlchemyError:
        return jsonify(status="unavailable", database=db.database().write.dialect.name), 503
    return jsonify(
        status="ok",
        database=db.database().write.dialect.name,
        worker_seconds=_seconds(found.worker),
        backup_seconds=_seconds(found.backup),
        oldest_mail_seconds=_seconds(found.mail),
        disk_free_mb=found.disk_mb,
        late=list(found.late),
    ), 200


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())
