"""Bodies that take part: the public list, asking for an account, an organisation's own page, verification, the desk."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import team
from consulta.domain.acts import reading as acts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.organizations import positions, verification
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations import requests as organization_requests
from consulta.domain.organizations.reading import BodyView
from consulta.forms.fields import Typed, new_key
from consulta.forms.organizations import read_body, read_claim, read_wish, show_body
from consulta.web import auth, db, page_cache
from consulta.web.auth import actor, allow, anyone, coordinates, now, signed_in, speaks
from consulta.words.i18n import gettext, language

bp = Blueprint("organizations", __name__)
WISHES_AN_HOUR = 30
"""From one connection: each writes to an address that somebody typed."""


@bp.get("/consultas/<slug>/participantes")
@allow(anyone)
@page_cache.public_page
def listing(consultation: ConsultationView) -> str:
    """Who takes part, by sector and capacity; who reviews; requests and their answers; positions."""
    sector, capacity = request.args.get("sector") or None, request.args.get("capacity") or None
    bodies, more = organizations.page(
        db.session(), consultation, sector=sector, capacity=capacity, after=request.args.get("after") or None
    )
    asking = organizations.asking(db.session(), consultation)
    reviewers = team.moderators(db.session(), consultation)
    nominating, earlier = [one.organization for one in reviewers if one.organization], page_cache.place("antes")
    said, more_said = positions.listing(db.session(), consultation, before=earlier)
    return render_template(
        "organizations/listing.html",
        consultation=consultation,
        bodies=bodies,
        more=more,
        sector=sector,
        capacity=capacity,
        counts=organizations.counts(db.session(), consultation),
        asking=asking,
        capacities=organizations.CAPACITIES,
        moderators=reviewers,
        names=organizations.names(db.session(), consultation, nominating) if nominating else {},
        positions=said,
        more_positions=more_said,
        earlier=earlier,
    )


@bp.get("/consultas/<slug>/participantes/<body>")
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, body: str) -> str:
    """One body: its names, where it took part, its positions, how it came to be verified."""
    found, earlier = organizations.one(db.session(), consultation, body), page_cache.place("antes")
    said, more = positions.listing(db.session(), consultation, organization=body, before=earlier)
    return render_template(
        "organizations/one.html",
        consultation=consultation,
        body=found,
        positions=said,
        more_positions=more,
        earlier=earlier,
        acts=acts.of_body(db.session(), consultation, body),
        claimable=found.claimable(consultation.today(now())),
        verdicts=verification.verdicts(db.session(), consultation, found.id),
    )


@bp.get("/consultas/<slug>/solicitud")
@allow(anyone)
def wish(slug: str) -> Response:
    """The form with which an organisation asks for an account; ``entidad``: one that is listed already."""
    consultation = page_cache.find(slug).view
    listed = organization_requests.claimable(db.session(), consultation, request.args.get("entidad"), now=now())
    return _wish_page(consultation, {}, {}, 200, listed=listed)


@bp.post("/consultas/<slug>/solicitud")
@allow(anyone)
def ask(slug: str) -> Response:
    """Note the wish and write to the representative; the answer is the same whoever they are."""
    consultation, typed = page_cache.find(slug).view, Typed(request.form)
    if consultation.kind == "record":
        raise NotAllowed("Un registro histórico no recibe solicitudes.")
    listed = organization_requests.claimable(db.session(), consultation, typed.data.get("entidad"), now=now())
    wished: dict[str, Any] = read_claim(typed) if listed else read_wish(typed, consultation)
    if typed.errors:
        return _wish_page(consultation, typed.values(), typed.errors, 422, listed=listed)
    if auth.many_from_here(WISHES_AN_HOUR):
        typed.wrong("email", gettext("Desde esta conexión ya se pidió muchas veces. Inténtelo dentro de una hora."))
        return _wish_page(consultation, typed.values(), typed.errors, 429, listed=listed)
    common = {"consultation": consultation, "language": language(), "now": now(), **wished}
    if listed:
        organization_requests.claim(db.session(), body=listed, **common)
    else:
        organization_requests.ask(db.session(), **common)
    return _wish_page(consultation, {}, {}, 200, sent=True)


@bp.get("/cuenta/organizaciones/<slug>/<body>")
@allow(signed_in)
def own(slug: str, body: str) -> Response:
    """An organisation's own page: its request, its answers, its positions."""
    consultation = page_cache.find(slug).view
    return _own_page(consultation, organizations.of_member(db.session(), consultation, body, actor().id), {}, 200)


@bp.post("/cuenta/organizaciones/<slug>/<body>/enviar")
@allow(signed_in)
def send(slug: str, body: str) -> BaseResponse:
    """The representative stands by the request: it is public now."""
    consultation = page_cache.find(slug).view
    found = organizations.of_member(db.session(), consultation, body, actor().id)
    organization_requests.send(db.session(), consultation, found, account_id=actor().id, now=now())
    flash(gettext("La solicitud quedó enviada y es pública."))
    return redirect(url_for(".own", slug=slug, body=body), 303)


@bp.post("/cuenta/organizaciones/<slug>/<body>/apelar")
@allow(signed_in)
def appeal(slug: str, body: str) -> Response | BaseResponse:
    """Answer a refusal."""
    consultation, typed = page_cache.find(slug).view, Typed(request.form)
    found = organizations.of_member(db.session(), consultation, body, actor().id)
    try:
        text = typed.text("appeal")
        verification.appeal(db.session(), consultation, found, text=text, account_id=actor().id, now=now())
    except Invalid as error:
        db.undo(db.session())
        return _own_page(consultation, found, {"appeal": gettext(error.message)}, 422)
    flash(gettext("La apelación quedó enviada y es pública."))
    return redirect(url_for(".own", slug=slug, body=body), 303)


@bp.get("/gestion/<slug>/solicitudes/<body>")
@allow(speaks)
def verify(slug: str, body: str) -> Response:
    """A request, for one person of each sector to look at."""
    consultation = page_cache.find(slug).view
    return _verify_page(consultation, organizations.one(db.session(), consultation, body), {}, {}, 200)


@bp.post("/gestion/<slug>/solicitudes/<body>")
@allow(speaks)
def decide(slug: str, body: str) -> Response | BaseResponse:
    """Yes, or no with a public reason."""
    consultation, typed = page_cache.find(slug).view, Typed(request.form)
    found = organizations.one(db.session(), consultation, body)
    verdict = typed.one_of("verdict", ("accept", "refuse"), missing=gettext("Elija sí o no."))
    reason = typed.text("reason", most=2000)
    if typed.errors:
        return _verify_page(consultation, found, typed.values(), typed.errors, 422)
    try:
        verification.decide(
            db.session(),
            consultation,
            found,
            sector=team.speaks_for(actor(), consultation),
            account_id=actor().id,
            accepts=verdict == "accept",
            reason=reason or None,
            now=now(),
        )
    except (Invalid, Conflict) as error:
        db.undo(db.session())
        status, problems = 409 if isinstance(error, Conflict) else 422, {"reason": gettext(error.message)}
        return _verify_page(consultation, found, typed.values(), problems, status)
    flash(gettext("Su respuesta quedó guardada y es pública."))
    return redirect(url_for(".one", slug=slug, body=body), 303)


@bp.get("/gestion/<slug>/participantes")
@allow(coordinates)
def desk(slug: str) -> Response:
    """The list with the short names, to change it."""
    consultation = page_cache.coordinated(slug)
    bodies, more = organizations.page(db.session(), consultation, after=request.args.get("after") or None)
    return page_cache.private("organizations/desk.html", consultation=consultation, bodies=bodies, more=more)


@bp.get("/gestion/<slug>/participantes/<body>")
@allow(coordinates)
def edit(slug: str, body: str) -> Response:
    """A body on the list, or a new one (``nueva``)."""
    consultation = page_cache.changeable(slug)
    known = None if body == "nueva" else organizations.one(db.session(), consultation, body)
    return _edit_page(consultation, known, show_body(known) if known else {}, {}, 200)


@bp.post("/gestion/<slug>/participantes/<body>")
@allow(coordinates)
def enlist(slug: str, body: str) -> Response | BaseResponse:
    """Put a body on the list, or say anew what it is."""
    consultation, typed = page_cache.changeable(slug), Typed(request.form)
    known = None if body == "nueva" else organizations.one(db.session(), consultation, body)
    listed = read_body(typed, consultation, known.slug if known else _slug(consultation, typed))
    if typed.errors:
        return _edit_page(consultation, known, typed.values(), typed.errors, 422)
    try:
        organizations.enlist(
            db.session(),
            consultation,
            listed,
            new=known is None,
            actor=page_cache.pseudonym(consultation),
            now=now(),
            keep_contact=known is not None and not typed.flag("contact"),
            seen=typed.text("seen", most=16) or None,
        )
    except (Invalid, Conflict) as error:
        db.undo(db.session())
        problems = {getattr(error, "field", "") or "name_es": gettext(error.message, **error.values)}
        status = 409 if isinstance(error, Conflict) else 422
        again = organizations.one(db.session(), consultation, body) if known else None
        return _edit_page(consultation, again, typed.values(), problems, status)
    flash(gettext("Guardado."))
    return redirect(url_for(".one", slug=slug, body=listed.slug), 303)


def _slug(consultation: ConsultationView, typed: Typed) -> str:
    taken: set[str] = {"nueva"}
    while True:
        slug = new_key(typed.data.get("acronym") or typed.data.get("name_es", ""), set(taken), "entidad")
        if organizations.by_slug(db.session(), consultation.id, slug) is None:
            return slug
        taken.add(slug)


def _wish_page(
    consultation: ConsultationView,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    *,
    listed: BodyView | None = None,
    sent: bool = False,
) -> Response:
    page = render_template(
        "organizations/wish.html",
        consultation=consultation,
        values=values,
        errors=errors,
        sent=sent,
        claimed=listed,
        days=verification.WORKING_DAYS,
    )
    return make_response(page, status)


def _own_page(consultation: ConsultationView, body: BodyView, errors: dict[str, str], status: int) -> Response:
    earlier = page_cache.place("antes")
    said, more = positions.listing(db.session(), consultation, organization=body.slug, before=earlier)
    return page_cache.private(
        "organizations/own.html",
        status,
        consultation=consultation,
        body=body,
        errors=errors,
        values={"appeal": request.form.get("appeal", "")},
        wished=organization_requests.pending(db.session(), body, actor().id),
        may_speak=body.standing in verification.MAY_SPEAK,
        verdicts=verification.verdicts(db.session(), consultation, body.id),
        positions=said,
        more_positions=more,
        earlier=earlier,
    )


def _verify_page(
    consultation: ConsultationView, body: BodyView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return page_cache.private(
        "organizations/verify.html",
        status,
        consultation=consultation,
        body=body,
        values=values,
        errors=errors,
        side=team.speaks_for(actor(), consultation),
        verdicts=verification.verdicts(db.session(), consultation, body.id),
    )


def _edit_page(
    consultation: ConsultationView, body: BodyView | None, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return page_cache.private(
        "organizations/form.html",
        status,
        consultation=consultation,
        body=body,
        values=values,
        errors=errors,
        capacities=organizations.CAPACITIES,
        seen=organizations.seal(body) if body else "",
    )
