"""``ledger check``: the chain, the tables against the entries, the figures recounted. It names what does not fit.

One pass over the entries with a few bytes of state per contribution, so a million entries fit into 200 MB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log
from consulta.models.ledger import Entry, Log

from .contributions import Auditor
from .replay import Report

PIECE = 1000


def check(
    db: Session, log_id: int, *, consultation: ConsultationView | None, expected_head: str | None = None
) -> Report:
    """Check one log; with ``expected_head`` (noted down earlier) also that no tail was cut off."""
    origin, length, head = db.execute(select(Log.origin, Log.length, Log.head).where(Log.id == log_id)).one()
    report = Report(log=origin)
    auditor = Auditor(db, consultation, report) if consultation else None
    value, position, seen_head = log.GENESIS, 0, expected_head in (None, log.GENESIS.hex())
    for piece in _pieces(db, log_id):
        parsed = []
        for at, text, stored in piece:
            position += 1
            if at != position:
                report.fault(f"entry {position}: missing (found {at})")
                position = at
            value = log.next_head(value, text)
            if value != stored:
                report.fault(f"entry {at}: its bytes or its chain were changed")
                value = stored
            seen_head = seen_head or value.hex() == expected_head
            parsed.append((at, _parse(report, at, text)))
        if auditor:
            auditor.entries([(at, content) for at, content in parsed if content])
    if (position, value) != (length, head):
        report.fault(f"log {origin}: its head says {length} entries, there are {position}, or the hash differs")
    if not seen_head:
        report.fault(f"log {origin}: no entry ever made the head {expected_head}: the tail was cut or changed")
    if auditor:
        auditor.finish()
    report.entries, report.head = position, head.hex()
    return report


def _pieces(db: Session, log_id: int) -> Iterator[Sequence[Any]]:
    """Entries in pieces by position; a fresh query a piece, so that no driver holds a million rows."""
    last = 0
    while True:
        query = select(Entry.position, Entry.entry, Entry.head).where(Entry.log_id == log_id, Entry.position > last)
        piece = db.execute(query.order_by(Entry.position).limit(PIECE)).all()
        if not piece:
            return
        yield piece
        last = piece[-1].position


def _parse(report: Report, at: int, text: str) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(text)
    except ValueError:
        report.fault(f"entry {at}: not JSON")
        return None
    return content
