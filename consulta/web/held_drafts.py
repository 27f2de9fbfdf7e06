"""What somebody without an account may write, for this browser was shown the code: remembered in a cookie of its own,
for longer than a session, so that signing in or closing the browser does not lose it."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, TimestampSigner

from consulta.domain.accounts.actors import Actor
from consulta.domain.codes import read_folio
from consulta.domain.errors import NotFound
from consulta.domain.proposals import drafting
from consulta.domain.proposals.drafting import Draft

from . import db, guards, kept_codes
from .auth import ENTER, person
from .context import settings

NAME, MAX_HELD, SECONDS = "held", 20, 90 * 86_400
CODE = f"{ENTER}folio"
BLUEPRINTS = ("proposal_drafts", "proposal_sending", "sponsors")


def init_app(app: Flask) -> None:
    """Remember what this browser was shown with the answer that shows it."""

    @app.after_request
    def remember(response: Response) -> Response:
        if g.get("newly_held"):
            held = ".".join(f"{key}:{folio}" for key, folio in _held().items())
            value = _signer().sign(held.encode()).decode()
            name = settings().cookie(NAME)
            response.set_cookie(name, value, max_age=SECONDS, httponly=True, samesite="Lax", secure=settings().secure)
        return response


def hold(key: str, folio: str) -> None:
    """Remember that this browser holds the code of a draft."""
    held = {name: code for name, code in _held().items() if name != key} | {key: folio}
    g.held_drafts = dict(list(held.items())[-MAX_HELD:])
    g.newly_held = True


def code(key: str) -> str | None:
    """The code of a draft, if this browser holds it."""
    return _held().get(key)


def holds(key: str) -> bool:
    """Whether it does."""
    return key in _held()


def actor() -> Actor | None:
    """Who is signed in, if anybody."""
    staff = person()
    return staff.actor if staff else None


def draft(slug: str, key: str) -> Draft:
    """A draft of who acts for its organisation, or holds its code; not there for anybody else. The code may come along
    with a form, from a browser that lost it."""
    consultation = guards.find(slug).view
    if request.method == "POST" and CODE in request.form and not holds(key):
        _take_code(key, request.form[CODE])
    return drafting.find(db.session(), consultation, key, actor=actor(), held=holds(key))


def needs_code() -> bool:
    """Whether this request would be answered if it brought the code."""
    key = (request.view_args or {}).get("key")
    return request.blueprint in BLUEPRINTS and isinstance(key, str) and not holds(key)


def _take_code(key: str, typed: str) -> None:
    folio = read_folio(typed)
    found = drafting.by_code(db.session(), folio) if folio else None
    if folio is None or found is None or found.key != key:
        slow = kept_codes.count_refused()
        raise slow or NotFound("Ese no es el código de esta propuesta. Revíselo letra por letra.")
    hold(key, folio)


def _held() -> dict[str, str]:
    """Code by key."""
    if "held_drafts" not in g:
        try:
            sent = request.cookies.get(settings().cookie(NAME), "")
            value = _signer().unsign(sent, max_age=SECONDS).decode()
        except BadSignature:
            value = ""
        g.held_drafts = dict(one.split(":", 1) for one in value.split(".") if ":" in one)
    found: dict[str, str] = g.held_drafts
    return found


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="held")
