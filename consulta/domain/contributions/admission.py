"""A contribution arrives. There is no other way in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.dialects import is_postgres
from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally
from consulta.models.contributions import Kind, Status
from consulta.models.moderation import Mention

from . import search, storing
from .incoming import Admission, Admitted
from .search import Shown
from .status import Occasion, count_reply, record
from .storing import Made


def admit(
    db: Session, consultation: ConsultationView, incoming: Sequence[Admission], *, today: date, actor: str
) -> list[Admitted]:
    """Store contributions of one kind with their commitments, figures and ledger entries; at most 200 at a time.

    The counter is the first lock taken and gives numbers without a gap, for a transaction that fails gives its back.
    """
    made = [Made.of(consultation, one, today) for one in incoming]
    at_once = len(made) == 1 and incoming[0].kind is Kind.OPINION and is_postgres(db)
    stored = storing.store_one(db, made[0]) if at_once else storing.store(db, consultation, made)
    _connect(db, [id_ for id_, _number in stored], incoming)
    for (_id, number), one in zip(stored, made, strict=True):
        tally.move(db, None, one.facts)
        record(db, consultation, Occasion(number, Action.RECEIVE, actor, today, one.payload))
    shown = [
        Shown(id_, one.title, one.body, one.theme, one.department, one.kind)
        for (id_, _number), one in zip(stored, incoming, strict=True)
        if one.status is Status.PUBLISHED
    ]
    search.add(db, consultation, shown)
    return [
        Admitted(id_, number, one.row["review_by"], one.row["answer_by"])
        for (id_, number), one in zip(stored, made, strict=True)
    ]


def _connect(db: Session, ids: list[int], incoming: Sequence[Admission]) -> None:
    """Secondary themes, and the count of replies of a comment that is answered in public."""
    both = zip(ids, incoming, strict=True)
    mentions = [{"contribution_id": id_, "theme_id": theme.id} for id_, one in both for theme in one.mentions]
    if mentions:
        db.execute(insert(Mention), mentions)
    for one in incoming:
        if one.on and one.on.parent_id and one.status is Status.PUBLISHED:
            count_reply(db, one.on.parent_id, 1)
