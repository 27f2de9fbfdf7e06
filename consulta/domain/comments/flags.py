"""Somebody reports a published comment: a person looks at it again, and it stays published meanwhile.

How many reports there are of a comment is nobody's business but the team's: the ledger says that one came and why,
and commits to which comment it is about.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import AlreadyReceived, Conflict
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.comments import Ground, Report
from consulta.models.contributions import Contribution, Status
from consulta.models.moderation import Decision

from . import supports

LINE_MAX = 500
_R = table_of(Report)
_C = table_of(Contribution).c


@dataclass(frozen=True)
class Flag:
    """What somebody reports: the comment's number, why, and perhaps a line."""

    number: int
    ground: Ground
    line: str | None = None


@dataclass(frozen=True)
class ReceivedFlag:
    """A report as the team sees it; ``settled`` by a decision that came after it."""

    ground: Ground
    line: str | None
    reported_on: date
    held_cause: str | None
    settled: bool


def file(
    db: Session, *, consultation: ConsultationView, said: Flag, submission: str, held_cause: str | None, now: datetime
) -> None:
    """Put a published comment before a person again; ``NotFound`` unless it is one, ``AlreadyReceived`` if the key
    came before. ``held_cause``: what made the form suspicious, for whoever looks."""
    comment = supports.published(db, consultation, said.number)
    if not status.lock(db, comment.id, status=Status.PUBLISHED):
        raise Conflict("Este comentario dejó de estar publicado en este momento.")
    ref, salt, line_salt = secrets.token_hex(8), ledger.new_salt(), ledger.new_salt()
    seen = db.execute(select(_C.ordinal).where(_C.id == comment.id)).scalar_one()
    row = {
        "ref": ref,
        "comment_id": comment.id,
        "ground": said.ground,
        "line": said.line,
        "line_salt": line_salt,
        "salt": salt,
        "reported_on": consultation.today(now),
        "ordinal": seen,
        "held_cause": held_cause,
        "submission_hash": sha256(submission),
    }
    try:
        db.execute(insert(Report).values(**row))
    except IntegrityError as error:
        raise AlreadyReceived("Este formulario ya se envió.") from error
    payload = {"ground": said.ground.value, "commitments": fingerprints({**row, "number": said.number})}
    today, about = consultation.today(now), f"report/{ref}"
    on = Occasion(said.number, Action.REPORT, ledger.PUBLIC, today, payload, subject=about)
    status.change(db, consultation, comment.id, on, awaiting=True)


def repeated(db: Session, *, said: Flag, submission: str) -> None:
    """``Conflict`` unless the report that came first with this key said the same."""
    query = select(_C.number, _R.c.ground, _R.c.line).join(_R, _R.c.comment_id == _C.id)
    row = db.execute(query.where(_R.c.submission_hash == sha256(submission))).first()
    if row is None or Flag(*row) != said:
        raise Conflict(
            "Este formulario ya se envió una vez con otro contenido. Abra uno nuevo para avisar también esto."
        )


def fingerprints(row: dict[str, Any]) -> dict[str, str | None]:
    """What the ledger commits to: which comment and how it came, and the line. ``None`` where a salt is gone."""
    about = [row["number"], row["ordinal"], row["submission_hash"].hex(), row["held_cause"]]
    return {
        "about": ledger.fingerprint(row["salt"], about),
        "line": ledger.fingerprint(row["line_salt"], row["line"]) if row["line_salt"] else None,
    }


def of(db: Session, contribution_id: int) -> list[ReceivedFlag]:
    """The reports of a comment, newest first, for the team."""
    decided = select(func.max(Decision.ordinal)).where(Decision.contribution_id == contribution_id).scalar_subquery()
    query = select(_R.c.ground, _R.c.line, _R.c.reported_on, _R.c.held_cause, _R.c.ordinal, decided.label("decided"))
    rows = db.execute(query.where(_R.c.comment_id == contribution_id).order_by(_R.c.id.desc()).limit(100))
    return [ReceivedFlag(r.ground, r.line, r.reported_on, r.held_cause, r.ordinal < (r.decided or 0)) for r in rows]


def latest(contribution_id: Any) -> Any:
    """The day of a comment's newest report, as a part of another query; none if there is none."""
    return select(func.max(_R.c.reported_on)).where(_R.c.comment_id == contribution_id).scalar_subquery()


def forget_lines(db: Session, contribution_id: int) -> None:
    """What was said in reports of a comment goes with the comment."""
    db.execute(update(_R).where(_R.c.comment_id == contribution_id).values(line=None, line_salt=None))
