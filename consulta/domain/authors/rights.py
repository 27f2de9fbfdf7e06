"""What an author may do with the code alone, without giving a reason; and what the worker erases when it is due."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.codes import confirmation_code, sha256
from consulta.domain.consultations import reading as consultations
from consulta.domain.contributions import status, withdrawal
from consulta.domain.contributions.withdrawal import Own
from consulta.domain.errors import Conflict, NotFound
from consulta.domain.ledger.actions import Action
from consulta.domain.rows import changed
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Erasure, Status

ERASE_AFTER = timedelta(hours=72)
PIECE = 200


def own(db: Session, folio: str) -> Own:
    """The contribution of a code; ``NotFound`` else."""
    row = db.execute(
        select(
            Contribution.id, Contribution.number, Contribution.status, Contribution.awaiting_review, Consultation.slug
        )
        .join(Consultation, Consultation.id == Contribution.consultation_id)
        .where(Contribution.folio_hash == sha256(folio))
    ).first()
    if row is None:
        raise NotFound("No encontramos ese código. Revíselo letra por letra en su comprobante.")
    view = consultations.find(db, row.slug).view
    return Own(row.id, row.number, row.status, row.awaiting_review, view)


def withdraw(db: Session, folio: str, *, now: datetime) -> None:
    """Take a contribution back: at once out of every page, search, feed and file."""
    withdrawal.withdraw(db, own(db, folio), now=now)


def ask_erasure(db: Session, folio: str, *, now: datetime) -> None:
    """Withdraw at once, and erase text, name, address and traits after 72 hours unless taken back."""
    if not ask_again(db, own(db, folio), now=now):
        raise Conflict("Ya había pedido el borrado de este aporte.")


def ask_again(db: Session, mine: Own, *, now: datetime) -> bool:
    """The same, for a contribution that was found already; false if it was asked before."""
    asked = db.execute(select(Erasure.due_at).where(Erasure.contribution_id == mine.id)).first()
    if asked or mine.status is Status.ERASED:
        return False
    db.execute(
        insert(Erasure).values(
            contribution_id=mine.id,
            due_at=now + ERASE_AFTER,
            status_before=mine.status,
            awaiting_before=mine.awaiting_review,
        )
    )
    if mine.status is Status.WITHDRAWN:
        on = withdrawal.by_author(mine, Action.ASK_ERASURE, now=now, status=Status.WITHDRAWN.value)
        status.record(db, mine.consultation, on)
    else:
        withdrawal.withdraw(db, mine, action=Action.ASK_ERASURE, now=now)
    return True


def take_back_erasure(db: Session, folio: str, *, now: datetime) -> None:
    """Undo ``ask_erasure`` within its 72 hours: the contribution stands again where it stood."""
    mine = own(db, folio)
    due = select(Erasure.contribution_id).where(Erasure.contribution_id == mine.id, Erasure.due_at > now)
    if db.execute(due).first() is None or not take_back_own(db, mine, now=now):
        raise Conflict("Ya no hay un borrado por cancelar.")


def take_back_own(db: Session, mine: Own, *, now: datetime) -> bool:
    """The same, whenever it was due, for a contribution that was found already; false if nothing was asked."""
    asked: Any = db.execute(
        delete(Erasure)
        .where(Erasure.contribution_id == mine.id)
        .returning(Erasure.status_before, Erasure.awaiting_before)
    ).first()
    if asked is None or not status.lock(db, mine.id, status=Status.WITHDRAWN):
        return False
    on = withdrawal.by_author(mine, Action.TAKE_BACK_ERASURE, now=now, awaiting=bool(asked.awaiting_before))
    before, awaiting = asked.status_before, asked.awaiting_before
    status.change(db, mine.consultation, mine.id, on, status=before, awaiting=awaiting)
    return True


def remove_name(db: Session, folio: str, *, now: datetime) -> None:
    """Destroy the name and its salt; what was shown with it is shown without."""
    _drop(
        db,
        own(db, folio),
        {"name": None, "publish_name": False, "name_salt": None},
        Action.REMOVE_NAME,
        now=now,
    )


def erase_email(db: Session, folio: str, *, now: datetime) -> None:
    """Destroy the address and its salt; no more mail is sent. Whether it was confirmed stays on record."""
    values = {"email": None, "mail_language": None, "email_salt": None}
    _drop(db, own(db, folio), values, Action.ERASE_EMAIL, now=now)


def confirm(db: Session, folio: str, *, typed: str, secret: str, now: datetime) -> None:
    """Record that the mail arrived and its reader answered; provenance, not worth."""
    mine = own(db, folio)
    email, confirmed = db.execute(
        select(Contributor.email, Contribution.confirmed)
        .join(Contribution, Contribution.id == Contributor.contribution_id)
        .where(Contributor.contribution_id == mine.id)
    ).one()
    if confirmed:
        return
    right = email is not None and hmac.compare_digest(
        confirmation_code(secret, folio, email), "".join(typed.upper().split()) if typed.isascii() else ""
    )
    if not right:
        raise NotFound("Ese no es el código de confirmación que le enviamos por correo.")
    if not status.lock(db, mine.id, status=mine.status):
        raise Conflict("Este aporte cambió en este momento. Inténtelo de nuevo.")
    on = withdrawal.by_author(mine, Action.CONFIRM, now=now, confirmed=True)
    status.change(db, mine.consultation, mine.id, on, confirmed=True)


def _drop(db: Session, mine: Own, values: dict[str, Any], action: Action, *, now: datetime) -> None:
    done = changed(
        db,
        update(Contributor)
        .where(Contributor.contribution_id == mine.id, getattr(Contributor, next(iter(values))).is_not(None))
        .values(**values),
    )
    if done:
        status.record(db, mine.consultation, withdrawal.by_author(mine, action, now=now))
