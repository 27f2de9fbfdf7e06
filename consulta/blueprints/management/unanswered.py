"""*Por responder*: what waits for the voice of one side of the table."""

from __future__ import annotations

from flask import Blueprint, Response

from consulta.domain.accounts import team
from consulta.domain.acts import reading as acts
from consulta.domain.organizations import verification
from consulta.web import db, page_cache
from consulta.web.auth import actor, allow, speaks

bp = Blueprint("voices", __name__, url_prefix="/gestion")


@bp.get("/<slug>/por-responder")
@allow(speaks)
def listing(slug: str) -> Response:
    """Organisations to verify, and minutes to agree with or not."""
    consultation = page_cache.find(slug).view
    side = team.speaks_for(actor(), consultation)
    return page_cache.private(
        "voices/listing.html",
        consultation=consultation,
        side=side,
        requests=verification.unanswered(db.session(), consultation, side),
        minutes=acts.unsigned(db.session(), consultation, side),
    )
