"""``ledger check``: the chain, the tables against the entries, the figures recounted. It names what does not fit.

One pass over the entries with a few bytes of state per contribution, so a million entries fit into 200 MB.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.ledger import Entry, Log

from .comments import Comments
from .contributions import Contributions
from .forums import Forums
from .organizations import Organizations
from .published import Published
from .reader import Entry as ReadEntry
from .reader import Reader, Report
from .sheets import Sheets

PIECE = 1000
READERS: tuple[Callable[[Session, ConsultationView], Reader], ...] = (
    Contributions,
    Published,
    Organizations,
    Forums,
    Comments,
    Sheets,
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
        for fault in reader.faults():
            report.fault(fault)
    report.entries, report.head = position, head.hex()
    return report


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
    except (ValueError, KeyError):
        report.fault(f"entry {at}: says nothing that is known")
