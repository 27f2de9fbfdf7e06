"""The desk: what waits, who has it open, and the two acts, deciding and classifying, which are never one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ReasonView, ThemeView
from consulta.domain.contributions import status as contribution_status
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import changed
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.moderation import Classification, Decision, DecisionNote, Intake, Lease, Verdict

from . import returns, telling
from .returns import Returned

STATUS_AFTER = {
    Verdict.PUBLISH: Status.PUBLISHED,
    Verdict.REJECT: Status.REJECTED,
    Verdict.RETURN: Status.RETURNED,
}
ACTION = {Verdict.PUBLISH: Action.PUBLISH, Verdict.REJECT: Action.REJECT, Verdict.RETURN: Action.RETURN}


def decide(
    db: Session,
    *,
    consultation: ConsultationView,
    number: int,
    verdict: Verdict,
    reason_code: str | None,
    note: str | None,
    ordinal: int,
    by: By,
    now: datetime,
    returned: Returned | None = None,
) -> None:
    """Publish, reject, or give a proposal back (``returned``). The form's ``ordinal`` must be the one stored, else
    ``Conflict`` (somebody was faster)."""
    reason = _reason(consultation, reason_code) if verdict is Verdict.REJECT else None
    if verdict is Verdict.RETURN:
        returns.check(db, consultation, number, returned, now=now)
    row = _take(db, consultation, number, ordinal=ordinal, by=by, now=now)
    status, stays = STATUS_AFTER[verdict], _stays(db, row, verdict)
    salt = ledger.new_salt()
    values = {"contribution_id": row.id, "ordinal": ordinal + 1, "verdict": verdict, "account_id": by.account_id}
    stored = insert(Decision).values(**values, decided_at=now, reason_id=reason.id if reason else None)
    decision_id = db.execute(stored.returning(Decision.id)).scalar_one()
    db.execute(insert(DecisionNote).values(decision_id=decision_id, note=note, note_salt=salt))
    said = f"{reason.code}@{reason.version}" if reason else None
    payload = {"ordinal": ordinal + 1, "reason": said, "commitments": {"note": ledger.fingerprint(salt, note)}}
    on = Occasion(number, ACTION[verdict], by.pseudonym, now, payload | (returned.payload() if returned else {}))
    contribution_status.change(db, consultation, row.id, on, status=status, awaiting=False)
    if returned:
        returns.reopen(db, row.id, decision_id, returned)
    if not stays:
        telling.tell(
            db,
            consultation,
            row,
            ordinal=ordinal + 1,
            status=status,
            reason=reason,
            note=note,
            returned=returned,
            now=now,
        )


def classify(
    db: Session,
    *,
    consultation: ConsultationView,
    number: int,
    theme: ThemeView | None,
    mentions: Sequence[ThemeView],
    ordinal: int,
    by: By,
    now: datetime,
) -> None:
    """Say what it is about: a primary theme or none, and secondary ones (the primary is not among them)."""
    secondary = [m for m in mentions if theme is None or m.id != theme.id]
    row = _take(db, consultation, number, ordinal=ordinal, by=by, now=now)
    slugs = [m.slug for m in secondary]
    db.execute(
        insert(Classification).values(
            contribution_id=row.id,
            ordinal=ordinal + 1,
            theme_id=theme.id if theme else None,
            mentions=slugs,
            account_id=by.account_id,
            decided_at=now,
        )
    )
    payload = {"ordinal": ordinal + 1, "theme": theme.slug if theme else None, "mentions": slugs}
    on = Occasion(number, Action.CLASSIFY, by.pseudonym, now, payload)
    contribution_status.change(db, consultation, row.id, on, themes=(theme, secondary))


def _reason(consultation: ConsultationView, code: str | None) -> ReasonView:
    """The published reason that was chosen; ``Invalid`` without one."""
    chosen = next((r for r in consultation.reasons if r.code == code), None)
    if chosen is None:
        raise Invalid("Elija el motivo por el que no se publica.", field="reason")
    return chosen


def _stays(db: Session, row: contribution_status.StoredContribution, verdict: Verdict) -> bool:
    """Whether a person published it before and leaves it so, as after a report: that is no news to its author."""
    if verdict is not Verdict.PUBLISH or row.status is not Status.PUBLISHED:
        return False
    return db.execute(select(Decision.id).where(Decision.contribution_id == row.id).limit(1)).first() is not None


def _take(
    db: Session, consultation: ConsultationView, number: int, *, ordinal: int, by: By, now: datetime
) -> contribution_status.StoredContribution:
    """Lock the row by raising its ordinal, only if it is the one seen, it still lives, and no one else has it open."""
    row = contribution_status.by_number(db, consultation, number)
    contributions = table_of(Contribution)
    done = changed(
        db,
        update(contributions)
        .where(
            contributions.c.id == row.id,
            contributions.c.ordinal == ordinal,
            contributions.c.status.not_in([Status.WITHDRAWN, Status.ERASED, Status.ANNULLED]),
        )
        .values(ordinal=ordinal + 1),
    )
    if not done:
        raise Conflict("Otra persona decidió antes, o su autor lo retiró. Esto es lo que hay ahora.")
    if (
        db.execute(select(Intake.account_id).where(Intake.contribution_id == row.id)).scalar_one_or_none()
        == by.account_id
    ):
        raise NotAllowed("Usted ingresó este aporte: lo revisa otra persona.")
    holder = db.execute(select(Lease.account_id, Lease.until).where(Lease.contribution_id == row.id)).first()
    if holder and holder.account_id != by.account_id and holder.until > now:
        raise Conflict("Otra persona tiene abierto este aporte. Espere a que lo suelte.")
    db.execute(delete(Lease).where(Lease.contribution_id == row.id))
    return row
