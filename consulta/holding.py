"""What somebody without an account may write, for this browser was shown the code: remembered in its session."""

from __future__ import annotations

from flask import session

NAME, MOST = "held", 20


def hold(key: str) -> None:
    """Remember that this browser holds the code of a draft."""
    session[NAME] = [*(one for one in session.get(NAME, []) if one != key), key][-MOST:]


def holds(key: str) -> bool:
    """Whether it does."""
    return key in session.get(NAME, [])
