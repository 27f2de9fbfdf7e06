"""What is forgotten after a forum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.notifications import notices
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.forums import Forum, Registration

from .telling import KEPT, PIECE

_R = table_of(Registration)


def forget(db: Session, *, now: datetime) -> int:
    """Destroy names, contacts and needs of up to 200 people, 30 days after their forum; the worker repeats until 0."""
    due = (
        select(Forum.id, Forum.key, Forum.version, Consultation.slug)
        .join(Consultation, Consultation.id == Forum.consultation_id)
        .where(Forum.ends_at <= now - KEPT, Forum.erased.is_(False))
    )
    row = db.execute(due.order_by(Forum.id).limit(1)).first()
    if row is None:
        return 0
    held = or_(_R.c.salt.is_not(None), _R.c.name.is_not(None))
    ids = db.execute(select(_R.c.id).where(_R.c.forum_id == row.id, held).limit(PIECE)).scalars().all()
    nothing = dict.fromkeys(("name", "name_key", "organization", "needs", "email", "phone", "salt"))
    db.execute(update(_R).where(_R.c.id.in_(ids)).values(**nothing))
    notices.forget(db, ids)
    if len(ids) < PIECE:
        db.execute(update(Forum).where(Forum.id == row.id).values(erased=True))
        view = consultations.find(db, row.slug).view
        ledger.note(
            db,
            view,
            actor=ledger.SYSTEM,
            action=Action.FORUM_ERASE,
            subject=f"forum/{row.key}@{row.version}",
            recorded=now,
            payload={},
        )
    return max(1, len(ids))
