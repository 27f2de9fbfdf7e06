"""N, numbering: the milestones as they are printed, with their parts; not only the rows without further division."""

from __future__ import annotations

import re
from collections.abc import Iterator

from consulta.domain.sheets.sheet import Milestone, Sheet

from .rules import Case, Check, Hit, Rule, Severity, _
from .words import Words, first_word, words_of

MANY = 6
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PIECE = re.compile(r"\n|;|(?:^|\s)\(?[a-z0-9]\)\s|(?:^|\s)\d{1,2}\.\s|(?:^|\s)[·•▪*-]\s")
"""What stands between the actions of a list: a new line, a semicolon, «a)», «(1)», «1.» or a bullet."""


def tops(sheet: Sheet) -> list[Milestone]:
    """The milestones that are no part of another."""
    return [one for one in sheet.milestones if one.parent is None]


def not_in_sequence(case: Case) -> Iterator[Hit]:
    """N01: the printed numbers are not 1, 2, 3 …; where none is printed there is nothing to say."""
    numbers = [one.number for one in tops(case.sheet)]
    if any(number is not None for number in numbers) and numbers != list(range(1, len(numbers) + 1)):
        yield Hit(None, {"numbers": ", ".join("–" if number is None else str(number) for number in numbers)})


def several_dates(case: Case) -> Iterator[Hit]:
    """N03: one cell holds several date ranges: it names several years' months, or parts of one row have dates apart."""
    for one in tops(case.sheet):
        parts = [part for part in case.sheet.milestones if part.parent == one.key]
        ranges = [(part.start, part.end) for part in parts if part.inherited and "start" not in part.inherited]
        in_cell = max(len(_YEAR.findall(text or "")) for text in (one.start_text, one.end_text))
        if len(set(ranges)) > 1 or in_cell > 1:
            yield Hit(one, {"n": max(len(ranges), in_cell)})


def compound(case: Case) -> Iterator[Hit]:
    """N04: a milestone is several: it has parts, or its text lists actions, each beginning with a verb."""
    words = words_of(case.sheet.language)
    for one in tops(case.sheet):
        n = sum(part.parent == one.key for part in case.sheet.milestones)
        if one.has_parts or (n := actions_listed(one.text, words)) > 1:
            yield Hit(one, {"n": n})


def actions_listed(text: str, words: Words) -> int:
    """How many pieces of a list begin with a verb of doing; a sentence with several verbs is no list."""
    return sum(first_word(piece) in words.verbs for piece in _PIECE.split(text.lower()))


def too_many(case: Case) -> Iterator[Hit]:
    """N05: more than six milestones; parts of one are not counted."""
    if (n := len(tops(case.sheet))) > MANY:
        yield Hit(None, {"n": n, "most": MANY})


def only_one(case: Case) -> Iterator[Hit]:
    """N06: a single milestone."""
    if len(tops(case.sheet)) == 1:
        yield Hit()


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "N01",
            Severity.ERROR,
            "milestones",
            _("Las metas no están numeradas 1, 2, 3…, sino así: %(numbers)s."),
            _("Numere las metas de corrido, para que cada número nombre una sola."),
        ),
        not_in_sequence,
    ),
    (
        Rule(
            "N03",
            Severity.ERROR,
            "start",
            _("En una misma casilla hay %(n)s fechas distintas y no se ve a qué parte pertenece cada una."),
            _("Haga una fila por cada parte, con su propia fecha de inicio y de fin."),
        ),
        several_dates,
    ),
    (
        Rule(
            "N04",
            Severity.WARNING,
            "text",
            _("Esta meta reúne %(n)s acciones: si se cumple solo una parte, nadie sabrá qué anotar."),
            _("Haga de cada acción una meta aparte, con responsable y fechas."),
        ),
        compound,
    ),
    (
        Rule(
            "N05",
            Severity.WARNING,
            "milestones",
            _("Hay %(n)s metas; se recomiendan %(most)s como máximo."),
            _("Deje las que demuestran que el compromiso se cumplió y junte o quite los pasos intermedios."),
        ),
        too_many,
    ),
    (
        Rule(
            "N06",
            Severity.WARNING,
            "milestones",
            _("Hay una sola meta: hasta que termine no se podrá ver ningún avance."),
            _("Agregue al menos una meta intermedia, con su fecha."),
        ),
        only_one,
    ),
)
