"""At the door: finding people, marking who is there, taking in whoever came unannounced. Attendance is a fact: it is
recorded for a cancelled seat and beyond capacity too, and flagged."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.models.accounts import Pseudonym, RoleName
from consulta.models.base import Said
from consulta.models.consultations import Consultation, ConsultationKind
from consulta.models.forums import AttendanceMark, Forum, ForumVersion, Registration, Seat

from . import accounts, forum_tables, ledger, seats
from .accounts import Actor
from .actions import Action
from .commitments import sha256
from .errors import Conflict, NotAllowed, NotFound
from .gatherings import ForumView
from .opinions import folio_of, read_folio
from .registrations import Guest, commitment
from .snapshots import ConsultationView
from .texts import sort_key

SHOWN = 30
_F: Any = Forum.__table__
_R: Any = Registration.__table__


@dataclass(frozen=True)
class Arrival:
    """Somebody on the roster, as the door sees them."""

    id: int
    name: str
    state: Seat
    present: bool
    table_id: int | None
    needs: str | None
    children: int


@dataclass(frozen=True)
class Count:
    """Of one table (``None``: of none): how many are expected and how many are there."""

    table_id: int | None
    expected: int
    present: int


def check(db: Session, actor: Actor, consultation: ConsultationView, forum: ForumView) -> None:
    """``NotAllowed`` for who neither coordinates here nor facilitates a table of this forum."""
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    if actor.roles_in(consultation.id, RoleName.COORDINATOR):
        return
    mine = accounts.known_pseudonym(db, consultation_id=consultation.id, account_id=actor.id)
    named = {name for table in forum.data.tables for name in (table.government, table.civil_society)}
    if not actor.roles_in(consultation.id, RoleName.FACILITATOR) or mine not in named:
        raise NotAllowed("La lista de un foro la ven quien lo coordina y quienes facilitan sus mesas.")


def facilitated(db: Session, actor: Actor) -> list[tuple[str, str, Said]]:
    """The forums of which somebody facilitates a table, the latest first: consultation's slug, key, name."""
    in_force = (ForumVersion.forum_id == Forum.id) & (ForumVersion.version == Forum.version)
    rows = db.execute(
        select(Consultation.slug, Forum.key, ForumVersion.content, Pseudonym.name)
        .join(Forum, Forum.consultation_id == Consultation.id)
        .join(ForumVersion, in_force)
        .join(Pseudonym, Pseudonym.consultation_id == Consultation.id)
        .where(
            Pseudonym.account_id == actor.id,
            Consultation.id.in_({r.consultation_id for r in actor.roles if r.role is RoleName.FACILITATOR}),
        )
        .order_by(Forum.starts_at.desc(), Forum.id.desc())
        .limit(50)
    )
    return [
        (slug, key, content["name"])
        for slug, key, content, mine in rows
        if any(mine in (table["government"], table["civil_society"]) for table in content["tables"])
    ]


def look(db: Session, consultation: ConsultationView, forum: ForumView, *, actor: str, now: datetime) -> None:
    """Open the roster: names and needs are seen only by who is at the door, and each look is an entry."""
    ledger.note(
        db, consultation, actor=actor, action=Action.ROSTER_LOOK, subject=f"forum/{forum.key}@{forum.version}",
        recorded=now, payload={},
    )  # fmt: skip


def search(db: Session, forum: ForumView, typed: str) -> list[Arrival]:
    """By part of a name, without accents or case, or by code; nothing typed: whoever is still to come."""
    query = select(*(_R.c[name] for name in Arrival.__dataclass_fields__)).where(_R.c.forum_id == forum.id)
    folio = read_folio(typed)
    if folio is not None:
        query = query.where(_R.c.folio_hash == sha256(folio))
    elif typed.strip():
        query = query.where(_R.c.name_key.contains(sort_key(typed.strip()), autoescape=True))
    else:
        query = query.where(_R.c.state == Seat.CONFIRMED, _R.c.present.is_(False))
    rows = db.execute(query.where(_R.c.name.is_not(None)).order_by(_R.c.name_key, _R.c.id).limit(SHOWN))
    return [Arrival(*row) for row in rows]


def counts(db: Session, forum: ForumView) -> list[Count]:
    """Expected and present by table."""
    there = func.sum(case((_R.c.present, 1), else_=0))
    expected = func.sum(case((_R.c.state == Seat.CONFIRMED, 1), else_=0))
    query = select(_R.c.table_id, expected, there).where(_R.c.forum_id == forum.id).group_by(_R.c.table_id)
    return [Count(*row) for row in db.execute(query)]


def mark(
    db: Session, consultation: ConsultationView, forum: ForumView, registration_id: int, *, mark_id: str,
    present: bool, account_id: int, actor: str, now: datetime,
) -> bool:  # fmt: skip
    """Note that somebody is there, or that this was a mistake; whether the mark is new. One sent twice counts once."""
    if db.execute(select(AttendanceMark.mark).where(AttendanceMark.mark == mark_id)).first():
        return False
    mine = (_R.c.id == registration_id) & (_R.c.forum_id == forum.id)
    changed = update(_R).where(mine, _R.c.present.is_(not present)).values(present=present).returning(_R.c.ref)
    row = db.execute(changed).first()
    if row is None:
        _no_change(db, mine)
        return False
    try:
        db.execute(
            insert(AttendanceMark).values(
                mark=mark_id, registration_id=registration_id, present=present, account_id=account_id, made_at=now
            )
        )
    except IntegrityError as error:
        raise Conflict("Esta marca ya se había enviado.") from error
    action = Action.ATTENDANCE_MARK if present else Action.ATTENDANCE_UNDO
    _note(db, consultation, forum.key, row.ref, action, actor, now)
    return True


def walk_in(
    db: Session, consultation: ConsultationView, forum: ForumView, guest: Guest, *, department: str | None,
    mark_id: str, account_id: int, actor: str, now: datetime,
) -> str:  # fmt: skip
    """Somebody who came unannounced: there, with a code of their own; beyond the capacity too."""
    locked = seats.lock(db, _F.c.id == forum.id, places=1)
    if locked is None:
        raise NotFound("No hay un foro con esa dirección.")
    table = next((t for t in forum_tables.listing(db, forum.id) if t.theme == guest.first), None)
    folio = folio_of(mark_id)
    row: dict[str, Any] = {
        "forum_id": forum.id, "ref": secrets.token_hex(8), "place": locked.last_place, "state": Seat.WALK_IN,
        "folio_hash": sha256(folio), "submission_hash": sha256(mark_id), "member": 0, "content_hash": sha256(mark_id),
        "table_id": table.id if table else None, "first_id": None, "second_id": None,
        "taking_part_as": guest.taking_part_as, "department": department, "children": 0,
        "registered_on": consultation.today(now), "promoted_at": None, "present": False, "name": guest.name,
        "name_key": sort_key(guest.name), "organization": None, "needs": None, "email": None, "phone": None,
        "language": "es", "salt": ledger.new_salt(),
    }  # fmt: skip
    try:
        id_ = db.execute(insert(_R).values(**row).returning(_R.c.id)).scalar_one()
    except IntegrityError as error:
        raise Conflict("Esta llegada ya estaba anotada.") from error
    _note(db, consultation, forum.key, row["ref"], Action.REGISTRATION_WALK_IN, actor, now, {"person": commitment(row)})
    mark(db, consultation, forum, id_, mark_id=mark_id, present=True, account_id=account_id, actor=actor, now=now)
    return folio


def _no_change(db: Session, mine: Any) -> None:
    if db.execute(select(_R.c.id).where(mine)).first() is None:
        raise NotFound("Esa persona no está en la lista de este foro.")


def _note(
    db: Session, consultation: ConsultationView, key: str, ref: str, action: Action, actor: str, now: datetime,
    more: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    ledger.note(
        db, consultation, actor=actor, action=action, subject=f"registration/{ref}", recorded=now,
        payload={"forum": key, **(more or {})},
    )  # fmt: skip
