"""Organisations as the team sees them: verify, decide, list, edit."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import permissions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.organizations import enlisting, members, membership, succession, verification
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations.reading import BodyView
from consulta.forms.fields import LINE, Typed, new_key
from consulta.forms.organizations import read_body, show_body
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, coordinates, represents_a_sector
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

from . import bp


@bp.get("/gestion/<slug>/solicitudes/<body>")
@allow(represents_a_sector)
def verify(slug: str, body: str) -> Response:
    """A request, for one person of each sector to look at."""
    consultation = guards.find(slug).view
    return _verify_page(consultation, organizations.one(db.session(), consultation, body), {}, {}, 200)


@bp.post("/gestion/<slug>/solicitudes/<body>")
@allow(represents_a_sector)
def decide(slug: str, body: str) -> Response | BaseResponse:
    """Yes, or no with a public reason."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    found = organizations.one(db.session(), consultation, body)
    verdict = typed.one_of("verdict", ("accept", "refuse"), missing=gettext("Elija sí o no."))
    reason = typed.text("reason", limit=2000)
    if typed.errors:
        return _verify_page(consultation, found, typed.values(), typed.errors, 422)
    side = permissions.sector_of(actor(), consultation)
    try:
        verification.decide(
            db.session(),
            consultation,
            found,
            sector=side,
            by=guards.by(consultation, side),
            accepts=verdict == "accept",
            reason=reason or None,
            now=now(),
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, field="reason")
        return _verify_page(consultation, found, typed.values(), refusal.errors, refusal.status)
    see = url_for(".one", slug=slug, body=body)
    notices.tell(
        gettext("Su respuesta sobre %(name)s quedó guardada y es pública.", name=localized(found.name)), see=see
    )
    return redirect(url_for("voices.listing", slug=slug), 303)


@bp.get("/gestion/<slug>/solicitudes/<body>/correo")
@allow(represents_a_sector)
def looked(slug: str, body: str) -> BaseResponse:
    """Where the look is sent to: opened again, it is no look."""
    permissions.sector_of(actor(), guards.find(slug).view)
    return redirect(url_for(".verify", slug=slug, body=body), 303)


@bp.post("/gestion/<slug>/solicitudes/<body>/correo")
@allow(represents_a_sector)
def look(slug: str, body: str) -> Response:
    """The address that one vouches for; that it was looked at is on record."""
    consultation = guards.find(slug).view
    found = organizations.one(db.session(), consultation, body)
    side = permissions.sector_of(actor(), consultation)
    if found.standing not in verification.OPEN or consultation.kind == "record":
        raise NotAllowed("Esta solicitud ya tiene respuesta.")
    by = guards.by(consultation, side)
    addresses = membership.look(db.session(), consultation, found, by=by, now=now())
    return _verify_page(consultation, found, {}, {}, 200, addresses)


@bp.get("/gestion/<slug>/participantes")
@allow(coordinates)
def desk(slug: str) -> Response:
    """The list with the short names, to change it."""
    consultation = guards.coordinated(slug)
    bodies, more = organizations.page(db.session(), consultation, after=request.args.get("after") or None)
    return answers.private("organizations/desk.html", consultation=consultation, bodies=bodies, more=more)


@bp.get("/gestion/<slug>/participantes/<body>")
@allow(coordinates)
def edit(slug: str, body: str) -> Response:
    """A body on the list, or a new one (``nueva``)."""
    consultation = guards.changeable(slug)
    known = None if body == "nueva" else organizations.one(db.session(), consultation, body)
    return _edit_page(consultation, known, show_body(known) if known else {}, {}, 200)


@bp.post("/gestion/<slug>/participantes/<body>")
@allow(coordinates)
def enlist(slug: str, body: str) -> Response | BaseResponse:
    """Put a body on the list, or say anew what it is."""
    consultation, typed = guards.changeable(slug), Typed(request.form)
    known = None if body == "nueva" else organizations.one(db.session(), consultation, body)
    listed = read_body(typed, consultation, known.slug if known else _slug(consultation, typed))
    if typed.errors:
        return _edit_page(consultation, known, typed.values(), typed.errors, 422)
    try:
        enlisting.enlist(
            db.session(),
            consultation,
            listed,
            new=known is None,
            by=guards.by(consultation),
            now=now(),
            keep_contact=known is not None and not typed.flag("contact"),
            seen=typed.text("seen", limit=16) or None,
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "name_es")
        again = organizations.one(db.session(), consultation, body) if known else None
        return _edit_page(consultation, again, typed.values(), refusal.errors, refusal.status)
    see = url_for(".one", slug=slug, body=listed.slug)
    notices.tell(gettext("Guardado: %(name)s.", name=localized(listed.name)), see=see)
    return redirect(url_for(".desk", slug=slug), 303)


@bp.post("/gestion/<slug>/participantes/<body>/firma")
@allow(coordinates)
def ask_signatory(slug: str, body: str) -> Response | BaseResponse:
    """Ask both sectors that another person sign for an organisation whose signatory is gone."""
    consultation, typed = guards.changeable(slug), Typed(request.form)
    found = organizations.one(db.session(), consultation, body)
    if typed.flag("withdraw"):
        return _withdraw(consultation, found)
    email = typed.email("successor", missing=gettext("Escriba el correo de quien firmaría."))
    reason, by = typed.text("reason", limit=LINE), guards.by(consultation)
    if typed.errors or email is None:
        return _edit_page(consultation, found, show_body(found) | typed.values(), typed.errors, 422)
    try:
        succession.ask(db.session(), consultation, found, email=email, reason=reason, by=by, now=now())
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "successor")
        return _edit_page(consultation, found, show_body(found) | typed.values(), refusal.errors, refusal.status)
    notices.tell(gettext("La petición quedó anotada. La responde una persona de cada sector, en «Por responder»."))
    return redirect(url_for(".edit", slug=slug, body=body), 303)


def _withdraw(consultation: ConsultationView, body: BodyView) -> Response | BaseResponse:
    """Who asked takes it back, as after an address that was mistyped."""
    by = guards.by(consultation)
    try:
        succession.answer(db.session(), consultation, body, sector=None, agrees=False, reason="", by=by, now=now())
    except Conflict as error:
        refusal = answers.refused(error, "name_es")
        return _edit_page(consultation, body, show_body(body), refusal.errors, refusal.status)
    notices.tell(gettext("La petición quedó retirada."))
    return redirect(url_for(".edit", slug=consultation.slug, body=body.slug), 303)


def _slug(consultation: ConsultationView, typed: Typed) -> str:
    taken: set[str] = {"nueva"}
    while True:
        slug = new_key(typed.data.get("acronym") or typed.data.get("name_es", ""), set(taken), "entidad")
        if organizations.by_slug(db.session(), consultation.id, slug) is None:
            return slug
        taken.add(slug)


def _verify_page(
    consultation: ConsultationView,
    body: BodyView,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    addresses: Sequence[str] = (),
) -> Response:
    return answers.private(
        "organizations/verify.html",
        status,
        consultation=consultation,
        body=body,
        values=values,
        errors=errors,
        side=permissions.sector_of(actor(), consultation),
        verdicts=verification.verdicts(db.session(), consultation, body.id),
        addresses=addresses,
    )


def _edit_page(
    consultation: ConsultationView, body: BodyView | None, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return answers.private(
        "organizations/form.html",
        status,
        consultation=consultation,
        body=body,
        values=values,
        errors=errors,
        capacities=organizations.CAPACITIES,
        seen=enlisting.seal(body) if body else "",
        represented=body is not None and body.standing in members.REPRESENTED,
        asked=succession.of(db.session(), consultation, body) if body else None,
        me=actor().id,
    )
