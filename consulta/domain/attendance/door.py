"""At the door: finding people, marking who is there, taking in whoever came unannounced. Attendance is a fact: it is
recorded for a cancelled seat and beyond capacity too, and flagged."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.accounts import pseudonyms
from consulta.domain.accounts.actors import Actor
from consulta.domain.codes import folio_of, read_folio, sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotAllowed, NotFound
from consulta.domain.forums import seats, tables
from consulta.domain.forums.reading import ForumView
from consulta.domain.forums.registrations import Guest, fingerprint
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import read
from consulta.domain.texts import sort_key
from consulta.models.accounts import Pseudonym, RoleName
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation, ConsultationKind
from consulta.models.forums import Forum, ForumVersion, Registration, Seat

from . import marks
from .marks import Person

SHOWN = 30
_F = table_of(Forum)
_R = table_of(Registration)


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
    mine = pseudonyms.known_pseudonym(db, consultation_id=consultation.id, account_id=actor.id)
    named = {name for table in forum.data.tables for name in (table.government, table.civil_society)}
    if not actor.roles_in(consultation.id, RoleName.FACILITATOR) or mine not in named:
        raise NotAllowed("La lista de un foro la ven quien lo coordina y quienes facilitan sus mesas.")


def facilitated(db: Session, actor: Actor) -> list[tuple[str, str, Localized]]:
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


def open_roster(
    db: Session, consultation: ConsultationView, forum: ForumView, *, by: By, now: datetime, device: bool = False
) -> None:
    """Open the roster: names and needs are seen only by who is at the door, and each look is an entry; ``device``: it
    goes onto a device, encrypted."""
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.ROSTER_LOOK,
        subject=f"forum/{forum.key}@{forum.version}",
        recorded=now,
        payload={"kept": "device"} if device else {},
    )


def search(db: Session, forum: ForumView, typed: str, *, here: bool = False) -> list[Arrival]:
    """By code, or by part of a name, without accents or case; nothing typed: whoever is still to come, or
    is ``here``."""
    query = _arrivals(forum)
    folio = read_folio(typed)
    holder = query.where(_R.c.folio_hash == sha256(folio), _R.c.name.is_not(None)) if folio else None
    if holder is not None and (row := db.execute(holder).first()):
        return [Arrival(*row)]
    if typed.strip():  # a name may look like a code: Otto Rene Tzoc Caal
        query = query.where(_R.c.name_key.contains(sort_key(typed.strip()), autoescape=True))
    elif here:
        query = query.where(_R.c.present)
    else:
        query = query.where(_R.c.state == Seat.CONFIRMED, _R.c.present.is_(False))
    rows = db.execute(query.where(_R.c.name.is_not(None)).order_by(_R.c.name_key, _R.c.id).limit(SHOWN))
    return [Arrival(*row) for row in rows]


def arrived(db: Session, forum: ForumView, registration_id: int) -> Arrival | None:
    """Somebody who is there, such as whoever was marked last; ``None`` if they are not."""
    query = _arrivals(forum).where(_R.c.id == registration_id, _R.c.present, _R.c.name.is_not(None))
    row = db.execute(query).first()
    return Arrival(*row) if row else None


def _arrivals(forum: ForumView) -> Select[Any]:
    return select(*(_R.c[name] for name in Arrival.__dataclass_fields__)).where(_R.c.forum_id == forum.id)


def counts(db: Session, forum: ForumView) -> list[Count]:
    """Expected and present by table."""
    there = func.sum(case((_R.c.present, 1), else_=0))
    expected = func.sum(case((_R.c.state == Seat.CONFIRMED, 1), else_=0))
    query = select(_R.c.table_id, expected, there).where(_R.c.forum_id == forum.id).group_by(_R.c.table_id)
    return read(db, query, Count)


def mark(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    registration_id: int,
    *,
    mark_id: str,
    present: bool,
    by: By,
    now: datetime,
    on_paper: bool = False,
) -> bool:
    """Note that somebody is there, or that this was a mistake: every mark of theirs is undone. Whether it changes
    anything; one sent twice counts once."""
    person = hold(db, forum, _R.c.id == registration_id)
    made = {"registration_id": registration_id, "present": present, "account_id": by.account_id, "made_at": now}
    made["on_paper"] = on_paper
    undone = [None] if present else marks.standing(db, registration_id)
    named = [sha256(f"{mark_id}/{n}" if n else mark_id).hex() for n in range(len(undone))]
    rows = [{**made, "mark": name, "undoes": one} for name, one in zip(named, undone, strict=True)]
    if not rows or not marks.store(db, rows):
        return False
    return settle(db, consultation, forum, person, by, now)


def walk_in(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    guest: Guest,
    *,
    department: str | None,
    mark_id: str,
    by: By,
    now: datetime,
    folio: str | None = None,
    made_at: datetime | None = None,
    on_paper: bool = False,
) -> str:
    """Somebody who came unannounced: there, with a code of their own; beyond the capacity too. ``Conflict`` if that
    arrival was noted before. Whoever is noted after names were erased stays without one."""
    locked = seats.lock(db, _F.c.id == forum.id, places=1)
    if locked is None:
        raise NotFound("No hay un foro con esa dirección.")
    if db.execute(select(_R.c.id).where(_R.c.submission_hash == sha256(mark_id))).first():
        raise Conflict("Esta llegada ya estaba anotada.")
    table = next((t for t in tables.listing(db, forum.id) if t.theme == guest.first), None)
    folio = folio or folio_of(mark_id)
    named = not db.execute(select(_F.c.erased).where(_F.c.id == forum.id)).scalar_one()
    row = _unannounced(guest, named) | {
        "forum_id": forum.id,
        "place": locked.last_place,
        "folio_hash": sha256(folio),
        "submission_hash": sha256(mark_id),
        "member": 0,
        "content_hash": sha256(mark_id),
        "table_id": table.id if table else None,
        "department": department,
        "registered_on": consultation.today(now),
    }
    row["id"] = db.execute(insert(_R).values(**row).returning(_R.c.id)).scalar_one()
    said = {"person": fingerprint(row)} if named else {}
    _note(db, consultation, forum.key, row["ref"], Action.REGISTRATION_WALK_IN, by, now, said)
    made = {"registration_id": row["id"], "present": True, "account_id": by.account_id, "made_at": made_at or now}
    marks.store(db, [{**made, "mark": sha256(mark_id).hex(), "undoes": None, "on_paper": on_paper}])
    settle(db, consultation, forum, Person(row["id"], row["ref"], present=False), by, now)
    return folio


def claim(db: Session, forum: ForumView, guest: Guest, *, mark_id: str, by: By, made_at: datetime) -> bool:
    """Whoever the typed sheet noted before the door's device sent them is one person: the mark is theirs, and the code
    that the device gave them. Whether there is such a one."""
    key = sort_key(guest.name)
    while (who := marks.only_of_the_sheet(db, forum.id, key)) is not None:
        hold(db, forum, _R.c.id == who)
        if marks.only_of_the_sheet(db, forum.id, key) != who:
            continue  # another device brought somebody of this name meanwhile
        made = {"registration_id": who, "present": True, "account_id": by.account_id, "made_at": made_at}
        marks.store(db, [{**made, "mark": sha256(mark_id).hex(), "undoes": None, "on_paper": False}])
        db.execute(update(_R).where(_R.c.id == who).values(folio_hash=sha256(folio_of(mark_id))))
        return True
    return False


def _unannounced(guest: Guest, named: bool) -> dict[str, Any]:
    """What is the same of everybody who comes without a registration: no choice of tables, no mail, nothing asked."""
    return {
        "ref": secrets.token_hex(8),
        "state": Seat.WALK_IN,
        "first_id": None,
        "second_id": None,
        "taking_part_as": guest.taking_part_as,
        "children": 0,
        "promoted_at": None,
        "present": False,
        "name": guest.name if named else None,
        "name_key": sort_key(guest.name) if named else None,
        "organization": None,
        "needs": None,
        "email": None,
        "phone": None,
        "language": "es",
        "salt": ledger.new_salt() if named else None,
    }


def hold(db: Session, forum: ForumView, who: Any) -> Person:
    """The person, locked: of two marks at once the later sees the earlier. ``NotFound`` if not of this forum."""
    held = update(_R).where(who, _R.c.forum_id == forum.id).values(present=_R.c.present)
    row = db.execute(held.returning(_R.c.id, _R.c.ref, _R.c.present)).first()
    if row is None:
        raise NotFound("Esa persona no está en la lista de este foro.")
    return Person(*row)


def settle(
    db: Session, consultation: ConsultationView, forum: ForumView, person: Person, by: By, now: datetime
) -> bool:
    """Whether somebody is there follows from the marks; if that changes it is an entry."""
    present = bool(marks.standing(db, person.id))
    if present == person.present:
        return False
    db.execute(update(_R).where(_R.c.id == person.id).values(present=present))
    action = Action.ATTENDANCE_MARK if present else Action.ATTENDANCE_UNDO
    _note(db, consultation, forum.key, person.ref, action, by, now)
    return True


def _note(
    db: Session,
    consultation: ConsultationView,
    key: str,
    ref: str,
    action: Action,
    by: By,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=action,
        subject=f"registration/{ref}",
        recorded=now,
        payload={"forum": key, **(more or {})},
    )
