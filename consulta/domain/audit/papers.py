"""What the entries say of sheets of paper, and of imports, against the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import instant
from consulta.models.forums import Forum
from consulta.models.imports import Import
from consulta.models.papers import Paper, PaperBatch, PaperNote, PaperState

from .reader import Entry


class Papers:
    """Which sheets were printed, and what became of each: entered if it has notes, else as somebody said."""

    subjects = frozenset({"forum"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.batches: dict[tuple[str, int], tuple[Any, ...]] = {}
        self.states: dict[tuple[str, int], str] = {}

    def entry(self, entry: Entry) -> None:
        """One batch, or what somebody said of some sheets."""
        key, payload = entry.key.partition("@")[0], entry.payload
        if entry.action is Action.PAPER_PRINT:
            self.batches[key, payload["first"]] = (payload["theme"], payload["last"], entry.recorded)
        if entry.action in (Action.PAPER_PRINT, Action.PAPER_SETTLE):
            state = payload.get("state", PaperState.OUT.value)
            self.states |= {(key, n): state for n in range(payload["first"], payload["last"] + 1)}

    def faults(self) -> Iterator[str]:
        """What does not fit."""
        mine = Forum.consultation_id == self.view.id
        b, themes = PaperBatch, {t.id: t.slug for t in self.view.themes}
        batches = select(Forum.key, b.first, b.theme_id, b.last, b.printed_at).join(Forum, Forum.id == b.forum_id)
        found = {
            (key, first): (themes.get(theme_id), last, instant(at))
            for key, first, theme_id, last, at in self.db.execute(batches.where(mine))
        }
        for key, first in sorted(found.keys() | self.batches.keys()):
            if found.get((key, first)) != self.batches.get((key, first)):
                yield f"forum/{key}: its sheets from {first} on are not those that were printed"
        noted = exists().where(PaperNote.paper_id == Paper.id)
        sheets = select(Forum.key, Paper.number, Paper.state, noted, Paper.batch_id == b.id).join(
            Forum, Forum.id == Paper.forum_id
        )
        within = (b.forum_id == Paper.forum_id) & Paper.number.between(b.first, b.last)
        left = dict(self.states)
        for key, number, state, has_notes, in_batch in self.db.execute(sheets.outerjoin(b, within).where(mine)):
            said = PaperState.ENTERED.value if has_notes else left.get((key, number))
            if left.pop((key, number), None) is None or said != state.value or not in_batch:
                yield f"forum/{key}: sheet {number} is {state.value}, the entries and its notes say otherwise"
        yield from (f"forum/{key}: sheet {number} is gone" for key, number in sorted(left))


class Imports:
    """Which file each import is of, and when it ended."""

    subjects = frozenset({"import"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.begun: dict[int, str] = {}
        self.ended: dict[int, str] = {}

    def entry(self, entry: Entry) -> None:
        """A beginning, or an end."""
        if entry.action is Action.IMPORT_BEGIN:
            self.begun[int(entry.key)] = entry.payload["sha256"]
        if entry.action is Action.IMPORT_END:
            self.ended[int(entry.key)] = entry.recorded

    def faults(self) -> Iterator[str]:
        """What does not fit. A file that nobody approved yet has no entry."""
        query = select(Import.id, Import.digest, Import.finished_at).where(Import.consultation_id == self.view.id)
        rows = {id_: (digest, at and instant(at)) for id_, digest, at in self.db.execute(query)}
        for id_, (digest, at) in rows.items():
            if self.begun.get(id_, digest) != digest or self.ended.get(id_) != at:
                yield f"import/{id_}: it is not of the file, or did not end when the entries say"
        yield from (f"import/{id_}: its row is gone" for id_ in sorted(self.begun.keys() - rows.keys()))
