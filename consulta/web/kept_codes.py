"""Codes of *seguimiento* at the edge: those that this browser keeps for a day, and the counting of refused ones."""

from __future__ import annotations

from time import time

from flask import session
from sqlalchemy.orm import Session

from consulta.database import transactions
from consulta.domain.accounts import attempts
from consulta.domain.errors import TooMany

from . import db
from .auth import record_attempt
from .context import now
from .limits import network

RECEIPTS, KEPT_SECONDS, FREE_REFUSALS = 10, 24 * 3600, 10


def keep(folio: str) -> None:
    """Let this browser read the receipt of a code again for 24 hours."""
    others = [one for one in session.get("receipts", []) if one[0] != folio]
    session["receipts"] = [[folio, int(time())], *others][:RECEIPTS]
    session.permanent = True


def kept() -> list[str]:
    """The codes of the last 24 hours, the newest first."""
    since = time() - KEPT_SECONDS
    return [folio for folio, at in session.get("receipts", []) if at > since]


def forget() -> None:
    """The sender wrote the code down."""
    session.pop("receipts", None)


def count_refused() -> TooMany | None:
    """Undo everything, and count a code that was refused, in the database; slowed down after ten. A right code is never
    slowed down."""
    address, today = network(), now().date()

    def count(own: Session) -> None:
        keys = attempts.code_keys(own, address=address, today=today)
        attempts.count(own, keys, now=now(), free=FREE_REFUSALS)

    transactions.undo(db.session())
    try:
        record_attempt(count)
    except TooMany as slow:
        return slow
    return None


def seconds_until(slow: TooMany) -> int:
    """How long to wait before the next try, for ``Retry-After``."""
    return int((slow.until - now()).total_seconds()) + 1
