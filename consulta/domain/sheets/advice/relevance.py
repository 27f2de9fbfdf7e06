"""R, relevant: which value of open government a commitment serves, and which of OGP's grand challenges it meets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from consulta.domain.sheets.sheet import Sheet

from .rules import Case, Check, Hit, Rule, Severity, _
from .words import folded, words_of

_APART = re.compile(r"[;\n·]|\.(?:\s|$)|,|\s(?:y|e|and)\s")


def only_technology(case: Case) -> Iterator[Hit]:
    """R01: nothing that the sheet says names transparency, participation or accountability; technology is a means."""
    sheet = case.sheet
    if any((sheet.value_transparency, sheet.value_participation, sheet.value_accountability)):
        return
    said = folded(" ".join(text for text in purposes(sheet) if text))
    if said and not any(f" {value}" in f" {said}" for value in words_of(sheet.language).values):
        yield Hit()


def purposes(sheet: Sheet) -> tuple[str | None, ...]:
    """Where a sheet says what for; neither its problem nor its milestones, which say why and how."""
    return sheet.title, sheet.objective, sheet.action, sheet.results, sheet.relevance, sheet.ambition


def outside_the_five(case: Case) -> Iterator[Hit]:
    """R03: the challenge is written otherwise than as a list of OGP's five, so no table can count it."""
    names = words_of(case.sheet.language).challenges
    said = [part.strip(" .") for part in _APART.split(case.sheet.challenge or "")]
    if outside := [part for part in said if part and folded(part) not in names]:
        yield Hit(None, {"said": "; ".join(outside)})


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "R01",
            Severity.WARNING,
            "relevance",
            _("No dice a qué valor del gobierno abierto sirve; la tecnología sola no es uno de ellos."),
            _("Explique cómo ayuda a que la gente se entere, participe o pida cuentas."),
        ),
        only_technology,
    ),
    (
        Rule(
            "R03",
            Severity.WARNING,
            "challenge",
            _("El desafío no está escrito como uno de los cinco de la Alianza: «%(said)s»."),
            _("Elija uno o varios de los cinco desafíos de la lista."),
        ),
        outside_the_five,
    ),
)
