"""What a rule of the advice is, what it finds, and how much that weighs; the rules themselves stand by family."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from enum import StrEnum

from consulta.domain.sheets.sheet import Milestone, Period, Sheet

Value = str | int
Glossary = Mapping[str, tuple[str, ...]]
"""Acronym to the names that it stands for."""


class Severity(StrEnum):
    """``error`` must be corrected or explained by the body, ``warning`` asks for a note, ``info`` only informs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Phase(StrEnum):
    """Where a sheet stands: a proposal of anybody, or a draft commitment that the last round is about to close."""

    PROPOSAL = "proposal"
    DRAFT = "draft"


@dataclass(frozen=True)
class Case:
    """What a rule looks at: a sheet, the months of its plan, and what acronyms stand for."""

    sheet: Sheet
    period: Period
    glossary: Glossary = made(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """What a rule found: the milestone if it is about one, what fills the message, a field other than the rule's."""

    milestone: Milestone | None = None
    values: dict[str, Value] = made(default_factory=dict)
    field: str | None = None


Check = Callable[[Case], Iterable[Hit]]


@dataclass(frozen=True)
class Rule:
    """A rule: ``severity`` is that of a draft; ``message`` and ``remedy`` are Spanish source text for gettext."""

    id: str
    severity: Severity
    field: str
    message: str
    remedy: str
    blocks: bool = False
    """Whether even a proposal cannot be sent with it."""

    def weighs(self, phase: Phase) -> Severity:
        """Its severity in this phase: in a proposal an error is only advice, but where it blocks."""
        advice = phase is Phase.PROPOSAL and self.severity is Severity.ERROR and not self.blocks
        return Severity.WARNING if advice else self.severity


@dataclass(frozen=True)
class Diagnostic:
    """What the advice says. ``milestone``: its key; ``place``: how people name the place, such as «17.3».

    ``values`` fill the placeholders of the rule's message and of its ``remedy``; months in them are ``YYYY-MM``.
    """

    rule: str
    severity: Severity
    field: str
    milestone: str | None
    place: str
    values: dict[str, Value] = made(default_factory=dict)


def places(sheet: Sheet) -> dict[str, str]:
    """How people name each milestone, by key: commitment, position and letter, as «17.3», «17.7a» or «20.2.1»."""
    found: dict[str, str] = {}
    counts: dict[str | None, int] = {}
    for one in sheet.milestones:
        counts[one.parent] = nth = counts.get(one.parent, 0) + 1
        if one.parent is not None and one.parent in found:
            found[one.key] = found[one.parent] + (one.letter or f".{nth}")
        else:
            found[one.key] = f"{sheet.number}.{nth}" if sheet.number else str(nth)
    return found


def diagnostics(rule: Rule, hits: Iterable[Hit], sheet: Sheet, phase: Phase) -> list[Diagnostic]:
    """The hits of one rule as diagnostics with their places."""
    by_key, own = places(sheet), str(sheet.number or "")
    return [
        Diagnostic(
            rule.id,
            rule.weighs(phase),
            hit.field or rule.field,
            hit.milestone.key if hit.milestone else None,
            by_key[hit.milestone.key] if hit.milestone else own,
            hit.values,
        )
        for hit in hits
    ]


def _(message: str) -> str:
    """Marks a message for translation where it stands; it is translated where it is shown."""
    return message
