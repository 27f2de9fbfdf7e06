"""Whether every sheet of a forum, and every note of every sheet, is accounted for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news
from consulta.domain.rows import changed
from consulta.domain.texts import demand_reason
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.forums import Forum
from consulta.models.papers import Paper, PaperBatch, PaperNote, PaperState

from . import notes as paper_notes

_F = table_of(Forum)
_P = table_of(Paper)
_B = table_of(PaperBatch)
_N = table_of(PaperNote)
_C = table_of(Contribution)


@dataclass(frozen=True)
class Batch:
    """A batch and what came of its sheets and notes: handed out = entered + blank + lost + still out; notes entered =
    accepted + rejected + pending + withdrawn."""

    id: int
    theme_id: int
    first: int
    last: int
    entered: int
    blank: int
    lost: int
    out: int
    notes: int
    accepted: int
    rejected: int
    pending: int

    @property
    def handed_out(self) -> int:
        """How many sheets it had."""
        return self.last - self.first + 1

    @property
    def settled(self) -> bool:
        """Whether nothing is out and nothing waits for a decision."""
        return not self.out and not self.pending


def close(
    db: Session, consultation: ConsultationView, forum: ForumView, explanation: str, *, by: By, now: datetime
) -> None:
    """Close the accounts of a forum that is over: only when nothing is out or waits, or with an explanation for all to
    read."""
    if forum.closed:
        raise Conflict("Este foro ya se cerró.")
    if not forum.cancelled and forum.when(now) != "past":
        raise Conflict("El foro todavía no ha terminado. Cuando termine podrá cerrarlo.")
    found = reconcile(db, forum)
    open_ = [batch for batch in found if not batch.settled]
    if open_:
        demand_reason(explanation, _still(sum(b.out for b in open_), sum(b.pending for b in open_)))
    mine = update(_F).where(_F.c.id == forum.id, _F.c.closed_at.is_(None))
    if not changed(db, mine.values(closed_at=now, closing=explanation or None)):
        raise Conflict("Este foro ya se cerró.")
    event = f"forum-closed:{forum.key}:{secrets.token_hex(6)}"  # one that was opened again is told again
    told = {"what": "closed-forum", "key": forum.key, "title": forum.data.name}
    payload = {"explanation": explanation or None, "sheets": sum(b.handed_out for b in found)}
    payload |= {"news": news.digest(event, told)}
    news.announce(db, consultation, event=event, content=told, now=now)
    paper_notes.note(db, consultation, forum, Action.FORUM_CLOSE, by, now, payload)


def _still(out: int, pending: int) -> Invalid:
    """What keeps the accounts from balancing, and nothing that does not."""
    field = "explanation"
    if not pending:
        return Invalid(
            "Hojas por anotar: %(out)s. Espere, o explique por qué se cierra así: todas las personas lo leerán.",
            out=out,
            field=field,
        )
    if not out:
        return Invalid(
            "Notas por revisar: %(n)s. Espere, o explique por qué se cierra así: todas las personas lo leerán.",
            n=pending,
            field=field,
        )
    return Invalid(
        "Hojas por anotar: %(out)s. Notas por revisar: %(pending)s. Espere, o explique por qué se cierra así: "
        "todas las personas lo leerán.",
        out=out,
        pending=pending,
        field=field,
    )


def reopen(
    db: Session, consultation: ConsultationView, forum: ForumView, reason: str, *, by: By, now: datetime
) -> None:
    """Open the accounts of a closed forum again, with a reason for all to read."""
    demand_reason(reason, Invalid("Escriba por qué se abre otra vez, en 10 letras o más.", field="reason"))
    mine = update(_F).where(_F.c.id == forum.id, _F.c.closed_at.is_not(None))
    if not changed(db, mine.values(closed_at=None, closing=reason)):
        raise Conflict("Este foro no está cerrado.")
    paper_notes.note(db, consultation, forum, Action.FORUM_REOPEN, by, now, {"reason": reason})


def reconcile(db: Session, forum: ForumView) -> list[Batch]:
    """Every batch of a forum in the order of its numbers, with what came of it."""
    states = [func.sum(case((_P.c.state == state, 1), else_=0)) for state in PaperState]
    sheets = db.execute(
        select(_B.c.id, _B.c.theme_id, _B.c.first, _B.c.last, *states)
        .join(_P, _P.c.batch_id == _B.c.id)
        .where(_B.c.forum_id == forum.id)
        .group_by(_B.c.id, _B.c.theme_id, _B.c.first, _B.c.last)
        .order_by(_B.c.first)
    ).all()
    groups = [(Status.PUBLISHED,), (Status.REJECTED,), (Status.RECEIVED, Status.HELD)]
    counted = [func.sum(case((_C.c.status.in_(group), 1), else_=0)) for group in groups]
    notes = db.execute(
        select(_P.c.batch_id, func.count(), *counted)
        .join(_N, _N.c.paper_id == _P.c.id)
        .join(_C, _C.c.id == _N.c.contribution_id)
        .where(_P.c.forum_id == forum.id)
        .group_by(_P.c.batch_id)
    )
    by_batch = {row[0]: tuple(row[1:]) for row in notes}
    return [
        Batch(id_, theme, first, last, entered, blank, lost, out, *by_batch.get(id_, (0, 0, 0, 0)))
        for id_, theme, first, last, out, entered, blank, lost in sheets
    ]


def batch(db: Session, forum: ForumView, batch_id: int) -> Batch:
    """One batch; ``NotFound`` for one of another forum."""
    found = next((one for one in reconcile(db, forum) if one.id == batch_id), None)
    if found is None:
        raise NotFound("Esa tanda de hojas no es de este foro.")
    return found
