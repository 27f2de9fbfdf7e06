"""P, the plan: what can be seen only over several sheets, and what a sheet says of earlier plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from consulta.domain.sheets.sheet import Continuity, Milestone, Sheet, leaves

from . import bodies as advice_bodies
from .rules import Case, Check, Diagnostic, Glossary, Hit, Phase, Rule, Severity, _, diagnostics
from .words import Words, folded, words_of

COMMITMENTS, TITLE = 15, 150


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents: what it says of a commitment. ``bodies`` is ``None`` where it names none."""

    number: int
    title: str
    bodies: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Total:
    """A total and the lines under it, such as the proposals of a roundtable. ``place``: how people name it, «D»."""

    place: str
    lines: tuple[int, ...]
    stated: int


def unreferenced(case: Case) -> Iterator[Hit]:
    """P02: a milestone that goes on from before does not say from which commitment."""
    for one in leaves(case.sheet):
        if one.continuity is Continuity.ONGOING and not (one.continues or _of_parent(one, case.sheet)):
            yield Hit(one)


def _of_parent(one: Milestone, sheet: Sheet) -> str | None:
    return next((other.continues for other in sheet.milestones if other.key == one.parent), None)


def too_many_commitments(sheets: Sequence[Sheet]) -> Iterator[Hit]:
    """P01: more than 15 commitments."""
    if len(sheets) > COMMITMENTS:
        yield Hit(None, {"n": len(sheets), "most": COMMITMENTS})


def differs_from_contents(sheet: Sheet, entry: Entry | None, glossary: Glossary) -> Iterator[Hit]:
    """P03: the table of contents gives another title than the sheet, other bodies, or does not list it at all."""
    title = entry.title if entry else "–"
    if folded(title) != folded(sheet.title or ""):
        yield Hit(None, {"contents": title, "sheet": sheet.title or "–"}, "title")
    if entry and entry.bodies is not None:
        words = words_of(sheet.language)
        ours = [name for line in sheet.leads for name in advice_bodies.listed(line.value)]
        theirs = [name for body in entry.bodies for name in advice_bodies.listed(body)]
        if not (_covers(ours, theirs, words, glossary) and _covers(theirs, ours, words, glossary)):
            yield Hit(None, {"contents": "; ".join(entry.bodies), "sheet": "; ".join(ours)}, "leads")


def _covers(names: Sequence[str], others: Sequence[str], words: Words, glossary: Glossary) -> bool:
    known = advice_bodies.all_meant(names, words, glossary)
    return all(advice_bodies.one_of(name, known, words, glossary) for name in others)


def does_not_add_up(total: Total) -> Iterator[Hit]:
    """P04: the lines add up to another total than the stated one."""
    if sum(total.lines) != total.stated:
        yield Hit(None, {"stated": total.stated, "sum": sum(total.lines)})


def long_title(sheet: Sheet) -> Iterator[Hit]:
    """P06: a title of 150 characters or more."""
    if len(sheet.title or "") >= TITLE:
        yield Hit(None, {"n": len(sheet.title or "")})


def over_all(
    sheets: Sequence[Sheet], contents: Sequence[Entry] | None, totals: Sequence[Total], glossary: Glossary
) -> Iterator[Diagnostic]:
    """The diagnostics of P01, P03, P04 and P06; without a table of contents nothing can differ from it."""
    whole = Sheet(title=None)
    yield from diagnostics(TOO_MANY, too_many_commitments(sheets), whole, Phase.DRAFT)
    entries = {entry.number: entry for entry in contents or ()}
    for sheet in sheets:
        if contents is not None:
            entry = entries.pop(sheet.number or 0, None)
            yield from diagnostics(CONTENTS, differs_from_contents(sheet, entry, glossary), sheet, Phase.DRAFT)
        yield from diagnostics(LONG_TITLE, long_title(sheet), sheet, Phase.DRAFT)
    for entry in entries.values():
        lost = Sheet(title=None, number=entry.number)
        yield from diagnostics(
            CONTENTS, differs_from_contents(lost, replace(entry, bodies=None), {}), lost, Phase.DRAFT
        )
    for total in totals:
        found = diagnostics(TOTALS, does_not_add_up(total), whole, Phase.DRAFT)
        yield from (replace(one, place=total.place) for one in found)


TOO_MANY = Rule(
    "P01",
    Severity.WARNING,
    "plan",
    _("El plan tiene %(n)s compromisos; se recomiendan %(most)s como máximo."),
    _("Vea cuáles se pueden unir y cuáles pueden esperar al siguiente plan."),
)
CONTENTS = Rule(
    "P03",
    Severity.ERROR,
    "title",
    _("El índice y la ficha no dicen lo mismo. En el índice: «%(contents)s». En la ficha: «%(sheet)s»."),
    _("Deje el mismo texto en los dos lugares."),
)
TOTALS = Rule(
    "P04",
    Severity.ERROR,
    "totals",
    _("El total dice %(stated)s, pero las líneas suman %(sum)s."),
    _("Revise las líneas y el total. Si no se puede saber cuál está bien, dígalo junto al cuadro."),
)
LONG_TITLE = Rule(
    "P06",
    Severity.INFO,
    "title",
    _("El título tiene %(n)s letras; así de largo cuesta recordarlo y nombrarlo."),
    _("Escriba un título corto y pase el resto a la descripción."),
)
OVER_ALL = (TOO_MANY, CONTENTS, TOTALS, LONG_TITLE)

RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "P02",
            Severity.WARNING,
            "continues",
            _("Dice que es un trabajo en curso, pero no de qué compromiso anterior viene."),
            _("Escriba el plan y el número del compromiso anterior, o márquelo como nuevo."),
        ),
        unreferenced,
    ),
)
