"""Giving an opinion: one page, one receipt."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from consulta.database import transactions
from consulta.documents import qr
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import opinions
from consulta.domain.contributions import submission as contribution_submission
from consulta.domain.errors import AlreadyReceived, NotFound
from consulta.domain.texts import BODY_MAX, showable
from consulta.forms.opinions import OpinionForm
from consulta.web import answers, db, form_keys, guards, kept_codes, page_cache
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.web.form_keys import FormKey
from consulta.web.page_cache import CSRF_MARK, SUBMISSION_MARK
from consulta.words.i18n import language

bp = Blueprint("opinions", __name__)


@bp.get("/consultas/<slug>/opinar")
@allow(anyone)
def form(slug: str) -> Response:
    """The empty form, or when it opens. The page is kept; only the two keys are each visitor's own."""
    current = guards.find(slug)
    if not current.view.window("opinion", now()).open:
        return _closed(current.view, 200)
    values = {"theme": request.args.get("theme", "")}
    page = page_cache.template_of(current, lambda: _rendered(current.view, values, {}, SUBMISSION_MARK, CSRF_MARK))
    response = make_response(page_cache.with_token(page.replace(SUBMISSION_MARK, form_keys.new())))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/consultas/<slug>/opinar")
@allow(anyone)
def submit(slug: str) -> Response | BaseResponse:
    """Take an opinion; the answer is a redirect to the receipt, sent only after the commit."""
    consultation = guards.find(slug).view
    if not consultation.window("opinion", now()).open:
        return _closed(consultation, 410)
    given = OpinionForm(consultation)
    brought = form_keys.sent()
    valid = given.validate_on_submit()
    if "redraw" in request.form or not brought.issued or not valid:
        return _again(consultation, given, brought)
    try:
        folio = opinions.send(
            db.session(),
            consultation=consultation,
            given=given.given(),
            submission=brought.key,
            held_cause=form_keys.held_cause(consultation, bool(given.website.data), brought),
            language=language(),
            now=now(),
        )
        form_keys.promise(folio)
        transactions.commit_new(db.session())
    except AlreadyReceived as error:
        answers.refused(error)
        folio = contribution_submission.repeated(db.session(), submission=brought.key, given=given.given()).folio
    kept_codes.keep(folio)
    return redirect(url_for(".receipt", slug=slug), 303)


@bp.get("/consultas/<slug>/comprobante")
@allow(anyone)
def receipt(slug: str) -> Response:
    """The receipts of this browser's last 24 hours, the newest large."""
    consultation = guards.find(slug).view
    found = [contribution_submission.receipt(db.session(), folio) for folio in kept_codes.kept()]
    mine = [one for one in found if one is not None and one.consultation == consultation.slug]
    if not mine:
        raise NotFound(
            "Este navegador ya no guarda ningún comprobante de esta consulta. "
            "Si anotó su código, úselo en «Seguir mi aporte»."
        )
    link = f"{settings().base_url}/seguimiento#{mine[0].folio}"
    page = render_template(
        "contributions/opinions/receipt.html",
        consultation=consultation,
        receipt=mine[0],
        others=mine[1:],
        qr=qr.svg(link),
        link=link,
    )
    return respond_privately(make_response(page))


@bp.post("/consultas/<slug>/comprobante")
@allow(anyone)
def forget(slug: str) -> BaseResponse:
    """The sender wrote the code down: this browser forgets it."""
    kept_codes.forget()
    return redirect(url_for("consultations.home", slug=slug), 303)


def _again(consultation: ConsultationView, given: OpinionForm, brought: FormKey) -> Response:
    """The form with all that was typed: to correct it, to send it with a new key, or in another language."""
    redraw = "redraw" in request.form
    errors: dict[str, Any] = {} if redraw else {name: found[0] for name, found in given.errors.items() if found}
    if not brought.issued and not redraw:
        errors["submission"] = form_keys.expired()
    page = _rendered(consultation, given.values(), errors, brought.again, generate_csrf())
    return make_response(page, 200 if redraw else 422)


def _rendered(
    consultation: ConsultationView, values: dict[str, str], errors: dict[str, Any], submission: str, csrf: str
) -> str:
    window = consultation.window("opinion", now())
    return render_template(
        "contributions/opinions/form.html",
        consultation=consultation,
        values=values,
        errors=errors,
        submission=submission,
        csrf=csrf,
        window=window,
        limit=BODY_MAX,
    )


def _closed(consultation: ConsultationView, status: int) -> Response:
    window = consultation.window("opinion", now())
    kept = showable(request.form.get("body", ""))
    return make_response(
        render_template("contributions/opinions/closed.html", consultation=consultation, window=window, kept=kept),
        status,
    )
