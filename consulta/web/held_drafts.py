"""What somebody without an account may write, for this browser was shown the code: remembered in its session."""

from __future__ import annotations

from flask import session

from consulta.domain.accounts.actors import Actor
from consulta.domain.proposals import drafting
from consulta.domain.proposals.drafting import Draft

from . import db, guards
from .auth import person

NAME, MAX_HELD = "held", 20


def hold(key: str) -> None:
    """Remember that this browser holds the code of a draft."""
    session[NAME] = [*(one for one in session.get(NAME, []) if one != key), key][-MAX_HELD:]


def holds(key: str) -> bool:
    """Whether it does."""
    return key in session.get(NAME, [])


def actor() -> Actor | None:
    """Who is signed in, if anybody."""
    staff = person()
    return staff.actor if staff else None


def draft(slug: str, key: str) -> Draft:
    """A draft of who acts for its organisation, or holds its code; not there for anybody else."""
    consultation = guards.find(slug).view
    return drafting.find(db.session(), consultation, key, actor=actor(), held=holds(key))
