"""Reporting a published comment, so that a person looks at it again. No account."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.comments import flags, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading as contributions
from consulta.domain.errors import AlreadyReceived
from consulta.forms.flags import ReportForm, grounds
from consulta.models.comments import Ground
from consulta.web import answers, db, form_keys, guards
from consulta.web.auth import allow, anyone
from consulta.web.context import now

bp = Blueprint("reports", __name__)


@bp.get("/consultas/<slug>/aportes/<int(max=2147483647):number>/reportar")
@allow(anyone)
def form(slug: str, number: int) -> Response:
    """The reasons to choose from; after sending, that somebody will look."""
    return _page(guards.find(slug).view, number, {}, {}, form_keys.new(), 200)


@bp.post("/consultas/<slug>/aportes/<int(max=2147483647):number>/reportar")
@allow(anyone)
def file(slug: str, number: int) -> Response | BaseResponse:
    """Take a report; the comment stays published until a person has decided."""
    consultation, typed = guards.find(slug).view, ReportForm()
    brought, valid = form_keys.sent(), typed.validate_on_submit()
    if not brought.issued or not valid:
        errors = {name: str(found[0]) for name, found in typed.errors.items() if found}
        if not brought.issued:
            errors["submission"] = form_keys.expired()
        return _page(consultation, number, typed.values(), errors, brought.again, 422)
    said = flags.Flag(number, Ground(typed.ground.data), typed.line.data or None)
    held_cause = form_keys.held_cause(consultation, bool(typed.website.data), brought)
    try:
        own = db.session()
        flags.file(own, consultation=consultation, said=said, submission=brought.key, held_cause=held_cause, now=now())
    except AlreadyReceived as error:
        answers.refused(error)
        flags.repeated(db.session(), said=said, submission=brought.key)
    return redirect(url_for(".form", slug=slug, number=number, listo=1), 303)


def _page(
    consultation: ConsultationView,
    number: int,
    values: dict[str, str],
    errors: dict[str, str],
    submission: str,
    status: int,
) -> Response:
    supports.published(db.session(), consultation, number)
    page = render_template(
        "comments/flag.html",
        consultation=consultation,
        found=contributions.one(db.session(), consultation, number),
        values=values,
        errors=errors,
        submission=submission,
        csrf=generate_csrf(),
        grounds=grounds(),
        done="listo" in request.args and not errors,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
