"""M, specific and measurable: whether the words say how much of what will be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, takewhile

from consulta.domain.sheets.sheet import Sheet, leaves

from .rules import Case, Check, Hit, Rule, Severity, _
from .words import Words, among, content, first_word, folded, tokens, words_of

SHORT = 40
ALIKE = 7
"""Of ten words of the shorter text so many stand in the other, too, where one repeats the other."""
REACH = 4
"""How many words after a number the thing that it counts may stand: «8 base documents for the …»."""

NOUN_AFTER_ALL = re.compile(r"\s*\w+\s+(?:in|of)\b")
"""English: «Increase in …» is no wish."""

_SHARE = re.compile(r"\d\s?%")
_CLAUSE = re.compile(r"[.,:;()\n](?!\d)")
_LIST_MARK = re.compile(r"\b\d+\)")
_NUMBER = re.compile(r"^\d+(?:[.,]\d+)*$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")


def no_target(case: Case) -> Iterator[Hit]:
    """M01: no quantified target anywhere: neither a share nor a number of things or people."""
    words = words_of(case.sheet.language)
    said = [text for text in promises(case.sheet) if text]
    if said and not any(has_target(text, words) for text in said):
        yield Hit()


def promises(sheet: Sheet) -> Iterator[str | None]:
    """What a sheet says that will be done; its problem, its context and its notes promise nothing."""
    yield from (sheet.title, sheet.objective, sheet.action, sheet.results, sheet.ambition)
    for one in sheet.milestones:
        yield from (one.text, one.deliverable)


def has_target(text: str, words: Words) -> bool:
    """A percentage, or a number (of two or more, if it is a word) followed closely by something that can be counted."""
    if _SHARE.search(text) or any(f" {share}" in folded(text) for share in words.percent):
        return True
    return any(counts(tokens(clause), words) for clause in _CLAUSE.split(_LIST_MARK.sub("; ", text)))


def counts(clause: list[str], words: Words) -> bool:
    """Whether a clause counts something. Years and the numbers of articles, decrees and phases are names, no counts."""
    for nth, word in enumerate(clause):
        named = nth > 0 and clause[nth - 1] in words.labels
        number = word in words.numbers or (_NUMBER.match(word) and not _YEAR.match(word))
        after = takewhile(lambda one: one not in words.empty, islice(clause, nth + 1, nth + 1 + REACH))
        if number and not named and any(among(one, words.counted, words.deliverables) for one in after):
            return True
    return False


def no_deliverable(case: Case) -> Iterator[Hit]:
    """M02: neither a deliverable of its own nor, in the text, a noun of a thing that can be shown."""
    words = words_of(case.sheet.language)
    for one in leaves(case.sheet):
        if not one.deliverable and not names_a_thing(tokens(one.text), words):
            yield Hit(one)


def names_a_thing(said: list[str], words: Words) -> bool:
    """Whether a deliverable noun stands there. With a number after it, it names what exists: «Plan 2016-2018»."""
    after = [*said[1:], ""]
    return any(
        among(word, words.deliverables) and not then[:1].isdigit() for word, then in zip(said, after, strict=True)
    )


def too_short(case: Case) -> Iterator[Hit]:
    """M03: a milestone of less than 40 characters; headings of parts are read too, for tables print them alone."""
    for one in case.sheet.milestones:
        if 0 < len(one.text.strip()) < SHORT:
            yield Hit(one, {"n": len(one.text.strip()), "least": SHORT})


def repeats(case: Case) -> Iterator[Hit]:
    """M04: of the shorter of objective and description seven words in ten stand in the other, too."""
    words = words_of(case.sheet.language)
    one, other = (content(text or "", words) for text in (case.sheet.objective, case.sheet.action))
    if one and other and 10 * len(one & other) >= ALIKE * min(len(one), len(other)):
        yield Hit(None, {"percent": round(100 * len(one & other) / min(len(one), len(other)))})


def problem_is_a_goal(case: Case) -> Iterator[Hit]:
    """M05: the problem begins with a verb of wishing: it says what is wanted, not what is wrong."""
    said = case.sheet.problem or ""
    if first_word(said) in words_of(case.sheet.language).goals and not NOUN_AFTER_ALL.match(said):
        yield Hit()


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "M01",
            Severity.WARNING,
            "milestones",
            _("En ninguna parte dice cuánto: ni un porcentaje ni una cantidad de cosas o de personas."),
            _("Agregue al menos una cifra que se pueda comprobar, como «40 municipalidades» o «500 maestros»."),
        ),
        no_target,
    ),
    (
        Rule(
            "M02",
            Severity.WARNING,
            "text",
            _("No se ve qué quedará hecho al terminar: un informe, un portal, un reglamento…"),
            _("Nombre lo que se podrá mostrar cuando la meta esté cumplida."),
        ),
        no_deliverable,
    ),
    (
        Rule(
            "M03",
            Severity.WARNING,
            "text",
            _("La meta tiene solo %(n)s letras; con menos de %(least)s casi nunca se entiende qué se hará."),
            _("Diga qué se hará, para quién y qué quedará al final."),
        ),
        too_short,
    ),
    (
        Rule(
            "M04",
            Severity.WARNING,
            "objective",
            _("El objetivo y la descripción dicen casi lo mismo: comparten %(percent)s de cada 100 palabras."),
            _("En la descripción diga qué se hará; en el objetivo, qué cambiará para la gente."),
        ),
        repeats,
    ),
    (
        Rule(
            "M05",
            Severity.WARNING,
            "problem",
            _("El problema está escrito como un deseo: dice lo que se quiere lograr, no lo que está mal."),
            _("Escriba qué pasa hoy, a quién afecta y desde cuándo. Lo que se quiere lograr va en el objetivo."),
        ),
        problem_is_a_goal,
    ),
)
