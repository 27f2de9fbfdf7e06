"""F, *falta*: the four things without which a proposal says nothing. They alone keep it from being sent."""

from __future__ import annotations

from collections.abc import Iterator

from .rules import Case, Check, Hit, Rule, Severity, _


def no_theme(case: Case) -> Iterator[Hit]:
    """F01: no theme."""
    return _missing(case.sheet.theme)


def no_title(case: Case) -> Iterator[Hit]:
    """F02: no title."""
    return _missing(case.sheet.title)


def no_problem(case: Case) -> Iterator[Hit]:
    """F03: no problem."""
    return _missing(case.sheet.problem)


def no_action(case: Case) -> Iterator[Hit]:
    """F04: no action."""
    return _missing(case.sheet.action)


def _missing(text: str | None) -> Iterator[Hit]:
    if not (text or "").strip():
        yield Hit()


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "F01",
            Severity.ERROR,
            "theme",
            _("Falta el tema."),
            _("Elija el tema al que más se acerca su propuesta."),
            blocks=True,
        ),
        no_theme,
    ),
    (
        Rule(
            "F02",
            Severity.ERROR,
            "title",
            _("Falta el título."),
            _("Escriba en una línea qué propone."),
            blocks=True,
        ),
        no_title,
    ),
    (
        Rule(
            "F03",
            Severity.ERROR,
            "problem",
            _("Falta el problema."),
            _("Escriba qué pasa hoy y a quién afecta."),
            blocks=True,
        ),
        no_problem,
    ),
    (
        Rule(
            "F04",
            Severity.ERROR,
            "action",
            _("Falta decir qué propone hacer."),
            _("Escriba qué habría que hacer para resolver el problema."),
            blocks=True,
        ),
        no_action,
    ),
)
