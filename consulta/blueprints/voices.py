"""*Por responder*: what waits for the voice of one side of the table."""

from __future__ import annotations

from flask import Blueprint, Response

from consulta import db, pages
from consulta.auth import actor, allow, speaks
from consulta.domain import people, proceedings, verification

bp = Blueprint("voices", __name__, url_prefix="/gestion")


@bp.get("/<slug>/por-responder")
@allow(speaks)
def listing(slug: str) -> Response:
    """Organisations to verify, and minutes to agree with or not."""
    consultation = pages.find(slug).view
    side = people.speaks_for(actor(), consultation)
    return pages.private(
        "voices/listing.html",
        consultation=consultation,
        side=side,
        requests=verification.unanswered(db.session(), consultation, side),
        minutes=proceedings.unsigned(db.session(), consultation, side),
    )
