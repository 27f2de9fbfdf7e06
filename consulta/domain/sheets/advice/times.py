"""T, timely: the months of milestones, against each other and the plan's. Months not given are not judged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from consulta.domain.sheets.sheet import Milestone, leaves

from .rules import Case, Check, Hit, Rule, Severity, _

LONG, EARLY = 18, 6
"""Months: what lasts this long is long, what ends this much before the plan ends early."""


def ends_after_the_plan(case: Case) -> Iterator[Hit]:
    """T01: a milestone ends after the plan's end."""
    for one in leaves(case.sheet):
        if one.end and one.end > case.period.end:
            yield Hit(one, {"end": one.end, "limit": case.period.end})


def starts_after_its_end(case: Case) -> Iterator[Hit]:
    """T02: a milestone starts after its end."""
    for one in leaves(case.sheet):
        if one.start and one.end and one.start > one.end:
            yield Hit(one, {"start": one.start, "end": one.end})


def starts_before_approval(case: Case) -> Iterator[Hit]:
    """T03: a milestone starts before the month in which the plan is approved."""
    for one in leaves(case.sheet):
        if one.start and one.start < case.period.approved:
            yield Hit(one, {"start": one.start, "limit": case.period.approved})


def ends_long_before_the_plan(case: Case) -> Iterator[Hit]:
    """T04: the commitment's last milestone ends six months or more before the plan does."""
    last = max((one.end for one in leaves(case.sheet) if one.end), default=None)
    if last and months(last, case.period.end) >= EARLY:
        yield Hit(None, {"end": last, "limit": case.period.end})


def share_one_window(case: Case) -> Iterator[Hit]:
    """T05: all milestones, at least two, start in one month and end in one month."""
    rows = leaves(case.sheet)
    windows = {(one.start, one.end) for one in rows}
    if len(rows) > 1 and len(windows) == 1:
        start, end = windows.pop()
        if start and end:
            yield Hit(None, {"n": len(rows), "start": start, "end": end})


def lasts_long(case: Case) -> Iterator[Hit]:
    """T06: one action lasts 18 months or more; its first and its last month count."""
    for one in leaves(case.sheet):
        if one.start and one.end and (n := months(one.start, one.end) + 1) >= LONG:
            yield Hit(one, {"n": n})


def lasts_one_month(case: Case) -> Iterator[Hit]:
    """T07: start and end are one month."""
    for one in leaves(case.sheet):
        if one.start and one.start == one.end:
            yield Hit(one, {"start": one.start})


def out_of_order(case: Case) -> Iterator[Hit]:
    """T09: a milestone starts before the one that stands above it."""
    dated: list[Milestone] = [one for one in leaves(case.sheet) if one.start]
    for before, one in pairwise(dated):
        if one.start and before.start and one.start < before.start:
            yield Hit(one, {"start": one.start, "before": before.start})


def months(start: str, end: str) -> int:
    """From one month to another: 1 from a month to the next."""
    first, last = ([int(part) for part in month.split("-")[:2]] for month in (start, end))
    return (last[0] - first[0]) * 12 + last[1] - first[1]


RULES: tuple[tuple[Rule, Check], ...] = (
    (
        Rule(
            "T01",
            Severity.ERROR,
            "end",
            _("Termina en %(end)s y el plan termina antes, en %(limit)s."),
            _("Adelante la fecha final, o divida la meta y deje en este plan solo lo que se cumplirá a tiempo."),
        ),
        ends_after_the_plan,
    ),
    (
        Rule(
            "T02",
            Severity.ERROR,
            "start",
            _("Empieza en %(start)s, después de la fecha en que termina (%(end)s)."),
            _("Revise las dos fechas: quizá están al revés."),
        ),
        starts_after_its_end,
    ),
    (
        Rule(
            "T03",
            Severity.WARNING,
            "start",
            _("Empieza en %(start)s, antes de que se apruebe el plan (%(limit)s)."),
            _("Ponga una fecha a partir de la aprobación, o explique por qué el trabajo ya empezó."),
        ),
        starts_before_approval,
    ),
    (
        Rule(
            "T04",
            Severity.WARNING,
            "milestones",
            _("La última meta termina en %(end)s, seis meses o más antes de que termine el plan (%(limit)s)."),
            _("Diga cómo se sostendrá lo logrado, o agregue una meta para los meses que quedan."),
        ),
        ends_long_before_the_plan,
    ),
    (
        Rule(
            "T05",
            Severity.WARNING,
            "milestones",
            _("Las %(n)s metas tienen las mismas fechas, de %(start)s a %(end)s."),
            _("Dé a cada meta sus propias fechas, para que se vea qué va primero y se pueda revisar el avance."),
        ),
        share_one_window,
    ),
    (
        Rule(
            "T06",
            Severity.WARNING,
            "end",
            _("Esta acción dura %(n)s meses; nadie podrá decir si va bien hasta que termine."),
            _("Divídala en pasos más cortos, cada uno con un resultado que se pueda ver."),
        ),
        lasts_long,
    ),
    (
        Rule(
            "T07",
            Severity.INFO,
            "end",
            _("Empieza y termina en el mismo mes, %(start)s."),
            _("Si es un acto de un solo mes, déjelo así. Si hay que prepararlo, ponga desde cuándo."),
        ),
        lasts_one_month,
    ),
    (
        Rule(
            "T09",
            Severity.INFO,
            "start",
            _("Empieza en %(start)s, antes que la meta anterior (%(before)s)."),
            _("Si puede, ordene las metas según la fecha en que empiezan."),
        ),
        out_of_order,
    ),
)
