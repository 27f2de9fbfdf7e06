"""How long a thread waits for the database. A server that is stopped, or behind a cable that was pulled, answers
nothing and refuses nothing: without a limit of our own every thread would stand there.
"""

from __future__ import annotations

from contextvars import ContextVar

SECONDS = 4.5
"""Of a request: for one answer of the server, so that a page that says so comes within five."""
CONNECT_SECONDS = 3
_allowed: ContextVar[float | None] = ContextVar("patience", default=None)


def limit(seconds: float | None) -> None:
    """From now on this thread waits no longer than this for each answer; ``None``: as long as it takes."""
    _allowed.set(seconds)


def allowed() -> float | None:
    """How many seconds this thread waits for an answer."""
    return _allowed.get()
