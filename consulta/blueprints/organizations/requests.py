"""An organisation asks for its account, sees where it stands, appeals."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid, NotAllowed
from consulta.domain.organizations import members, positions, requests, verification
from consulta.domain.organizations.reading import BodyView
from consulta.forms.fields import Typed
from consulta.forms.organizations import read_representative, read_request
from consulta.web import answers, db, guards, limits
from consulta.web.auth import actor, allow, anyone, signed_in
from consulta.web.context import now
from consulta.words.i18n import gettext, language

from . import bp

WISHES_AN_HOUR = 30
"""From one connection: each writes to an address that somebody typed."""


@bp.get("/consultas/<slug>/solicitud")
@allow(anyone)
def wish(slug: str) -> Response:
    """The form with which an organisation asks for an account; ``entidad``: one that is listed already."""
    consultation = guards.find(slug).view
    listed = requests.listed(db.session(), consultation, request.args.get("entidad"), now=now())
    return _request_page(consultation, {}, {}, 200, listed=listed)


@bp.post("/consultas/<slug>/solicitud")
@allow(anyone)
def ask(slug: str) -> Response:
    """Note the wish and write to the representative; the answer is the same whoever they are."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    if consultation.kind == "record":
        raise NotAllowed("Un registro histórico no recibe solicitudes.")
    listed = requests.listed(db.session(), consultation, typed.data.get("entidad"), now=now())
    requested: dict[str, Any] = read_representative(typed) if listed else read_request(typed, consultation)
    if typed.errors:
        return _request_page(consultation, typed.values(), typed.errors, 422, listed=listed)
    if limits.many_from_here(WISHES_AN_HOUR, "wishes"):
        typed.wrong("email", gettext("Desde esta conexión ya se pidió muchas veces. Inténtelo dentro de una hora."))
        return _request_page(consultation, typed.values(), typed.errors, 429, listed=listed)
    common = {"consultation": consultation, "language": language(), "now": now(), **requested}
    if listed:
        requests.request_listed(db.session(), body=listed, **common)
    else:
        requests.ask(db.session(), **common)
    return _request_page(consultation, {}, {}, 200, sent=True)


@bp.get("/cuenta/organizaciones/<slug>/<body>")
@allow(signed_in)
def own(slug: str, body: str) -> Response:
    """An organisation's own page: its request, its answers, its positions."""
    consultation = guards.find(slug).view
    return _own_page(consultation, members.of_member(db.session(), consultation, body, actor().id), {}, 200)


@bp.post("/cuenta/organizaciones/<slug>/<body>/enviar")
@allow(signed_in)
def send(slug: str, body: str) -> BaseResponse:
    """The representative stands by the request: it is public now."""
    consultation = guards.find(slug).view
    found = members.of_member(db.session(), consultation, body, actor().id)
    requests.send(db.session(), consultation, found, by=guards.by(consultation), now=now())
    flash(gettext("La solicitud quedó enviada y es pública."))
    return redirect(url_for(".own", slug=slug, body=body), 303)


@bp.post("/cuenta/organizaciones/<slug>/<body>/apelar")
@allow(signed_in)
def appeal(slug: str, body: str) -> Response | BaseResponse:
    """Answer a refusal."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    found = members.of_member(db.session(), consultation, body, actor().id)
    try:
        text = typed.text("appeal")
        verification.appeal(db.session(), consultation, found, text=text, by=guards.by(consultation), now=now())
    except Invalid as error:
        refusal = answers.refused(error, field="appeal")
        return _own_page(consultation, found, refusal.errors, refusal.status)
    flash(gettext("La apelación quedó enviada y es pública."))
    return redirect(url_for(".own", slug=slug, body=body), 303)


def _request_page(
    consultation: ConsultationView,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    *,
    listed: BodyView | None = None,
    sent: bool = False,
) -> Response:
    page = render_template(
        "organizations/request.html",
        consultation=consultation,
        values=values,
        errors=errors,
        sent=sent,
        claimed=listed,
        days=verification.WORKING_DAYS,
    )
    return make_response(page, status)


def _own_page(consultation: ConsultationView, body: BodyView, errors: dict[str, str], status: int) -> Response:
    earlier = guards.place("antes")
    said, more = positions.listing(db.session(), consultation, organization=body.slug, before=earlier)
    return answers.private(
        "organizations/own.html",
        status,
        consultation=consultation,
        body=body,
        errors=errors,
        values={"appeal": request.form.get("appeal", "")},
        requested=requests.pending(db.session(), body, actor().id),
        may_speak=body.standing in members.REPRESENTED,
        signs=actor().id in members.signatories(db.session(), body.id),
        verdicts=verification.verdicts(db.session(), consultation, body.id),
        positions=said,
        more_positions=more,
        earlier=earlier,
    )
