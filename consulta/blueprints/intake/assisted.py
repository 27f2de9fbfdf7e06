"""*Ingresar un aporte recibido*: what came on paper or by word of mouth."""

from __future__ import annotations

from time import time

from flask import Blueprint, Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import qr
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import submission as contribution_submission
from consulta.domain.errors import AlreadyReceived, Conflict, Invalid, NotFound
from consulta.domain.intake import assisted
from consulta.domain.intake.assisted import Brought
from consulta.domain.texts import OTHER_MAX
from consulta.forms.fields import LINE, Typed
from consulta.models.contributions import Channel
from consulta.web import answers, db, form_keys, guards
from consulta.web.auth import actor, allow, on_a_team
from consulta.web.context import now, settings
from consulta.words.i18n import gettext

bp = Blueprint("intake", __name__, url_prefix="/gestion")
LAST, SHOWN_SECONDS = "entered", 900


@bp.get("/<slug>/ingresar")
@allow(on_a_team)
def form(slug: str) -> Response:
    """The empty form."""
    consultation = _own(slug)
    values = {"channel": Channel.PAPER.value, "received_on": consultation.today(now()).isoformat()}
    return _page(consultation, values | {"submission": form_keys.new()}, {}, 200)


@bp.post("/<slug>/ingresar")
@allow(on_a_team)
def enter(slug: str) -> Response | BaseResponse:
    """Take it in, and show the code for the person."""
    consultation, typed = _own(slug), Typed(request.form)
    brought, key = _brought(consultation, typed), form_keys.sent()
    if not key.issued:
        typed.wrong("submission", form_keys.expired())
        return _page(consultation, typed.values() | {"submission": key.again}, typed.errors, 422)
    if typed.errors:
        return _page(consultation, typed.values(), typed.errors, 422)
    try:
        folio = assisted.enter(
            db.session(), consultation, brought, submission=key.key, by=guards.by(consultation), now=now()
        )
    except Invalid as error:
        refusal = answers.refused(error)
        return _page(consultation, typed.values(), refusal.errors, refusal.status)
    except AlreadyReceived as error:
        answers.refused(error)
        try:
            folio = assisted.repeated(db.session(), brought, submission=key.key)
        except Conflict as other:
            refusal = answers.refused(other, "body")
            return _page(consultation, typed.values(), refusal.errors, refusal.status)
    session[LAST] = [folio, int(time())]
    return redirect(url_for(".receipt", slug=slug), 303)


@bp.get("/<slug>/ingresar/comprobante")
@allow(on_a_team)
def receipt(slug: str) -> Response:
    """The receipt of the last one entered, to print or to dictate; a quarter of an hour long."""
    consultation = _own(slug)
    folio, at = session.get(LAST, ["", 0])
    if time() - at > SHOWN_SECONDS:
        session.pop(LAST, None)
        folio = ""
    found = contribution_submission.receipt(db.session(), folio)
    if found is None or found.consultation != slug:
        raise NotFound("No hay un comprobante por mostrar.")
    link = f"{settings().base_url}/seguimiento#{found.folio}"
    return answers.private("intake/assisted/receipt.html", consultation=consultation, receipt=found, qr=qr.svg(link))


def _brought(consultation: ConsultationView, typed: Typed) -> Brought:
    channel = typed.one_of("channel", [c.value for c in assisted.CHANNELS], missing=gettext("Elija cómo llegó."))
    day = typed.day("received_on", missing=gettext("Escriba el día en que llegó."))
    theme = typed.one_of("theme", [t.slug for t in consultation.themes])
    chosen = {
        name: typed.one_of(name, [c.code for c in consultation.lists.get(name, ())])
        for name in ("department", "taking_part_as", "language")
    }
    return Brought(
        channel=Channel(channel or Channel.PAPER),
        received_on=day or consultation.today(now()),
        body=typed.text("body", limit=OTHER_MAX, missing=gettext("Escriba lo que dijo la persona.")),
        title=typed.text("title", limit=LINE) or None,
        theme=consultation.theme(theme) if theme else None,
        **chosen,
    )


def _own(slug: str) -> ConsultationView:
    consultation = guards.find(slug).view
    assisted.check(actor(), consultation)
    return consultation


def _page(consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    return answers.private("intake/assisted/form.html", status, consultation=consultation, values=values, errors=errors)
