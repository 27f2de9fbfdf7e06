"""What is erased because its day has come; the worker asks for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, not_, or_, select, update
from sqlalchemy.orm import Session

from consulta.domain.comments import flags
from consulta.domain.consultations import reading as consultations
from consulta.domain.contributions import status
from consulta.domain.contributions.status import Occasion
from consulta.domain.contributions.withdrawal import Own
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.proposals import erasure as proposal_erasure
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Erasure, Status
from consulta.models.moderation import Decision, DecisionNote

PIECE = 200


def erase(db: Session, *, now: datetime) -> int:
    """Erase up to 200 contributions whose 72 hours are over; the count done. The worker repeats until 0."""
    due = db.execute(
        select(Erasure.contribution_id, Contribution.number, Consultation.slug)
        .join(Contribution, Contribution.id == Erasure.contribution_id)
        .join(Consultation, Consultation.id == Contribution.consultation_id)
        .where(Erasure.due_at <= now)
        .order_by(Erasure.due_at, Erasure.contribution_id)
        .limit(PIECE)
    ).all()
    done = 0
    for id_, number, slug in due:
        if not status.lock(db, id_, status=Status.WITHDRAWN):
            continue
        view = consultations.find(db, slug).view
        erase_own(db, Own(id_, number, Status.WITHDRAWN, False, view), now=now)
        done += 1
    return done


def forget_contacts(db: Session, *, today: date, now: datetime) -> int:
    """Destroy up to 200 addresses whose day has come, and the names that nobody sees: those that were not to be shown
    and those of texts that are not public; the count done. Who asked for an erasure has 72 hours to take it back, and
    finds then what was there."""
    seen = Contributor.publish_name & (Contribution.status == Status.PUBLISHED)
    due = db.execute(
        select(Contributor.contribution_id, Contribution.number, Consultation.slug, seen.label("seen"))
        .join(Contribution, Contribution.id == Contributor.contribution_id)
        .join(Consultation, Consultation.id == Contribution.consultation_id)
        .where(
            Contributor.erase_contact_on <= today,
            or_(Contributor.email.is_not(None), Contributor.name.is_not(None) & not_(seen)),
            ~select(Erasure.contribution_id).where(Erasure.contribution_id == Contribution.id).exists(),
        )
        .order_by(Contributor.contribution_id)
        .limit(PIECE)
    ).all()
    for id_, number, slug, name_is_seen in due:
        values: dict[str, Any] = {"email": None, "mail_language": None, "email_salt": None}
        fields = ["email"]
        if not name_is_seen:
            values |= {"name": None, "name_salt": None, "publish_name": False}
            fields.append("name")
        db.execute(update(Contributor).where(Contributor.contribution_id == id_).values(**values))
        view = consultations.find(db, slug).view
        on = Occasion(number, Action.EXPIRE, ledger.SYSTEM, view.today(now), {"fields": fields})
        status.record(db, view, on)
    return len(due)


def erase_own(db: Session, mine: Own, *, now: datetime) -> None:
    """Destroy text, name, address, traits and their salts; the number and what is counted stay."""
    flags.forget_lines(db, mine.id)
    proposal_erasure.forget(db, mine.id)
    notes = select(Decision.id).where(Decision.contribution_id == mine.id)
    db.execute(update(DecisionNote).where(DecisionNote.decision_id.in_(notes)).values(note=None, note_salt=None))
    db.execute(delete(Erasure).where(Erasure.contribution_id == mine.id))
    on = Occasion(mine.number, Action.ERASE, ledger.SYSTEM, mine.consultation.today(now))
    status.erase(db, mine.consultation, mine.id, on)
