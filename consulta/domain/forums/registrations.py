"""Registering for a forum without an account: seats for a whole party, or all of it waits in line."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.codes import folio_of, sha256
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import AlreadyReceived, Closed, Conflict, Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Recipient
from consulta.domain.texts import sort_key
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.forums import Forum, Registration, Seat

from . import reading, seats
from . import tables as forum_tables
from .reading import ForumView
from .tables import Table
from .telling import RegistrationMail

MAX_PEOPLE, MAX_CHILDREN = 10, 20
"""People in one go, and children with them."""
_F = table_of(Forum)
_R = table_of(Registration)


@dataclass(frozen=True)
class Guest:
    """One person of a party; tables by their theme's slug."""

    name: str
    taking_part_as: str | None = None
    first: str | None = None
    second: str | None = None


@dataclass(frozen=True)
class Group:
    """Who registers in one go, and what holds for all of them."""

    guests: tuple[Guest, ...]
    department: str | None = None
    organization: str | None = None
    needs: str | None = None
    email: str | None = None
    phone: str | None = None
    children: int = 0


def codes(submission: str, count: int) -> list[str]:
    """The codes of a party: each person has one of their own."""
    return [folio_of(f"{submission}/{member}" if member else submission) for member in range(count)]


def register(
    db: Session,
    consultation: ConsultationView,
    key: str,
    group: Group,
    *,
    submission: str,
    language: str,
    now: datetime,
) -> list[str]:
    """Seats for all, or all wait; the codes in the order of the guests. ``Closed`` outside the window,
    ``AlreadyReceived`` if the form came before."""
    count = len(group.guests)
    if not 1 <= count <= MAX_PEOPLE or not 0 <= group.children <= MAX_CHILDREN:
        raise Invalid("En un formulario caben de una a diez personas.", field="people")
    here = (_F.c.consultation_id == consultation.id) & (_F.c.key == key)
    forum = seats.lock(db, here, places=count)
    if forum is None or forum.cancelled or not forum.opens_at <= now < forum.closes_at:
        raise Closed("La inscripción a este foro no está abierta.")
    seated = not forum.waiting and forum.free >= count
    rows = _rows(db, consultation, forum, group, seated, submission=submission, language=language, now=now)
    column = _F.c.confirmed if seated else _F.c.waiting
    db.execute(update(_F).where(_F.c.id == forum.id).values({column.name: column + count}))
    try:
        db.execute(insert(_R), rows)
    except IntegrityError as error:
        raise AlreadyReceived("Este formulario ya se envió.") from error
    action = Action.REGISTRATION_CONFIRM if seated else Action.REGISTRATION_WAIT
    for row in rows:
        seats.note(db, consultation, forum.key, row["ref"], action, now, {"person": fingerprint(row)})
    if group.email:
        _mail(db, consultation, forum.key, rows, codes(submission, count), now=now)
    return codes(submission, count)


def repeated(db: Session, group: Group, *, submission: str) -> list[str]:
    """The codes of a form that was sent before with the same content; ``Conflict`` if it said something else."""
    query = select(_R.c.content_hash).where(_R.c.submission_hash == sha256(submission)).limit(1)
    first = db.execute(query).scalar_one_or_none()
    if first is None or not hmac.compare_digest(first, _content(submission, group)):
        raise Conflict(
            "Con este formulario ya se inscribieron otras personas, y están inscritas. Para inscribir a más, abra un "
            "formulario nuevo."
        )
    return codes(submission, len(group.guests))


def fingerprint(row: Any) -> str | None:
    """What an entry says of somebody's name, contact and needs; ``None`` once they are destroyed."""
    if row["salt"] is None:
        return None
    said = [row[name] for name in ("name", "organization", "needs", "email", "phone")]
    return ledger.fingerprint(row["salt"], said)


def _rows(
    db: Session,
    consultation: ConsultationView,
    forum: seats.Locked,
    group: Group,
    seated: bool,
    *,
    submission: str,
    language: str,
    now: datetime,
) -> list[dict[str, Any]]:
    folios, rows = codes(submission, len(group.guests)), []
    by_theme = {table.theme: table.id for table in forum_tables.listing(db, forum.id)}
    wishes = [_choices(by_theme, guest) for guest in group.guests]
    tables = forum_tables.seat_party(db, forum.id, wishes) if seated else [None] * len(wishes)
    for member, guest in enumerate(group.guests):
        rows.append(
            {
                "forum_id": forum.id,
                "ref": secrets.token_hex(8),
                "member": member,
                "folio_hash": sha256(folios[member]),
                "place": forum.last_place - len(group.guests) + member + 1,
                "submission_hash": sha256(submission),
                "content_hash": _content(submission, group),
                "state": Seat.CONFIRMED if seated else Seat.WAITING,
                "table_id": tables[member],
                "first_id": wishes[member][0],
                "second_id": wishes[member][1],
                "taking_part_as": guest.taking_part_as,
                "department": group.department,
                "children": group.children if member == 0 else 0,
                "registered_on": consultation.today(now),
                "promoted_at": None,
                "present": False,
                "name": guest.name,
                "name_key": sort_key(guest.name),
                "organization": group.organization,
                "needs": group.needs,
                "email": group.email,
                "phone": group.phone,
                "language": language,
                "salt": ledger.new_salt(),
            }
        )
    return rows


def _choices(by_theme: dict[str, int], guest: Guest) -> tuple[int | None, int | None]:
    for name in ("first", "second"):
        choice = getattr(guest, name)
        if choice and choice not in by_theme:
            raise Invalid("Esa mesa no es de este foro. Elija una de la lista.", field=name)
    return by_theme.get(guest.first or ""), by_theme.get(guest.second or "")


def _content(submission: str, group: Group) -> bytes:
    """A digest of what was given, keyed by the form's key, which the database does not have."""
    said = {**group.__dict__, "guests": [guest.__dict__ for guest in group.guests]}
    return hmac.digest(submission.encode(), ledger.canonical(said).encode(), "sha256")


def _mail(
    db: Session,
    consultation: ConsultationView,
    key: str,
    rows: Sequence[dict[str, Any]],
    folios: list[str],
    *,
    now: datetime,
) -> None:
    first = db.execute(select(_R.c.id).where(_R.c.ref == rows[0]["ref"])).scalar_one()
    mail = RegistrationMail(
        slug=consultation.slug,
        key=key,
        language=rows[0]["language"],
        folios=folios,
        confirmed=rows[0]["state"] is Seat.CONFIRMED,
    )
    outbox.post(db, mail, event=f"registration:{rows[0]['ref']}", to=Recipient.REGISTRATION.of(first), now=now)


@dataclass(frozen=True)
class Registered:
    """What the holder of a registration's code sees; ``line``: the place in the waiting list, from 1."""

    folio: str
    consultation: ConsultationView
    forum: ForumView
    id: int
    ref: str
    state: Seat
    name: str | None
    table: Table | None
    line: int | None
    promoted: bool
    present: bool


def registered(db: Session, folio: str) -> Registered | None:
    """The registration of a code; ``None`` if it is the code of none."""
    return _registered(db, folio, _R.c.folio_hash == sha256(folio))


def _registered(db: Session, folio: str, which: Any) -> Registered | None:
    row = db.execute(
        select(_R, _F.c.key, Consultation.slug)
        .join(_F, _F.c.id == _R.c.forum_id)
        .join(Consultation, Consultation.id == _F.c.consultation_id)
        .where(which)
    ).first()
    if row is None:
        return None
    view = consultations.find(db, row.slug).view
    forum = reading.one(db, view, row.key)
    line = None
    if row.state is Seat.WAITING:
        before = (_R.c.forum_id == forum.id) & (_R.c.state == Seat.WAITING) & (_R.c.place <= row.place)
        line = db.execute(select(func.count()).where(before)).scalar_one()
    return Registered(
        folio=folio,
        consultation=view,
        forum=forum,
        id=row.id,
        ref=row.ref,
        state=row.state,
        name=row.name,
        table=next((t for t in forum.tables if t.id in (row.table_id,)), None),
        line=line,
        promoted=row.promoted_at is not None,
        present=row.present,
    )
