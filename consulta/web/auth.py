"""Who may use a route. A view says so with ``allow``; a route that says nothing is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from limits.storage import storage_from_string
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from consulta.config import Settings
from consulta.database.transactions import InDoubt
from consulta.domain.accounts import sessions
from consulta.domain.accounts.actors import Actor
from consulta.domain.accounts.permissions import SECTOR_ROLES
from consulta.models.accounts import RoleName

from . import context, db

View = TypeVar("View", bound=Callable[..., Any])
Predicate = Callable[["Staff | None"], bool]
login = LoginManager()
ENTER = "entrar-"
"""What the fields begin with by which somebody signs in, or gives a code, together with a form that waited for it."""


class Staff:
    """The signed-in person, as flask-login wants it."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, token: str) -> None:
        self.actor, self.token = actor, token

    def get_id(self) -> str:
        """The session token; the cookie that carries it is signed."""
        return self.token


def anyone(_staff: Staff | None) -> bool:
    """Open to all."""
    return True


def signed_in(staff: Staff | None) -> bool:
    """Whoever has an account and is signed in."""
    return staff is not None


def sees_the_desk(staff: Staff | None) -> bool:
    """Moderators and observers of some consultation; which one is asked of the domain."""
    return staff is not None and any(r.role in (RoleName.MODERATOR, RoleName.OBSERVER) for r in staff.actor.roles)


def moderates(staff: Staff | None) -> bool:
    """Moderators of some consultation."""
    return staff is not None and any(r.role is RoleName.MODERATOR for r in staff.actor.roles)


def coordinates(staff: Staff | None) -> bool:
    """Coordinators of some consultation, and administrators; which one is asked of the domain."""
    return staff is not None and any(r.role in (RoleName.COORDINATOR, RoleName.ADMIN) for r in staff.actor.roles)


def represents_a_sector(staff: Staff | None) -> bool:
    """Whoever speaks for one side of the table in some consultation; which one is asked of the domain."""
    return staff is not None and any(r.role in SECTOR_ROLES for r in staff.actor.roles)


def on_a_team(staff: Staff | None) -> bool:
    """Whoever has a role in some consultation; which one is asked of the domain."""
    return staff is not None and bool(staff.actor.roles)


def allow(predicate: Predicate) -> Callable[[View], View]:
    """Declare who may use a view."""

    def mark(view: View) -> View:
        view.rule = predicate  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Let a view take so much, instead of what an ordinary form may hold; more is refused while it arrives."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask, settings: Settings) -> None:
    """Who is signed in."""
    app.extensions["limits"] = storage_from_string(settings.ratelimit_url)
    login.init_app(app)
    login.session_protection = None

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Staff | None:
        found = sessions.actor(db.session(), token, now=context.now())
        if found is None:
            return None
        actor, stale = found
        if stale:
            with suppress(DBAPIError):  # when it was used last is of no weight
                record_attempt(lambda own: sessions.touch(own, actor.session_id, now=context.now()))
        return Staff(actor, token)


def limit(app: Flask) -> None:
    """What a request may be, before anything of it is read."""

    @app.before_request
    def limits() -> None:
        if "\x00" in request.path:
            abort(404)  # no text holds it, and PostgreSQL takes it for none
        view = app.view_functions.get(request.endpoint or "")
        request.max_content_length = getattr(view, "most_bytes", request.max_content_length)


def guard(app: Flask, enter: Callable[[], None]) -> None:
    """The rule of every route; ``enter`` signs in who sends a form together with a password."""

    @app.before_request
    def guarded() -> BaseResponse | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        view = app.view_functions.get(request.endpoint)
        rule: Predicate | None = getattr(view, "rule", None)
        if rule is anyone:
            return None
        if request.method == "POST":
            enter()
        staff = person()
        if rule is not None and rule(staff):
            return None
        if staff is None and rule is not None and request.method == "GET":
            return redirect(url_for("accounts.sign_in", siguiente=request.full_path.rstrip("?")), 303)
        return abort(403)


def needs_an_account() -> bool:
    """Whether this route is for some only."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and getattr(view, "rule", None) not in (anyone, None)


def ask_nobody() -> None:
    """Take whoever asks for nobody, without looking."""
    g._login_user = login.anonymous_user()


def forget_person() -> None:
    """Ask again who is signed in: somebody has just done so."""
    g.pop("_login_user", None)


def person() -> Staff | None:
    """Who is signed in, if anybody."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def actor() -> Actor:
    """Who is signed in; only for views that demand it."""
    staff = person()
    if staff is None:
        abort(403)
    return staff.actor


def record_attempt(act: Callable[[Session], None]) -> None:
    """Write what must survive a refusal, in a short transaction of its own; tried again if another was faster. Whether
    it was kept may be in doubt: what was asked for was not begun, and that is what is said."""
    try:
        try:
            with db.database().transaction() as own:
                act(own)
        except IntegrityError:
            with db.database().transaction() as own:
                act(own)
    except InDoubt as doubt:
        raise OperationalError(doubt.statement, None, doubt.orig or doubt) from doubt


def demo_allowed(settings: Settings) -> bool:
    """Demo accounts sign in only under ``make run``, from a loopback address, without forwarding headers."""
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} & set(request.headers.keys())
    return settings.demo_sign_in and not forwarded and request.remote_addr in ("127.0.0.1", "::1")


def start_session(token: str) -> None:
    """Sign in: a new cookie session, so nothing from before survives."""
    session.clear()
    session["_user_id"] = token
    session["_fresh"] = True
    session.permanent = True
