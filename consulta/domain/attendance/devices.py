"""Marks that a device kept without internet, brought to the server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.domain.forums.registrations import Guest
from consulta.domain.ledger.log import By
from consulta.domain.texts import showable
from consulta.models.base import table_of
from consulta.models.forums import Registration

from . import door, marks

NAME = 80
_R = table_of(Registration)
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def roster(db: Session, forum: ForumView) -> list[list[Any]]:
    """Everybody for a device: hash of the code, name, table (by its theme), seat, whether there. Nothing else."""
    themes = {table.id: table.theme for table in forum.tables}
    query = select(_R.c.folio_hash, _R.c.name, _R.c.table_id, _R.c.state, _R.c.present)
    mine = query.where(_R.c.forum_id == forum.id, _R.c.name.is_not(None)).order_by(_R.c.name_key, _R.c.id)
    return [
        [row.folio_hash.hex(), row.name, themes.get(row.table_id), row.state.value, int(row.present)]
        for row in db.execute(mine)
    ]


def bring(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    brought: Sequence[Brought],
    *,
    by: By,
    now: datetime,
) -> list[Outcome]:
    """Take marks that were made without internet, in their order; at most ``PIECE`` in one transaction. Each counts
    once, however often and from however many devices it comes."""
    return [_bring(db, consultation, forum, one, by, now) for one in brought]


def _bring(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    one: Brought,
    by: By,
    now: datetime,
) -> Outcome:
    made_at = min(one.at, now)
    if one.guest is not None:
        if marks.known(db, one.id):
            return Outcome.KNOWN
        if door.claim(db, forum, one.guest, mark_id=one.id, by=by, made_at=made_at):
            return Outcome.NEW
        try:
            door.walk_in(
                db,
                consultation,
                forum,
                one.guest,
                department=one.department,
                mark_id=one.id,
                by=by,
                now=now,
                made_at=made_at,
            )
        except Conflict:
            return Outcome.KNOWN
        return Outcome.NEW
    undone = sha256(one.undoes).hex() if one.undoes else None
    try:
        person = door.hold(db, forum, marks.named(one.folio_hash, undone))
    except NotFound:
        return Outcome.UNKNOWN
    row = {"registration_id": person.id, "present": undone is None, "account_id": by.account_id, "made_at": made_at}
    if not marks.store(db, [{**row, "mark": sha256(one.id).hex(), "undoes": undone, "on_paper": False}]):
        return Outcome.KNOWN
    door.settle(db, consultation, forum, person, by, now)
    return Outcome.NEW


class Outcome(StrEnum):
    """What became of a mark that was brought. ``unknown``: of nobody who is on the list of this forum."""

    NEW = "new"
    KNOWN = "known"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Brought:
    """A mark as a device brings it: of the holder of a code, of somebody unannounced, or an undo of one of its own."""

    id: str
    at: datetime
    folio_hash: bytes | None = None
    undoes: str | None = None
    guest: Guest | None = None
    department: str | None = None


def read(data: Mapping[str, Any], consultation: ConsultationView) -> Brought | None:
    """A mark from what a device wrote down; ``None`` if it says nothing of sense. Choices that are not on the lists
    are left out: a person who came is not lost for them."""
    id_, at = data.get("id"), data.get("at")
    if not (isinstance(id_, str) and _ID.fullmatch(id_) and isinstance(at, int | float) and 0 <= at < 1e14):
        return None
    made_at = datetime.fromtimestamp(at / 1000, UTC)
    code, undoes, name = data.get("code"), data.get("undoes"), data.get("name")
    if isinstance(undoes, str) and _ID.fullmatch(undoes):
        return Brought(id_, made_at, undoes=undoes)
    if isinstance(code, str) and re.fullmatch(r"[0-9a-f]{64}", code):
        return Brought(id_, made_at, folio_hash=bytes.fromhex(code))
    if not isinstance(name, str) or not showable(name, NAME).strip():
        return None
    guest = Guest(
        showable(name, NAME).strip(),
        first=_text(data.get("table")),
        taking_part_as=_listed(consultation, "taking_part_as", data.get("taking_part_as")),
    )
    return Brought(id_, made_at, guest=guest, department=_listed(consultation, "department", data.get("department")))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _listed(consultation: ConsultationView, name: str, value: object) -> str | None:
    return value if isinstance(value, str) and value in {c.code for c in consultation.lists.get(name, ())} else None
