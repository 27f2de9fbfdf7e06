"""What the entries say of every contribution, replayed in a few bytes each."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally
from consulta.models.contributions import Status

STATUSES = list(Status)
FIELDS = ("title", "body", "department", "intake", "name", "email", *tally.TRAITS)
GONE_WITH = {
    Action.ERASE: frozenset(FIELDS) - {"intake"},
    Action.REMOVE_NAME: frozenset({"name"}),
    Action.ERASE_EMAIL: frozenset({"email"}),
}
AFTER_REVIEW = frozenset(
    {Action.PUBLISH, Action.REJECT, Action.RETURN, Action.WITHDRAW, Action.ASK_ERASURE, Action.ERASE, Action.CANCEL}
)


@dataclass
class State:
    """By contribution number: what the entries say, in a few bytes each. ``missing``: fields whose salt is gone;
    ``published``: the ordinal of the day on which it came into public last."""

    slugs: list[str]
    fault: Callable[[str], None]
    status: array[int] = field(default_factory=lambda: array("b", [-1]))
    theme: array[int] = field(default_factory=lambda: array("b", [-1]))
    ordinal: array[int] = field(default_factory=lambda: array("i", [0]))
    flags: array[int] = field(default_factory=lambda: array("b", [0]))
    missing: array[int] = field(default_factory=lambda: array("i", [0]))
    published: array[int] = field(default_factory=lambda: array("i", [0]))
    mentions: dict[int, frozenset[str]] = field(default_factory=dict)

    def apply(self, number: int, action: Action, payload: dict[str, Any], at: int) -> None:
        """One entry upon one contribution; what cannot follow goes to ``fault``."""
        if action is Action.RECEIVE:
            if number != len(self.status):
                self.fault(f"entry {at}: contribution {number} is out of order")
            self._reach(number)
            self.flags[number] = 0 if payload["status"] == Status.WITHDRAWN else 1
            self.theme[number] = self.slot(payload["theme"])
            if payload.get("mentions"):
                self.mentions[number] = frozenset(payload["mentions"])
        elif number >= len(self.status) or self.status[number] < 0:
            self.fault(f"entry {at}: contribution {number} was never received")
            return
        if "status" in payload:
            self.status[number] = STATUSES.index(Status(payload["status"]))
        if action is Action.CANCEL:  # entries of before say withdrawn
            self.status[number] = STATUSES.index(Status.ANNULLED)
        if "ordinal" in payload:
            if payload["ordinal"] != self.ordinal[number] + 1:
                self.fault(f"entry {at}: act {payload['ordinal']} upon contribution {number} is out of order")
            self.ordinal[number] = payload["ordinal"]
        if action is Action.CLASSIFY:
            self.theme[number] = self.slot(payload["theme"])
            self.mentions[number] = frozenset(payload["mentions"])
        if action in AFTER_REVIEW:
            self.flags[number] &= ~1
        if action is Action.TAKE_BACK_ERASURE:
            self.flags[number] = (self.flags[number] & ~1) | bool(payload["awaiting"])
        if action in (Action.REPORT, Action.CORRECT, Action.GO_ON):
            self.flags[number] |= 1
        if action is Action.CONFIRM:
            self.flags[number] |= 2
        gone = frozenset(payload["fields"]) if action is Action.EXPIRE else GONE_WITH.get(action, frozenset())
        for name in gone:
            self.missing[number] |= 1 << FIELDS.index(name)
        if action is Action.ERASE:
            self.mentions.pop(number, None)

    def _reach(self, number: int) -> None:
        while len(self.status) <= number:
            for column in (self.status, self.theme):
                column.append(-1)
            for column in (self.ordinal, self.flags, self.missing, self.published):
                column.append(0)

    def slot(self, slug: str | None) -> int:
        """The place of a theme among the consultation's; -1 for none."""
        return self.slugs.index(slug) if slug in self.slugs else -1
