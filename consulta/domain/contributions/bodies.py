"""What people wrote, whatever kind of contribution it is: each kind keeps its text in a table of its own."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from consulta.models.base import table_of
from consulta.models.comments import Comment
from consulta.models.contributions import Contribution, Kind
from consulta.models.opinions import Opinion
from consulta.models.proposals import Proposal

_C = table_of(Contribution).c
TABLES: dict[Kind, Any] = {
    Kind.OPINION: table_of(Opinion),
    Kind.COMMENT: table_of(Comment),
    Kind.PROPOSAL: table_of(Proposal),
}
"""The table of each kind; every one has ``id``, ``body`` and ``body_salt``."""
BODY: Any = func.coalesce(*(table.c.body for table in TABLES.values())).label("body")
BODY_SALT: Any = func.coalesce(*(table.c.body_salt for table in TABLES.values())).label("body_salt")


def with_body(query: Select[Any]) -> Select[Any]:
    """A query of contributions, joined so that ``BODY`` can be asked."""
    for table in TABLES.values():
        query = query.outerjoin(table, table.c.id == _C.id)
    return query


def body(db: Session, contribution_id: int) -> str | None:
    """The text of one contribution; ``None`` once it was erased."""
    query = with_body(select(BODY).select_from(table_of(Contribution)))
    found: str | None = db.execute(query.where(_C.id == contribution_id)).scalar_one()
    return found


def erase(db: Session, contribution_id: int) -> None:
    """Destroy the text of one contribution and its salt."""
    for table in TABLES.values():
        more = {"text_hash": None} if "text_hash" in table.c else {}
        db.execute(update(table).where(table.c.id == contribution_id).values(body=None, body_salt=None, **more))


def text_hash(title: str | None, body: str | None) -> bytes:
    """By which the same words are found again, without reading every text: the first half of a SHA-256. It is stored
    beside the text alone, and destroyed with it."""
    return hashlib.sha256(f"{title or ''}\0{body or ''}".encode()).digest()[:16]


def excerpt(title: str | None, body: str | None, limit: int = 160) -> str:
    """The quoted beginning of what somebody wrote."""
    words = " ".join(part for part in (title, body) if part)
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
