"""Long documents: asked for by anybody, made by the worker, kept until something in them is no longer published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.prints import Print

_T = table_of(Print)


@dataclass(frozen=True)
class Standing:
    """How a document stands: when it was made, at which length of the log, whether a newer one was asked for."""

    made_at: datetime | None
    length: int | None
    asked: bool


def standing(db: Session, consultation: ConsultationView, name: str) -> Standing:
    """What there is of it."""
    mine = (_T.c.consultation_id == consultation.id) & (_T.c.name == name)
    row = db.execute(select(_T.c.made_at, _T.c.length, _T.c.asked_at).where(mine)).first()
    return Standing(row.made_at, row.length, row.asked_at is not None) if row else Standing(None, None, False)


def content(db: Session, consultation: ConsultationView, name: str) -> bytes | None:
    """The document as it was made last."""
    mine = (_T.c.consultation_id == consultation.id) & (_T.c.name == name)
    found: bytes | None = db.execute(select(_T.c.content).where(mine)).scalar()
    return found


def ask(db: Session, consultation: ConsultationView, name: str, *, now: datetime) -> None:
    """Ask for a newer one; asked twice it is made once."""
    mine = (_T.c.consultation_id == consultation.id) & (_T.c.name == name)
    done = update(_T).where(mine).values(asked_at=now).returning(_T.c.id)
    if db.execute(done).first() is not None:
        return
    try:
        with db.begin_nested():
            db.execute(insert(_T).values(consultation_id=consultation.id, name=name, asked_at=now))
    except IntegrityError:
        return  # somebody else asked in this moment


def asked(db: Session) -> tuple[int, str, str] | None:
    """The document that was asked for first: its row, the consultation's slug, its name."""
    query = select(_T.c.id, Consultation.slug, _T.c.name).join(Consultation, Consultation.id == _T.c.consultation_id)
    row = db.execute(query.where(_T.c.asked_at.is_not(None)).order_by(_T.c.asked_at, _T.c.id).limit(1)).first()
    return (row.id, row.slug, row.name) if row else None


def forget(db: Session, consultation_id: int) -> None:
    """Something that may stand in them is no longer published; what was asked for is still made."""
    mine = (_T.c.consultation_id == consultation_id) & _T.c.content.is_not(None)
    db.execute(update(_T).where(mine).values(content=None, length=None, made_at=None))


def lock(db: Session, id_: int) -> None:
    """Whoever withdraws something waits, or has been waited for, until this transaction ends."""
    db.execute(update(_T).where(_T.c.id == id_).values(name=_T.c.name))


def keep(db: Session, id_: int, made: bytes, *, length: int, now: datetime) -> None:
    """Put a document down that was made."""
    db.execute(update(_T).where(_T.c.id == id_).values(content=made, length=length, made_at=now, asked_at=None))


def give_up(db: Session, id_: int) -> None:
    """It cannot be made: nobody waits for it any longer."""
    db.execute(update(_T).where(_T.c.id == id_).values(asked_at=None))
