"""Sign-in, password and sessions of staff. Answers are the same whether an account exists or not."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import links, permissions, sessions
from consulta.domain.errors import NotFound
from consulta.domain.organizations import members
from consulta.domain.proposals import drafting, sponsors
from consulta.forms.accounts import PasswordForm, ResetForm, SignInForm
from consulta.web import auth, db, limits, passwords, signing_in
from consulta.web.answers import respond_privately
from consulta.web.auth import allow, anyone, signed_in
from consulta.web.context import now, settings
from consulta.web.errors import WRONG
from consulta.words.i18n import gettext, language

bp = Blueprint("accounts", __name__, url_prefix="/cuenta")
BROWSER = "known"
YEAR = 31_536_000
RESETS_AN_HOUR = 20
"""From one connection: of more wishes for a new password none is written, and the answer is the same."""


@bp.get("/entrar")
@allow(anyone)
def sign_in() -> Response:
    """The sign-in form."""
    return _sign_in_page(SignInForm(), None, 200)


@bp.post("/entrar")
@allow(anyone)
def enter() -> Response | BaseResponse:
    """Check a password; a failure is counted, and answered alike for every reason."""
    form = SignInForm()
    email = "" if form.errors else form.email.data or ""
    begun = signing_in.check(email, form.password.data or "", request.cookies.get(settings().cookie(BROWSER)))
    if begun is None:
        return _sign_in_page(form, gettext(WRONG), 422)
    response = redirect(_next(), 303)
    response.set_cookie(
        settings().cookie(BROWSER),
        begun.browser,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings().secure,
    )
    return response


@bp.post("/salir")
@allow(signed_in)
def sign_out() -> BaseResponse:
    """End this session, on the server too."""
    sessions.revoke(db.session(), account_id=auth.actor().id, session_id=auth.actor().session_id, now=now())
    session.clear()
    return redirect(url_for(".sign_in"), 303)


@bp.get("/")
@allow(signed_in)
def own() -> Response:
    """Roles and open sessions."""
    actor = auth.actor()
    page = render_template(
        "accounts/own.html",
        actor=actor,
        sessions=sessions.sessions(db.session(), actor.id, now=now()),
        zone=settings().timezone,
        coordinates=auth.coordinates(auth.person()),
        suspended=permissions.suspended_in(db.session(), actor.id),
        workplaces=permissions.workplaces(db.session(), actor),
        organizations=members.memberships(db.session(), actor.id),
        proposals=drafting.listing(db.session(), actor),
        requests=sponsors.asked_of(db.session(), actor),
    )
    return respond_privately(make_response(page))


@bp.post("/sesiones/<int(max=2147483647):session_id>/cerrar")
@allow(signed_in)
def revoke(session_id: int) -> BaseResponse:
    """End one of one's own sessions."""
    sessions.revoke(db.session(), account_id=auth.actor().id, session_id=session_id, now=now())
    flash(gettext("La sesión se cerró."))
    return redirect(url_for(".own"), 303)


@bp.get("/restablecer")
@allow(anyone)
def reset() -> Response:
    """Where to ask for a new password."""
    return respond_privately(make_response(render_template("accounts/reset.html", form=ResetForm(), sent=False)))


@bp.post("/restablecer")
@allow(anyone)
def ask_reset() -> Response:
    """Note the wish; whether there is such an account is found out later, by the worker."""
    form = ResetForm()
    if not limits.many_from_here(RESETS_AN_HOUR, "resets"):
        links.ask_reset(db.session(), email=(form.email.data or "")[:320], language=language(), now=now())
    return respond_privately(make_response(render_template("accounts/reset.html", form=form, sent=True)))


@bp.get("/clave/<token>")
@allow(anyone)
def password(token: str) -> Response:
    """The form behind a one-time link."""
    return _password_page(PasswordForm(), token, 200)


@bp.post("/clave/<token>")
@allow(anyone)
def set_password(token: str) -> Response | BaseResponse:
    """Spend the link on a new password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _password_page(form, token, 422)
    if not links.link_holds(db.session(), token, now=now()):
        raise NotFound("Este enlace ya se usó o venció. Pida uno nuevo.")
    db.session().rollback()
    hashed = passwords.hasher.hash(form.password.data or "")
    links.set_password(db.session(), token=token, password_hash=hashed, now=now())
    session.clear()
    flash(gettext("Su contraseña quedó guardada. Ya puede entrar."))
    return redirect(url_for(".sign_in"), 303)


def _sign_in_page(form: SignInForm, error: str | None, status: int) -> Response:
    demo = auth.demo_allowed(settings())
    page = render_template("accounts/sign_in.html", form=form, error=error, following=_following(), demo=demo)
    return respond_privately(make_response(page, status))


def _password_page(form: PasswordForm, token: str, status: int) -> Response:
    return respond_privately(make_response(render_template("accounts/password.html", form=form, token=token), status))


def _following() -> str:
    """Where the person wanted to go: a path of this site and nothing else."""
    wanted = request.values.get("siguiente", "")
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and "\\" not in wanted
    return wanted if safe else ""


def _next() -> str:
    """Where somebody wanted to go; else to work, if there is one place for it."""
    if wanted := _following():
        return wanted
    auth.forget_person()
    found = permissions.workplaces(db.session(), auth.actor())
    return url_for("management.home", slug=found[0][0]) if len(found) == 1 else url_for(".own")
