"""What changed from one version of a sheet to another, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .sheet import PROSE, Milestone, Sheet

LONGEST = 4_000
"""Words of a text that is compared word by word; of a longer one its lines are."""
LINES = ("leads", "persons", "posts")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: ``same``, ``added`` or ``removed``."""

    what: str
    text: str


@dataclass(frozen=True)
class Change:
    """A field that differs, or a milestone (``milestones:KEY``) with its latest ``number``."""

    field: str
    number: int | None
    pieces: tuple[Piece, ...]


def compare(old: Sheet, new: Sheet) -> list[Change]:
    """Every field and milestone that differs, in the order of the sheet; nothing private is among them."""
    found = [_change(name, None, _said(old, name), _said(new, name)) for name in ("theme", *PROSE, *LINES, "undecided")]
    before = {goal.key: goal for goal in old.milestones}
    after = {goal.key: goal for goal in new.milestones}
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        known = other or one
        found.append(_change(f"milestones:{key}", known.number if known else None, _goal(one), _goal(other)))
    return [change for change in found if change is not None]


def _said(sheet: Sheet, name: str) -> str:
    value = getattr(sheet, name)
    if name in LINES:
        return "\n".join(line.text for line in value)
    return ", ".join(sorted(value)) if name == "undecided" else value or ""


def _goal(goal: Milestone | None) -> str:
    if goal is None:
        return ""
    months = " – ".join(month for month in (goal.start, goal.end) if month)
    parties = ", ".join(party.name for party in goal.parties)
    said = (f"{goal.number}." if goal.number else "", goal.text, goal.deliverable, parties, goal.continuity, months)
    return "\n".join(str(part) for part in said if part)


def _change(field: str, number: int | None, old: str, new: str) -> Change | None:
    return None if old == new else Change(field, number, tuple(words(old, new)))


def words(old: str, new: str) -> Iterator[Piece]:
    """The pieces that lead from one text to the other; those that are the same or added make the newer one."""
    split = re.compile(r"\s+|\w+|[^\w\s]")
    before, after = split.findall(old), split.findall(new)
    if max(len(before), len(after)) > LONGEST:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield from _pieces(what, before[a:b], after[c:d])


def _pieces(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if what == "equal":
        yield Piece("same", "".join(new))
        return
    if old:
        yield Piece("removed", "".join(old))
    if new:
        yield Piece("added", "".join(new))
