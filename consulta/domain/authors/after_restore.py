"""What authors did after the copy from which a database was restored: it must not be undone by the restoring.

The worker writes their acts into a register beside the copies: log, position and head, number and mark of the
contribution, act; no text, nobody's data. Of a subscription that was stopped it holds the mark alone. The head tells
whether a restored log holds the act already, the mark (a hash of a random salt) whether a number still belongs to the
same contribution: after a restore both begin anew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status, withdrawal
from consulta.domain.contributions.status import Occasion
from consulta.domain.contributions.withdrawal import Own
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Status
from consulta.models.ledger import Entry, Log
from consulta.models.news import Subscriber

from . import erasure, rights

AUTHORS = frozenset(
    {
        Action.WITHDRAW,
        Action.ASK_ERASURE,
        Action.TAKE_BACK_ERASURE,
        Action.ERASE,
        Action.REMOVE_NAME,
        Action.ERASE_EMAIL,
        Action.EXPIRE,
    }
)
STOP = "subscription:stop"
SHAPES = ({"act", "mark"}, {"log", "position", "head", "number", "mark", "act"})
"""What the lines of the register hold: a stopped subscription, or an act upon a contribution."""
Place = dict[str, Any]
"""How far a log was read: ``position`` and its ``head``."""


def places(db: Session) -> dict[str, Place]:
    """How far every log goes, by origin."""
    rows = db.execute(select(Log.origin, Log.length, Log.head))
    return {origin: {"position": length, "head": head.hex()} for origin, length, head in rows}


def acts_since(db: Session, read: dict[str, Place]) -> Iterator[dict[str, Any]]:
    """Every act of an author after these places, by log; ``read`` is moved along. A log that does not go on from its
    place is another one, and read from its beginning."""
    for log_id, origin, length in db.execute(select(Log.id, Log.origin, Log.length).order_by(Log.id)).all():
        place = read.get(origin, {"position": 0, "head": ""})
        first = place["position"] + 1 if _holds(db, log_id, place) else 1
        if first > length:
            continue
        head = ""
        for line in ledger.entries(db, log_id, first=first, last=length):
            head = line.head
            if line.content["action"] in AUTHORS:
                number = int(line.content["subject"].partition("/")[2])
                yield {
                    "log": origin,
                    "position": line.position,
                    "head": line.head,
                    "number": number,
                    "mark": _mark_of(db, log_id, number),
                    "act": line.content["action"],
                }
        read[origin] = {"position": length, "head": head}


def apply(db: Session, register: Sequence[dict[str, Any]], *, now: datetime) -> int:
    """Do again what the restored logs do not hold, in its order; how many acts. What a log holds of a contribution
    settles all that stands before it in the register, even if it stands there from before an earlier restore."""
    logs = {origin: id_ for origin, id_ in db.execute(select(Log.origin, Log.id))}  # noqa: C416
    query = select(Log.origin, Consultation.slug).join(Log, Log.id == Consultation.log_id)
    slugs = {origin: slug for origin, slug in db.execute(query)}  # noqa: C416
    left: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for act in register:
        if act.get("log") in slugs:
            mine = left[act["log"], act["mark"]]
            mine.append(act)
            if _holds(db, logs[act["log"]], act):
                mine.clear()
    done = stop_again(db, register)
    for act in (one for acts in left.values() for one in acts):
        view = consultations.find(db, slugs[act["log"]]).view
        done += _again(db, view, act["number"], act["mark"], Action(act["act"]), now=now)
    return done


def stops(keys: Iterable[str]) -> list[dict[str, Any]]:
    """What the register says of subscriptions that were stopped."""
    return [{"act": STOP, "mark": _mark(key.encode())} for key in keys]


def stop_again(db: Session, register: Iterable[dict[str, Any]]) -> int:
    """End the subscriptions that were stopped after the copy was made; how many."""
    marks = {act["mark"] for act in register if act["act"] == STOP}
    keys = [key for key in db.execute(select(Subscriber.key)).scalars() if marks and _mark(key.encode()) in marks]
    for key in keys:
        db.execute(delete(Subscriber).where(Subscriber.key == key))
    return len(keys)


def _holds(db: Session, log_id: int, place: Place) -> bool:
    """Whether a log reached this place, with these entries and no others."""
    query = select(Entry.head).where(Entry.log_id == log_id, Entry.position == place["position"])
    head = db.execute(query).scalar_one_or_none()
    return place["position"] == 0 or (head is not None and head.hex() == place["head"])


def _mark_of(db: Session, log_id: int, number: int) -> str:
    c = table_of(Contribution).c
    query = select(c.intake_salt).join(Consultation, Consultation.id == c.consultation_id)
    return _mark(db.execute(query.where(Consultation.log_id == log_id, c.number == number)).scalar_one())


def _mark(salt: bytes) -> str:
    return hashlib.sha256(b"mark" + salt).hexdigest()[:32]


def _again(db: Session, view: ConsultationView, number: int, mark: str, action: Action, *, now: datetime) -> bool:
    c = table_of(Contribution).c
    query = select(c.id, c.status, c.awaiting_review, c.intake_salt)
    row = db.execute(query.where(c.consultation_id == view.id, c.number == number)).first()
    if row is None or row.status is Status.ERASED or _mark(row.intake_salt) != mark:
        return False
    mine = Own(row.id, number, row.status, row.awaiting_review, view)
    if action in (Action.REMOVE_NAME, Action.ERASE_EMAIL, Action.EXPIRE):
        return _forget(db, mine, action, now=now)
    if action is Action.ASK_ERASURE:
        return rights.ask_again(db, mine, now=now)
    if action is Action.TAKE_BACK_ERASURE:
        return rights.take_back_own(db, mine, now=now)
    if row.status is not Status.WITHDRAWN:
        withdrawal.withdraw(db, mine, now=now)
        mine = Own(row.id, number, Status.WITHDRAWN, False, view)
    if action is Action.ERASE:
        erasure.erase_own(db, mine, now=now)
    return True


def _forget(db: Session, mine: Own, action: Action, *, now: datetime) -> bool:
    """Name and address go together here: the register does not say which of them the author still wanted kept."""
    values: dict[str, Any] = {"email": None, "mail_language": None, "email_salt": None}
    if action is not Action.ERASE_EMAIL:
        values |= {"name": None, "name_salt": None, "publish_name": False}
    db.execute(update(Contributor).where(Contributor.contribution_id == mine.id).values(**values))
    fields = ["email"] if action is Action.ERASE_EMAIL else ["email", "name"]
    today = mine.consultation.today(now)
    on = Occasion(mine.number, Action.EXPIRE, ledger.SYSTEM, today, {"fields": fields})
    status.record(db, mine.consultation, on)
    return True
