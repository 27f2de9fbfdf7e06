"""What the advice found, in words of the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from consulta.domain.sheets.advice import RULES, Diagnostic, Severity
from consulta.words.i18n import gettext, month

from .guides import GUIDES, _

LABELS = {
    "theme": _("Tema"),
    "persons": _("Persona responsable"),
    "posts": _("Cargo"),
    "emails": _("Correo"),
    "phones": _("Teléfono"),
}
"""Of fields that have no guide of their own."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Advice:
    """A diagnostic with its message and how to correct it; ``field`` and ``milestone`` say beside what it stands."""

    rule: str
    severity: Severity
    field: str
    milestone: str | None
    place: str
    message: str
    remedy: str
    label: str = ""
    """What the field is called."""

    @property
    def key(self) -> str:
        """By what it is dismissed: the rule, and the milestone if it is about one."""
        return f"{self.rule}:{self.milestone}" if self.milestone else self.rule


def in_words(diagnostics: Iterable[Diagnostic]) -> list[Advice]:
    """The diagnostics as they are shown."""
    return [_in_words(one) for one in diagnostics]


def together(found: Iterable[Advice]) -> list[list[Advice]]:
    """Those that say the same of several milestones stand together, in the order of the first."""
    groups: dict[tuple[str, str, str], list[Advice]] = {}
    for one in found:
        groups.setdefault((one.rule, one.message, one.remedy), []).append(one)
    return list(groups.values())


def _in_words(one: Diagnostic) -> Advice:
    rule = RULES[one.rule]
    values = {name: month(v) if isinstance(v, str) and _MONTH.fullmatch(v) else v for name, v in one.values.items()}
    message, remedy = gettext(rule.message, **values), gettext(rule.remedy, **values)
    label = gettext(LABELS.get(one.field) or GUIDES[one.field].label if one.field in {**LABELS, **GUIDES} else "")
    return Advice(one.rule, one.severity, one.field, one.milestone, one.place, message, remedy, label)
