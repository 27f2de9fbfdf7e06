"""*Por responder*: what waits for the voice of one side of the table."""

from __future__ import annotations

from flask import Blueprint, Response

from consulta.domain.accounts import permissions
from consulta.domain.acts import minutes
from consulta.domain.organizations import verification
from consulta.web import answers, db, guards
from consulta.web.auth import actor, allow, represents_a_sector

bp = Blueprint("voices", __name__, url_prefix="/gestion")


@bp.get("/<slug>/por-responder")
@allow(represents_a_sector)
def listing(slug: str) -> Response:
    """Organisations to verify, and minutes to agree with or not."""
    consultation = guards.find(slug).view
    side = permissions.sector_of(actor(), consultation)
    return answers.private(
        "management/unanswered.html",
        consultation=consultation,
        side=side,
        requests=verification.unanswered(db.session(), consultation, side),
        minutes=minutes.unsigned(db.session(), consultation, side),
    )
