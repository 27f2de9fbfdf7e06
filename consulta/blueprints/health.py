"""What machines ask: does it work?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from consulta import db
from consulta.auth import allow, anyone

bp = Blueprint("health", __name__)


@bp.get("/salud")
@allow(anyone)
def health() -> tuple[Response, int]:
    """200 when the database is writable, else 503."""
    writable = db.writable(db.database())
    return jsonify(status="ok" if writable else "unavailable", database=db.database().write.dialect.name), (
        200 if writable else 503
    )
