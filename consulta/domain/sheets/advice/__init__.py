"""The advice on a sheet: what keeps it from being specific, measurable, answerable, relevant and timely.

Every rule is a small pure function with an id; ``docs/advice.md`` lists them with what they find in the real plan.
"""

from __future__ import annotations

from collections.abc import Sequence

from consulta.domain.sheets.sheet import Period, Sheet

from . import answerable, measurable, numbering, plan, relevance, required, times
from .plan import Entry, Total
from .rules import (
    Case,
    Diagnostic,
    Glossary,
    Phase,
    Rule,
    Severity,
    diagnostics,
)

__all__ = [
    "RULES",
    "Diagnostic",
    "Entry",
    "Glossary",
    "Phase",
    "Rule",
    "Severity",
    "Total",
    "advise",
    "advise_plan",
    "blocking",
]

_OF_A_SHEET = (
    *times.RULES,
    *numbering.RULES,
    *measurable.RULES,
    *answerable.RULES,
    *relevance.RULES,
    *plan.RULES,
)
RULES: dict[str, Rule] = {
    rule.id: rule for rule in (*(rule for rule, _ in (*required.RULES, *_OF_A_SHEET)), *plan.OVER_ALL)
}
"""Every rule by its id, for its message and how to correct what it found."""

_COVERS = {"contacts": ("contacts", "persons", "posts", "emails", "phones"), "dates": ("start", "end")}
"""Fields of which one mark *por definir en la mesa* speaks together."""


def advise(sheet: Sheet, *, phase: Phase, period: Period, glossary: Glossary | None = None) -> list[Diagnostic]:
    """What the rules find in one sheet, in the order of the rules; in a proposal *por definir* is an answer."""
    case, settled = Case(sheet, period, glossary or {}), _settled(sheet) if phase is Phase.PROPOSAL else set()
    found = [one for rule, check in _OF_A_SHEET for one in diagnostics(rule, check(case), sheet, phase)]
    return [one for one in found if one.field not in settled]


def _settled(sheet: Sheet) -> set[str]:
    return {field for name in sheet.undecided for field in _COVERS.get(name, (name,))}


def advise_plan(
    sheets: Sequence[Sheet],
    *,
    contents: Sequence[Entry] | None = None,
    totals: Sequence[Total] = (),
    glossary: Glossary | None = None,
) -> list[Diagnostic]:
    """What is seen only over all sheets, their table of contents and the totals; not what ``advise`` says of each."""
    return list(plan.over_all(sheets, contents, totals, glossary or {}))


def blocking(sheet: Sheet) -> list[Diagnostic]:
    """What must be said before a proposal can be sent: its theme, title, problem and action; nothing else blocks."""
    case = Case(sheet, Period("", ""))
    return [one for rule, check in required.RULES for one in diagnostics(rule, check(case), sheet, Phase.PROPOSAL)]
