"""Sheets printed for a forum, each with a code."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from consulta.domain.codes import folio_of, sha256
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.models.base import table_of
from consulta.models.forums import Forum
from consulta.models.papers import Paper, PaperBatch, PaperState

from . import notes

MAX_SHEETS, MAX_NOTES = 200, 10
_F = table_of(Forum)
_P = table_of(Paper)
_B = table_of(PaperBatch)


def code(secret: str, consultation: ConsultationView, forum: ForumView, number: int) -> str:
    """The code of a stub. It can be printed again, and is not kept."""
    name = f"paper/{consultation.slug}/{forum.key}/{number}"
    return folio_of(hmac.new(secret.encode(), name.encode(), "sha256").hexdigest())


def print_batch(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    theme: ThemeView,
    count: int,
    *,
    secret: str,
    by: By,
    now: datetime,
) -> int:
    """Number the next sheets of a forum for a theme's table; the batch. They count as handed out from here on."""
    if not 1 <= count <= MAX_SHEETS:
        raise Invalid("En una tanda caben de 1 a 200 hojas.", field="count")
    mine = update(_F).where(_F.c.id == forum.id, _F.c.closed_at.is_(None))
    last = db.execute(mine.values(last_paper=_F.c.last_paper + count).returning(_F.c.last_paper)).scalar_one_or_none()
    if last is None:
        raise Conflict("Este foro ya se cerró: sus hojas están contadas.")
    first = last - count + 1
    row = {"forum_id": forum.id, "theme_id": theme.id, "first": first, "last": last, "printed_at": now}
    batch_id: int = db.execute(insert(_B).values(**row).returning(_B.c.id)).scalar_one()
    rows = [
        {
            "forum_id": forum.id,
            "batch_id": batch_id,
            "number": number,
            "state": PaperState.OUT,
            "folio_hash": sha256(code(secret, consultation, forum, number)),
        }
        for number in range(first, last + 1)
    ]
    db.execute(insert(_P), rows)
    notes.note(
        db, consultation, forum, Action.PAPER_PRINT, by, now, {"theme": theme.slug, "first": first, "last": last}
    )
    return batch_id
