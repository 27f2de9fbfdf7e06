"""What authors did after the copy from which a database was restored: it must not be undone by the restoring.

The worker writes their acts into a register beside the copies: log, position, number, act; no text, nobody's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Status
from consulta.models.ledger import Log

from . import consultations, contributions, ledger, rights
from .ledger import Action
from .rights import Own
from .snapshots import ConsultationView

AUTHORS = frozenset({
    Action.WITHDRAW, Action.ASK_ERASURE, Action.TAKE_BACK_ERASURE, Action.ERASE, Action.REMOVE_NAME, Action.ERASE_EMAIL,
    Action.EXPIRE,
})  # fmt: skip


def acts_since(db: Session, positions: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Every act of an author after these positions, by log; ``positions`` is moved along."""
    for log_id, origin, length in db.execute(select(Log.id, Log.origin, Log.length).order_by(Log.id)).all():
        first = positions.get(origin, 0) + 1
        if first > length:
            continue
        for line in ledger.entries(db, log_id, first=first, last=length):
            if line.content["action"] in AUTHORS:
                number = int(line.content["subject"].partition("/")[2])
                yield {"log": origin, "position": line.position, "number": number, "act": line.content["action"]}
        positions[origin] = length


def apply(db: Session, register: Iterable[dict[str, Any]], *, now: datetime) -> int:
    """Do again what the restored logs do not know of; how many acts."""
    lengths = {origin: length for origin, length in db.execute(select(Log.origin, Log.length))}  # noqa: C416
    query = select(Log.origin, Consultation.slug).join(Log, Log.id == Consultation.log_id)
    slugs = {origin: slug for origin, slug in db.execute(query)}  # noqa: C416
    done = 0
    for act in register:
        if act["log"] not in slugs or act["position"] <= lengths[act["log"]]:
            continue
        view = consultations.find(db, slugs[act["log"]]).view
        done += _again(db, view, act["number"], Action(act["act"]), now=now)
    return done


def _again(db: Session, view: ConsultationView, number: int, action: Action, *, now: datetime) -> bool:
    query = select(Contribution.id, Contribution.status, Contribution.awaiting_review)
    row = db.execute(query.where(Contribution.consultation_id == view.id, Contribution.number == number)).first()
    if row is None or row.status is Status.ERASED:
        return False
    mine = Own(row.id, number, row.status, row.awaiting_review, view)
    if action is Action.TAKE_BACK_ERASURE:
        return False  # it stays withdrawn; its author can ask for it again
    if action in (Action.REMOVE_NAME, Action.ERASE_EMAIL, Action.EXPIRE):
        return _forget(db, mine, action, now=now)
    if row.status is not Status.WITHDRAWN:
        rights.withdraw_own(db, mine, now=now)
        mine = Own(row.id, number, Status.WITHDRAWN, False, view)
    if action is Action.ERASE:
        rights.erase_own(db, mine, now=now)
    return True


def _forget(db: Session, mine: Own, action: Action, *, now: datetime) -> bool:
    """Name and address go together here: the register does not say which of them the author still wanted kept."""
    values: dict[str, Any] = {"email": None, "mail_language": None, "email_salt": None}
    if action is not Action.ERASE_EMAIL:
        values |= {"name": None, "name_salt": None, "publish_name": False}
    db.execute(update(Contributor).where(Contributor.contribution_id == mine.id).values(**values))
    fields = ["email"] if action is Action.ERASE_EMAIL else ["email", "name"]
    contributions.record(
        db, mine.consultation, actor=ledger.SYSTEM, action=Action.EXPIRE, number=mine.number,
        recorded=mine.consultation.today(now), payload={"fields": fields},
    )  # fmt: skip
    return True
