"""*A mí también me pasa*: supporting a comment, by account or by the code of a published contribution."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain import codes
from consulta.domain.comments import supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading as contributions
from consulta.domain.errors import Closed, Conflict, DomainError, NotFound
from consulta.domain.texts import showable
from consulta.web import answers, db, guards, kept_codes
from consulta.web.answers import respond_privately
from consulta.web.auth import actor, allow, anyone, person
from consulta.web.context import now, settings
from consulta.words.i18n import gettext

bp = Blueprint("supports", __name__)
DONE = ("apoyado", "quitado")


@bp.get("/consultas/<slug>/aportes/<int(max=2147483647):number>/yo-tambien")
@allow(anyone)
def form(slug: str, number: int) -> Response:
    """Where the code is typed; whoever is signed in only presses a button."""
    return _page(guards.find(slug).view, number, "", None, 200)


@bp.post("/consultas/<slug>/aportes/<int(max=2147483647):number>/yo-tambien")
@allow(anyone)
def support(slug: str, number: int) -> Response | BaseResponse:
    """Give support, or (``act`` is ``take-back``) take it back. A code that does not fit counts as a refused one."""
    consultation, back = guards.find(slug).view, request.form.get("act") == "take-back"
    typed, verb = showable(request.form.get("folio", ""), 100), supports.take_back if back else supports.give
    supports.published(db.session(), consultation, number)
    try:
        who = _who(consultation, number, typed, published=not back)
    except (Conflict, NotFound) as refused:
        return _refused(consultation, number, typed, refused)
    try:
        verb(db.session(), consultation, number, who=who, secret=settings().secret_key, now=now())
    except (Conflict, Closed) as refused:
        return _refused(consultation, number, typed, refused)
    return redirect(url_for(".form", slug=slug, number=number, listo=DONE[back]), 303)


def _who(consultation: ConsultationView, number: int, typed: str, *, published: bool) -> str:
    if person() is not None:
        return supports.by_account(actor().id)
    folio = codes.read_folio(typed)
    supports.check_folio(db.session(), consultation, folio, number=number, published=published)
    return supports.by_folio(folio or "")


def _refused(consultation: ConsultationView, number: int, typed: str, error: DomainError) -> Response:
    refusal, wait = answers.refused(error), None
    said, status = refusal.message, refusal.status
    if isinstance(error, NotFound):
        slow = kept_codes.count_refused()
        if slow is not None:
            said, status, wait = gettext(slow.message), 429, kept_codes.seconds_until(slow)
    response = _page(consultation, number, typed, said, status)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _page(consultation: ConsultationView, number: int, typed: str, error: str | None, status: int) -> Response:
    supports.published(db.session(), consultation, number)
    found = contributions.one(db.session(), consultation, number)
    done = request.args.get("listo") if status == 200 else None
    page = render_template(
        "comments/support.html",
        consultation=consultation,
        found=found,
        typed=typed,
        error=error,
        done=done,
        signed_in=person() is not None,
        open=consultation.window("comment", now()).open,
    )
    return respond_privately(make_response(page, status))
