"""What a reader of the ledger check is: it takes the entries of its nouns, then names what the tables say otherwise.

A new noun is one file with one reader, and one line in ``check.READERS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action

MAX_FAULTS = 100
"""So many are named; after them only that there are more is of interest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a log. ``at``: its position; ``noun`` and ``key``: what stands before and after the slash of its
    subject, so ``contribution`` and ``12``; ``recorded``: a day or an instant, as the entry says it."""

    at: int
    action: Action
    noun: str
    key: str
    actor: str
    recorded: str
    payload: dict[str, Any]

    def day(self, view: ConsultationView) -> date:
        """The day on which it was made, where the consultation is held."""
        if self.recorded.endswith("Z"):
            return view.today(datetime.fromisoformat(self.recorded))
        return date.fromisoformat(self.recorded)


class Reader(Protocol):
    """Reads the entries of its ``subjects`` in their order; ``KeyError`` or ``ValueError`` for one that says nothing
    known. ``faults`` is asked once, when all are read."""

    @property
    def subjects(self) -> frozenset[str]:
        """The nouns of which it wants the entries."""

    def entry(self, entry: Entry) -> None:
        """Take one entry."""

    def faults(self) -> Iterable[str]:
        """Name what does not fit."""


@dataclass
class Report:
    """What was checked and what does not fit. ``overdue``: what waits, by what it is called; that is no fault."""

    log: str
    entries: int = 0
    head: str = ""
    faults: list[str] = field(default_factory=list)
    overdue: dict[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return not self.faults

    def fault(self, text: str) -> None:
        """Note a fault; after a hundred only that there are more."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(text)
