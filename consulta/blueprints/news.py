"""News of a consultation: by Atom, and by mail for who confirms it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed
from consulta.domain.notifications import bulletins, news
from consulta.forms.fields import Typed
from consulta.web import answers, db, guards, limits, page_cache
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.web.form_tokens import signed_by
from consulta.words.i18n import gettext, language

bp = Blueprint("news", __name__)
SUBSCRIPTIONS_AN_HOUR = 60
"""From one connection: each writes to an address that somebody typed."""


@bp.get("/consultas/<slug>/novedades")
@allow(anyone)
def listing(slug: str) -> Response:
    """What was told last, and where to ask for it by mail."""
    return _page(guards.find(slug).view, {}, {}, 200)


@bp.post("/consultas/<slug>/novedades")
@allow(anyone)
def subscribe(slug: str) -> Response:
    """Write to the address; the answer is the same whether it is new or known."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    email = typed.email("email", missing=gettext("Escriba su correo."))
    if typed.errors or email is None:
        return _page(consultation, typed.values(), typed.errors, 422)
    if limits.many_from_here(SUBSCRIPTIONS_AN_HOUR, "subscriptions"):
        typed.wrong("email", gettext("Desde esta conexión ya se pidió muchas veces. Inténtelo dentro de una hora."))
        return _page(consultation, typed.values(), typed.errors, 429)
    news.subscribe(db.session(), consultation, email=email, language=language(), now=now())
    return _page(consultation, {}, {}, 200, sent=True)


@bp.get("/consultas/<slug>/novedades/<key>")
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, key: str) -> str:
    """A piece of news that somebody wrote."""
    item = bulletins.one(db.session(), consultation, key)
    return render_template("news/one.html", consultation=consultation, item=item)


@bp.get("/consultas/<slug>/novedades.atom")
@allow(anyone)
@page_cache.public_page
def feed(consultation: ConsultationView) -> Response:
    """The same as Atom."""
    found = news.latest(db.session(), consultation)
    return answers.atom("news/feed.xml", consultation=consultation, items=found, base=settings().base_url)


@bp.get("/novedades/<token>")
@allow(anyone)
def choice(token: str) -> Response:
    """Behind a mailed link: confirm, or stop; both are buttons, for mail programs follow links."""
    news.read_token(settings().secret_key, token)
    return respond_privately(make_response(render_template("news/choice.html", token=token, done="")))


@bp.post("/novedades/<token>")
@allow(anyone)
def choose(token: str) -> Response | BaseResponse:
    """Confirm or stop."""
    subscriber = news.read_token(settings().secret_key, token)
    done = "confirm" if request.form.get("act") == "confirm" else "stop"
    (news.confirm if done == "confirm" else news.stop)(db.session(), subscriber)
    return respond_privately(make_response(render_template("news/choice.html", token=token, done=done)))


def _ours(token: str) -> None:
    news.read_token(settings().secret_key, token)


@bp.get("/novedades/<token>/baja")
@allow(anyone)
def leave(token: str) -> BaseResponse:
    """What a mail program opens that only follows links: the page with the buttons."""
    _ours(token)
    return redirect(url_for(".choice", token=token), 303)


@bp.post("/novedades/<token>/baja")
@allow(anyone)
@signed_by(_ours)
def unsubscribe(token: str) -> Response:
    """What a mail program posts to when its reader unsubscribes with one click (RFC 8058)."""
    if request.form.get("List-Unsubscribe") != "One-Click":
        raise Malformed("Falta «List-Unsubscribe=One-Click».")
    news.stop(db.session(), news.read_token(settings().secret_key, token))
    return respond_privately(make_response(render_template("news/choice.html", token=token, done="stop")))


def _page(
    consultation: ConsultationView, values: dict[str, str], errors: dict[str, str], status: int, *, sent: bool = False
) -> Response:
    page = render_template(
        "news/listing.html",
        consultation=consultation,
        items=news.latest(db.session(), consultation),
        values=values,
        errors=errors,
        sent=sent,
    )
    return make_response(page, status)
