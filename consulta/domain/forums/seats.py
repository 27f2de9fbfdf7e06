"""The seats of a forum: taken under one lock, given back, given to the first in line.

Every change of a seat begins with the lock of the forum's row, which counts the confirmed and those who wait; a CHECK
holds the count to the capacity whatever happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.notifications import notices, outbox
from consulta.domain.notifications.outbox import Recipient
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation
from consulta.models.forums import Forum, ForumVersion, Registration, Seat

from . import tables as forum_tables
from .telling import PromotionMail

PIECE = 50
"""Promotions in one transaction; the worker goes on."""
KEPT = timedelta(minutes=30)
"""How long after the start the seat of somebody promoted, whom nobody could tell, is kept."""
_F = table_of(Forum)
_R = table_of(Registration)


@dataclass(frozen=True)
class Locked:
    """A forum's row, held until the end of the transaction."""

    id: int
    key: str
    capacity: int
    confirmed: int
    waiting: int
    last_place: int
    opens_at: datetime
    closes_at: datetime
    ends_at: datetime
    cancelled: bool

    @property
    def free(self) -> int:
        """How many seats nobody has."""
        return self.capacity - self.confirmed


def lock(db: Session, where: Any, *, places: int = 0) -> Locked | None:
    """Take the lock of a forum's row, and perhaps places in its order."""
    columns = [_F.c[name] for name in Locked.__dataclass_fields__]
    row = db.execute(update(_F).where(where).values(last_place=_F.c.last_place + places).returning(*columns)).first()
    return Locked(*row) if row else None


def promote(db: Session, consultation: ConsultationView, forum_id: int, *, now: datetime) -> int:
    """Give free seats to the first in line: a party gets seats for all who wait or goes on waiting, and nobody passes
    it. How many people; it stops after 50, and the worker goes on."""
    forum = lock(db, _F.c.id == forum_id)
    if forum is None or forum.cancelled or now >= forum.ends_at:
        return 0
    left, moved = min(forum.free, forum.waiting), 0
    while left > 0 and moved < PIECE:
        party = _first_party(db, forum_id)
        if not 0 < len(party) <= left:
            break
        _seat_party(db, consultation, forum, party, now)
        moved, left = moved + len(party), left - len(party)
    if moved:
        counted = {"confirmed": _F.c.confirmed + moved, "waiting": _F.c.waiting - moved}
        db.execute(update(_F).where(_F.c.id == forum_id).values(**counted))
    return moved


def _first_party(db: Session, forum_id: int) -> Sequence[Row[Any]]:
    """Whoever of the first party in line still waits."""
    waits = (_R.c.forum_id == forum_id, _R.c.state == Seat.WAITING)
    first = select(_R.c.submission_hash).where(*waits).order_by(_R.c.place).limit(1).scalar_subquery()
    return db.execute(select(_R).where(*waits, _R.c.submission_hash == first).order_by(_R.c.place)).all()


def _seat_party(
    db: Session, consultation: ConsultationView, forum: Locked, party: Sequence[Row[Any]], now: datetime
) -> None:
    """Seat everybody of a party, and tell it once: by mail, or by a person where there is only a telephone."""
    chosen = [(row.first_id, row.second_id) for row in party]
    for row, table in zip(party, forum_tables.seat_party(db, forum.id, chosen), strict=True):
        now_seated = {"state": Seat.CONFIRMED, "promoted_at": now, "table_id": table}
        db.execute(update(_R).where(_R.c.id == row.id).values(**now_seated))
        note(db, consultation, forum.key, row.ref, Action.REGISTRATION_PROMOTE, now)
    head = party[0]
    event = f"promotion:{head.ref}"
    if head.email:
        refs = [row.ref for row in party]
        mail = PromotionMail(slug=consultation.slug, key=forum.key, language=head.language, refs=refs)
        outbox.post(db, mail, event=event, to=Recipient.REGISTRATION.of(head.id), now=now)
    elif head.phone:
        content = {"what": "forum-promoted", "key": forum.key, "title": _name(db, forum.id), "people": len(party)}
        notices.call_person(db, consultation.id, head.id, event, content, now)


def cancel(
    db: Session,
    consultation: ConsultationView,
    registration_id: int,
    *,
    now: datetime,
    action: Action = Action.REGISTRATION_CANCEL,
    state: Seat = Seat.CANCELLED,
) -> None:
    """Give the seat or the place back; the first in line gets the seat. ``Conflict`` if there is nothing to give."""
    forum = forum_of(db, registration_id)
    if now >= forum.ends_at:
        raise Conflict("Este foro ya pasó: su inscripción queda como está.")
    row = db.execute(select(_R).where(_R.c.id == registration_id)).one()
    if row.state not in (Seat.CONFIRMED, Seat.WAITING):
        raise Conflict("Esta inscripción ya no tiene lugar: no hay nada que cancelar.")
    db.execute(update(_R).where(_R.c.id == registration_id).values(state=state, table_id=None))
    forum_tables.leave(db, row.table_id)
    column = _F.c.confirmed if row.state is Seat.CONFIRMED else _F.c.waiting
    db.execute(update(_F).where(_F.c.id == forum.id).values({column.name: column - 1}))
    note(db, consultation, forum.key, row.ref, action, now)
    promote(db, consultation, forum.id, now=now)


def move(db: Session, consultation: ConsultationView, registration_id: int, theme: str, *, now: datetime) -> None:
    """Another table; ``Conflict`` if it is full."""
    forum = forum_of(db, registration_id)
    if now >= forum.ends_at:
        raise Conflict("Este foro ya pasó: su inscripción queda como está.")
    row = db.execute(select(_R.c.ref, _R.c.state, _R.c.table_id).where(_R.c.id == registration_id)).one()
    table = next((t for t in forum_tables.listing(db, forum.id) if t.theme == theme), None)
    if table is None:
        raise Invalid("Esa mesa no es de este foro.", field="table")
    if row.state is Seat.WAITING:
        db.execute(update(_R).where(_R.c.id == registration_id).values(first_id=table.id))
        return
    if row.state is not Seat.CONFIRMED:
        raise Conflict("Esta inscripción ya no tiene lugar.")
    if table.id == row.table_id:
        return
    if not forum_tables.take(db, table.id):
        raise Conflict("Esa mesa ya está llena. Elija otra: su lugar en el foro sigue siendo suyo.")
    forum_tables.leave(db, row.table_id)
    db.execute(update(_R).where(_R.c.id == registration_id).values(table_id=table.id))
    note(db, consultation, forum.key, row.ref, Action.REGISTRATION_MOVE, now, {"table": theme})


def release(db: Session, *, now: datetime) -> int:
    """Free the seats of promoted people without any contact who are not there half an hour after the start; and give
    seats that are free, such as those a larger capacity brought. How many moved; the worker repeats until 0."""
    late = select(_R.c.id, Consultation.slug).where(
        _F.c.starts_at <= now - KEPT,
        _F.c.ends_at > now,
        _F.c.cancelled.is_(False),
        _R.c.state == Seat.CONFIRMED,
        _R.c.promoted_at <= _F.c.starts_at,
        _R.c.email.is_(None),
        _R.c.phone.is_(None),
        _R.c.present.is_(False),
    )
    joined = late.join(_F, _F.c.id == _R.c.forum_id).join(Consultation, Consultation.id == _F.c.consultation_id)
    found = db.execute(joined.order_by(_R.c.id).limit(PIECE)).all()
    for registration_id, slug in found:
        view = consultations.find(db, slug).view
        cancel(db, view, registration_id, now=now, action=Action.REGISTRATION_RELEASE, state=Seat.RELEASED)
    return len(found) or _give(db, now=now)


def _give(db: Session, *, now: datetime) -> int:
    """A round through the forums with free seats and a line; one whose first party does not fit holds up no other."""
    free = select(_F.c.id, Consultation.slug).join(Consultation, Consultation.id == _F.c.consultation_id)
    open_ = (_F.c.cancelled.is_(False), _F.c.ends_at > now, _F.c.waiting > 0, _F.c.confirmed < _F.c.capacity)
    for row in db.execute(free.where(*open_).order_by(_F.c.id)).all():
        if moved := promote(db, consultations.find(db, row.slug).view, row.id, now=now):
            return moved
    return 0


def note(
    db: Session,
    consultation: ConsultationView,
    key: str,
    ref: str,
    action: Action,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    """An entry of one registration; the public ones bear a day and no time."""
    ledger.note(
        db,
        consultation,
        actor=ledger.PUBLIC,
        action=action,
        subject=f"registration/{ref}",
        recorded=consultation.today(now),
        payload={"forum": key, **(more or {})},
    )


def _name(db: Session, forum_id: int) -> Localized:
    in_force = (ForumVersion.forum_id == Forum.id) & (ForumVersion.version == Forum.version)
    query = select(ForumVersion.content).join(Forum, in_force).where(Forum.id == forum_id)
    name: Localized = db.execute(query).scalar_one()["name"]
    return name


def forum_of(db: Session, registration_id: int) -> Locked:
    """The forum of a registration, locked."""
    mine = select(_R.c.forum_id).where(_R.c.id == registration_id).scalar_subquery()
    forum = lock(db, _F.c.id == mine)
    if forum is None:
        raise Conflict("Esta inscripción ya no existe.")
    return forum
