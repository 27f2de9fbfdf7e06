"""Checking a password: the same delays, the same answer, whether on the page for it or beside a form that waits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts, attempts, sessions
from consulta.domain.errors import NotAllowed
from consulta.domain.texts import showable

from . import auth, browsers, db, limits, passwords
from .context import now, settings


@dataclass(frozen=True)
class SignedIn:
    """A session that began: its token, and by what this browser is known later."""

    token: str
    browser: str


def with_form() -> None:
    """Sign in who sends a form together with a password; ``NotAllowed`` if it is not theirs."""
    if f"{auth.ENTER}password" not in request.form:
        return
    email, password = (request.form.get(f"{auth.ENTER}{name}", "") for name in ("email", "password"))
    if check(showable(email).strip(), password, None) is None:
        raise NotAllowed("El correo o la contraseña no coinciden. Revíselos e inténtelo de nuevo.")
    auth.forget_person()


def check(email: str, password: str, browser: str | None) -> SignedIn | None:
    """Begin a session for who knows the password; ``None`` for everybody else, for every reason alike. ``TooMany`` for
    who guesses. It commits by itself: what the request does later may be refused. ``browser``: the cookie of one that
    has been here before."""
    found = accounts.by_email(db.session(), email[:320])
    known = (
        browser
        if found and browser and sessions.knows_browser(db.session(), account_id=found[0], token=browser)
        else None
    )
    db.session().rollback()
    keys: list[bytes] = []

    def count(own: Session) -> None:
        keys[:] = attempts.attempt_keys(
            own, email=email[:320], address=limits.network(), known_browser=known, today=now().date()
        )
        attempts.count(own, keys, now=now())

    auth.record_attempt(count)  # before the password is looked at: of many at once no more get that far
    right = passwords.verify(found[1] if found else None, password[:400])
    if not right or found is None or found[3] or (found[2] and not auth.demo_allowed(settings())):
        return None
    with db.database().transaction() as own:
        attempts.forget_failures(own, keys)
        agent = request.headers.get("User-Agent", "")[:400]
        token = sessions.begin(own, account_id=found[0], browser=browsers.named(agent), now=now())
        remembered = known or sessions.remember_browser(own, account_id=found[0])
    auth.start_session(token)
    return SignedIn(token, remembered)
