"""What the entries say of registrations for forums, of seats and of who came, against the tables."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import registrations
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.forums import Forum, Registration, Seat

from .reader import Entry

_R = table_of(Registration)
AFTER = {
    Action.REGISTRATION_CONFIRM: Seat.CONFIRMED,
    Action.REGISTRATION_WAIT: Seat.WAITING,
    Action.REGISTRATION_PROMOTE: Seat.CONFIRMED,
    Action.REGISTRATION_CANCEL: Seat.CANCELLED,
    Action.REGISTRATION_RELEASE: Seat.RELEASED,
    Action.REGISTRATION_WALK_IN: Seat.WALK_IN,
}
PRESENT = {Action.ATTENDANCE_MARK: True, Action.ATTENDANCE_UNDO: False}


class Forums:
    """Registrations for forums, seats, and who came."""

    subjects = frozenset({"registration", "forum"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.states: dict[str, Seat] = {}
        self.present: dict[str, bool] = {}
        self.people: dict[str, str] = {}
        self.erased: set[str] = set()
        self.cancelled: set[str] = set()
        self.closed: dict[str, tuple[str | None, str | None]] = {}

    def entry(self, entry: Entry) -> None:
        """One entry upon a registration, or upon a forum whose registrants were erased."""
        action, subject, payload = entry.action, entry.key, entry.payload
        key = subject.partition("@")[0]
        if action is Action.FORUM_ERASE:
            self.erased.add(key)
        if action is Action.FORUM_CANCEL:
            self.cancelled.add(key)
        if action is Action.FORUM_CLOSE:
            self.closed[key] = (entry.recorded, payload["explanation"])
        if action is Action.FORUM_REOPEN:
            self.closed[key] = (None, payload["reason"])
        if action in AFTER:
            self.states[subject] = AFTER[action]
        if action in PRESENT:
            self.present[subject] = PRESENT[action]
        if "person" in payload:
            self.people[subject] = payload["person"]

    def faults(self) -> list[str]:
        """What does not fit."""
        db, view = self.db, self.view
        rows = db.execute(
            select(_R, Forum.key).join(Forum, Forum.id == _R.c.forum_id).where(Forum.consultation_id == view.id)
        ).mappings()
        found, seen, counted = [], set(), Counter[tuple[int, Seat]]()
        for row in rows:
            seen.add(row["ref"])
            counted[row["forum_id"], row["state"]] += 1
            found += self._row(row)
        found += [f"registration {ref}: its row is gone" for ref in self.states.keys() - seen]
        return found + self._counts(db, view, counted) + self._ends()

    def _row(self, row: Any) -> list[str]:
        ref, found = row["ref"], []
        said = (self.states.get(ref), self.present.get(ref, False))
        if said != (row["state"], row["present"]):
            found.append(
                f"registration {ref}: it is {row['state'].value}, present {row['present']}; the entries say otherwise"
            )
        person = registrations.fingerprint(row)
        if person is None and row["key"] not in self.erased:
            found.append(f"registration {ref}: its salt is gone before its day")
        elif person is not None and person != self.people.get(ref):
            found.append(f"registration {ref}: name, contact or needs are not what arrived")
        return found

    def _ends(self) -> list[str]:
        """Whether each forum was called off, closed, and its names erased, as the entries say."""
        rows = self.db.execute(select(Forum).where(Forum.consultation_id == self.view.id)).scalars()
        found = []
        for row in rows:
            at = ledger.instant(row.closed_at) if row.closed_at else None
            said = (row.key in self.cancelled, row.key in self.erased, *self.closed.get(row.key, (None, None)))
            if (row.cancelled, row.erased, at, row.closing) != said:
                found.append(f"forum {row.key}: whether it is cancelled, closed or erased is not what the entries say")
        return found

    @staticmethod
    def _counts(db: Session, view: ConsultationView, counted: Counter[tuple[int, Seat]]) -> list[str]:
        rows = db.execute(
            select(Forum.id, Forum.key, Forum.confirmed, Forum.waiting).where(Forum.consultation_id == view.id)
        )
        return [
            f"forum {row.key}: it counts {row.confirmed} confirmed and {row.waiting} waiting, its rows say otherwise"
            for row in rows
            if (row.confirmed, row.waiting) != (counted[row.id, Seat.CONFIRMED], counted[row.id, Seat.WAITING])
        ]
