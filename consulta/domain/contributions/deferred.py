"""A contribution that is stored with the commit itself: the locks that others wait for are held for no more than that.

It fits what nobody needs the number of before it is stored, and what is not public at once: an opinion of the web form.
On PostgreSQL all of it goes to the server in one statement, together with COMMIT.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.dialects import is_postgres
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally

from . import storing
from .incoming import Admission
from .status import Occasion, record
from .storing import Made

PENDING = 0
"""What stands in the entry for the number to come; real ones begin with 1."""


def admit(db: Session, consultation: ConsultationView, one: Admission, *, today: date, actor: str) -> None:
    """Collect one contribution with its figures and its entry; ``write`` stores them."""
    made = Made.of(consultation, one, today)
    tally.move(db, None, made.facts)
    record(db, consultation, Occasion(PENDING, Action.RECEIVE, actor, today, made.payload))
    db.info["arrival"] = (consultation, made)


def write(db: Session) -> None:
    """Store what was collected. Only ``db.commit`` calls this."""
    consultation, made = db.info.pop("arrival", (None, None))
    if made is None:
        return
    if is_postgres(db):
        [(log_id, entry)] = ledger.collected(db)
        more = {"cells": tally.collected(db), "log": log_id, "entry": entry}
        db.connection().execute(_whole(), {**made.values(), **more})
        return
    [(_id, number)] = storing.store(db, consultation, [made])
    db.info["entries"] = [(log, entry.replace(*_marks(str(number)))) for log, entry in ledger.collected(db)]


def forget(db: Session) -> None:
    """Drop what was collected, when its transaction is undone."""
    db.info.pop("arrival", None)


@cache
def _whole() -> Any:
    """Locks are taken in the order that holds everywhere: the counter, which the figures read first; the figures, which
    are counted before the entry is appended; the ledger. What never changes stands in it literally, for the driver
    remembers how to read a statement only up to fifty parameters."""
    counted, _given, parts = storing.storing()
    tallied = tally.add_from_json(counted).returning(literal_column("1")).cte("tallied")
    told = select(func.count()).select_from(tallied).scalar_subquery()
    before, after = _marks("")
    entry = func.replace(bindparam("entry"), before, func.concat(after[:-1], counted.c.last_number, '"'))
    append = select(func.ledger_append(bindparam("log"), array([entry]))).where(told >= literal_column("0"))
    return append.add_cte(*parts)


def _marks(number: str) -> tuple[str, str]:
    """What stands in an entry for a number to come, and what takes its place. Canonical JSON escapes quotation marks,
    so nothing that anybody wrote can read like the subject of an entry."""
    return f'"subject":"contribution/{PENDING}"', f'"subject":"contribution/{number}"'
