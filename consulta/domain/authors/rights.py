"""What an author may do with the code alone, without giving a reason; and what the worker erases when it is due."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.comments import flags
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, search
from consulta.domain.contributions import status as contribution_status
from consulta.domain.contributions.fingerprints import sha256
from consulta.domain.errors import Conflict, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.proposals import erasure as proposal_erasure
from consulta.domain.results import tally
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Erasure, Status
from consulta.models.moderation import Decision, DecisionNote

ERASE_AFTER = timedelta(hours=72)
PIECE = 200
GONE = (Status.WITHDRAWN, Status.ERASED)


@dataclass(frozen=True)
class Own:
    """An author's contribution, found by its code."""

    id: int
    number: int
    status: Status
    awaiting_review: bool
    consultation: ConsultationView


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
    withdraw_own(db, own(db, folio), now=now)


def withdraw_own(db: Session, mine: Own, *, now: datetime) -> None:
    """The same, for a contribution that was found already."""
    _withdraw(db, mine, Action.WITHDRAW, now=now)


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
        _entry(db, mine, Action.ASK_ERASURE, {"status": Status.WITHDRAWN.value}, now=now)
    else:
        _withdraw(db, mine, Action.ASK_ERASURE, now=now)
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
    if asked is None or not contribution_status.lock(db, mine.id, status=Status.WITHDRAWN):
        return False
    contribution_status.change(
        db,
        mine.consultation,
        contribution_id=mine.id,
        status=asked.status_before,
        awaiting=asked.awaiting_before,
    )
    payload = {"status": asked.status_before.value, "awaiting": bool(asked.awaiting_before)}
    _entry(db, mine, Action.TAKE_BACK_ERASURE, payload, now=now)
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


def confirmation_code(secret: str, folio: str, email: str) -> str:
    """Eight letters that only the mailed link carries; typed or filled in, they confirm the address."""
    digest = hmac.digest(secret.encode(), f"confirm|{folio}|{email}".encode(), "sha256")
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte & 31] for byte in digest[:8])


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
    if not contribution_status.lock(db, mine.id, status=mine.status):
        raise Conflict("Este aporte cambió en este momento. Inténtelo de nuevo.")
    contribution_status.change(db, mine.consultation, contribution_id=mine.id, confirmed=True)
    _entry(db, mine, Action.CONFIRM, {"confirmed": True}, now=now)


def _withdraw(db: Session, mine: Own, action: Action, *, now: datetime) -> None:
    if mine.status in GONE:
        raise Conflict("Este aporte ya fue retirado.")
    if not contribution_status.lock(db, mine.id, status=mine.status):
        raise Conflict("Este aporte cambió en este momento. Inténtelo de nuevo.")
    contribution_status.change(db, mine.consultation, contribution_id=mine.id, status=Status.WITHDRAWN, awaiting=False)
    _entry(db, mine, action, {"status": Status.WITHDRAWN.value}, now=now)


def _drop(db: Session, mine: Own, values: dict[str, Any], action: Action, *, now: datetime) -> None:
    done: Any = db.execute(
        update(Contributor)
        .where(Contributor.contribution_id == mine.id, getattr(Contributor, next(iter(values))).is_not(None))
        .values(**values)
    )
    if done.rowcount:
        _entry(db, mine, action, {}, now=now)


def erase_own(db: Session, mine: Own, *, now: datetime) -> None:
    """Destroy text, name, address, traits and their salts; the number and what is counted stay."""
    before = contribution_status.facts_of(db, [mine.id])[mine.id]
    base: Any = Contribution.__table__
    db.execute(
        update(base)
        .where(base.c.id == mine.id)
        .values(status=Status.ERASED, title=None, title_salt=None, department=None, department_salt=None)
    )
    bodies.erase(db, mine.id)
    flags.forget_lines(db, mine.id)
    proposal_erasure.forget(db, mine.id)
    empty = dict.fromkeys(("name", "email", *tally.TRAITS))
    salts = dict.fromkeys(f"{field}_salt" for field in empty)
    db.execute(
        update(Contributor)
        .where(Contributor.contribution_id == mine.id)
        .values(**empty, **salts, publish_name=False, mail_language=None)
    )
    notes = select(Decision.id).where(Decision.contribution_id == mine.id)
    db.execute(update(DecisionNote).where(DecisionNote.decision_id.in_(notes)).values(note=None, note_salt=None))
    contribution_status.forget_mentions(db, mine.id)
    db.execute(delete(Erasure).where(Erasure.contribution_id == mine.id))
    tally.move(db, before, before.erased())
    search.refresh(db, mine.consultation, mine.id)
    _entry(db, mine, Action.ERASE, {"status": Status.ERASED.value}, now=now)


def _entry(db: Session, mine: Own, action: Action, payload: dict[str, Any], *, now: datetime) -> None:
    actor = ledger.SYSTEM if action is Action.ERASE else ledger.PUBLIC
    contribution_status.record(
        db,
        mine.consultation,
        actor=actor,
        action=action,
        number=mine.number,
        recorded=mine.consultation.today(now),
        payload=payload,
    )
