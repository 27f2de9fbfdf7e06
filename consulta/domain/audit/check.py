"""``ledger check``: the chain, the tables against the entries, the figures recounted. It names what does not fit.

One pass over the entries with a few bytes of state per contribution, so a million entries fit into 200 MB.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.consultations import Consultation
from consulta.models.ledger import Entry, Log

from .comments import Comments
from .contributions import Contributions
from .derived import Derived
from .forums import Forums
from .in_force import InForce
from .news import News
from .organizations import Organizations
from .overdue import overdue
from .papers import Imports, Papers
from .published import Published
from .reader import Entry as ReadEntry
from .reader import Reader, Report
from .requests import Requests
from .roles import Roles
from .sheets import Sheets

PIECE = 1000
READERS: tuple[Callable[[Session, ConsultationView], Reader], ...] = (
    Contributions,
    Published,
    Organizations,
    Forums,
    Comments,
    Sheets,
    InForce,
    Roles,
    News,
    Derived,
    Papers,
    Imports,
    Requests,
)
"""One a noun, or a few that go together."""


def check(
    db: Session, log_id: int, *, consultation: ConsultationView | None, expected_head: str | None = None
) -> Report:
    """Check one log; with ``expected_head`` (noted down earlier) also that no tail was cut off."""
    origin, length, head = db.execute(select(Log.origin, Log.length, Log.head).where(Log.id == log_id)).one()
    report = Report(log=origin)
    readers = [make(db, consultation) for make in READERS] if consultation else []
    interested = defaultdict(list)
    for reader in readers:
        for noun in reader.subjects:
            interested[noun].append(reader)
    value, position, seen_head = ledger.GENESIS, 0, expected_head in (None, ledger.GENESIS.hex())
    for at, text, stored in _entries(db, log_id):
        position += 1
        if at != position:
            report.fault(f"entry {position}: missing (found {at})")
            position = at
        if f'"log":"{origin}"' not in text:
            report.fault(f"entry {at}: it is of another log")
        value = ledger.next_head(value, text)
        if value != stored:
            report.fault(f"entry {at}: its bytes or its chain were changed")
            value = stored
        seen_head = seen_head or value.hex() == expected_head
        if readers:
            _read(report, interested, at, text)
    if (position, value) != (length, head):
        report.fault(f"log {origin}: its head says {length} entries, there are {position}, or the hash differs")
    if not seen_head:
        report.fault(f"log {origin}: no entry ever made the head {expected_head}: the tail was cut or changed")
    for reader in readers:
        _named(report, reader)
    report.entries, report.head = position, head.hex()
    return report


def _named(report: Report, reader: Reader) -> None:
    """What a reader names; a value that cannot even be read is a fault like any other."""
    try:
        for fault in reader.faults():
            report.fault(fault)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        report.fault(f"{type(reader).__name__.lower()}: a stored value cannot be read ({type(error).__name__})")


def check_all(db: Session, *, now: datetime | None = None) -> list[Report]:
    """Every log of the installation; with ``now`` also what is overdue then. A consultation that its log published and
    that is public no longer is named: what the log knows does not vanish with a row."""
    published = {log: slug for log, slug in db.execute(_PUBLISHED)}  # noqa: C416
    reports = []
    for id_, origin in db.execute(select(Log.id, Log.origin).order_by(Log.id)).all():
        view = consultations.find(db, published[id_]).view if id_ in published else None
        reports.append(check(db, id_, consultation=view))
        reports[-1].overdue = overdue(db, view, now=now) if view and now else {}
        if view is None and _was_published(db, id_):
            reports[-1].fault(f"{origin}: it was published, and is public no longer")
    return reports


_PUBLISHED = select(Consultation.log_id, Consultation.slug).where(Consultation.published_at.is_not(None))


def _was_published(db: Session, log_id: int) -> bool:
    first = select(Entry.entry).where(Entry.log_id == log_id, Entry.position == 1)
    said = db.execute(first).scalar()
    return said is not None and f'"action":"{Action.CONSULTATION_PUBLISH}"' in said


def _entries(db: Session, log_id: int) -> Iterator[Any]:
    """By position; a fresh query for each thousand, so that no driver holds a million rows."""
    last = 0
    while True:
        query = select(Entry.position, Entry.entry, Entry.head).where(Entry.log_id == log_id, Entry.position > last)
        piece = db.execute(query.order_by(Entry.position).limit(PIECE)).all()
        if not piece:
            return
        yield from piece
        last = piece[-1].position


def _read(report: Report, interested: dict[str, list[Reader]], at: int, text: str) -> None:
    """Hand one entry to those who want it."""
    try:
        content = json.loads(text)
    except ValueError:
        report.fault(f"entry {at}: not JSON")
        return
    try:
        noun, _, key = content["subject"].partition("/")
        action, actor, recorded = Action(content["action"]), content["actor"], content["recorded"]
        entry = ReadEntry(at, action, noun, key, actor, recorded, content["payload"])
        for reader in interested.get(noun, ()):
            reader.entry(entry)
    except (ValueError, LookupError):
        report.fault(f"entry {at}: says nothing that is known")
