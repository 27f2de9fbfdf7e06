"""Milestones as a repeating group of fields ``meta-N-…`` that needs no script: add, move, split, remove.

What is typed is kept whatever its dates say: whether they are in order and within the plan the advice says.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace

from consulta.domain.proposals.drafting import Draft
from consulta.domain.sheets.sheet import TEXT_MAX, Continuity, Milestone, Responsible
from consulta.domain.texts import sort_key
from consulta.words.i18n import gettext

from .fields import Typed, lines

MAX_MILESTONES, MAX_PARTIES = 60, 20
FIELDS = ("key", "text", "deliverable", "parties", "continuity", "continues", "start", "end")
MONTHS = {
    name: n
    for n, names in enumerate(
        (
            "enero january ene jan",
            "febrero february feb",
            "marzo march mar",
            "abril april abr apr",
            "mayo may",
            "junio june jun",
            "julio july jul",
            "agosto august ago aug",
            "septiembre setiembre september sep",
            "octubre october oct",
            "noviembre november nov",
            "diciembre december dic dec",
        ),
        start=1,
    )
    for name in names.split()
}


def read_milestones(typed: Typed, draft: Draft) -> tuple[Milestone, ...]:
    """The milestones that say something, in their order; one that says nothing is left out."""
    groups = typed.groups("meta", 1_000)
    found = tuple(goal for n in groups if (goal := _milestone(typed, n, draft)) is not None)
    if len(found) > MAX_MILESTONES:
        typed.wrong(
            "milestones",
            gettext("Caben %(most)s metas; hay %(n)s. Junte las que van juntas.", most=MAX_MILESTONES, n=len(found)),
        )
    return numbered(found)


def numbered(goals: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """Numbered from 1 in their order."""
    return tuple(replace(goal, number=n, number_text=f"{n}.", position=n) for n, goal in enumerate(goals, start=1))


def show_milestones(goals: Sequence[Milestone]) -> dict[str, str]:
    """Milestones as fields."""
    shown: dict[str, str] = {}
    for n, goal in enumerate(goals):
        values = {
            "key": goal.key,
            "text": goal.text,
            "deliverable": goal.deliverable or "",
            "start": goal.start or "",
            "parties": "\n".join(party.name for party in goal.parties),
            "end": goal.end or "",
            "continuity": goal.continuity.value if goal.continuity else "",
            "continues": goal.continues or "",
        }
        shown |= {f"meta-{n}-{name}": value for name, value in values.items()}
    return shown


def moved(goals: Sequence[Milestone], act: str, key: str) -> tuple[Milestone, ...]:
    """After one of the buttons: ``up``, ``down``, ``split``, ``remove``."""
    rows = list(goals)
    at = next((n for n, goal in enumerate(rows) if goal.key == key), None)
    if at is None:
        return numbered(rows)
    if act == "remove":
        del rows[at]
    elif act == "split":
        rows[at : at + 1] = _split(rows[at])
    else:
        to = at - 1 if act == "up" else at + 1
        if 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
    return numbered(rows)


def _split(goal: Milestone) -> list[Milestone]:
    """One for each line or part between semicolons; the first keeps the identity of what was split."""
    parts = [part.strip() for part in re.split(r"[;\n]+", goal.text) if part.strip()]
    if len(parts) < 2:
        parts = [goal.text, gettext("(segunda parte)")]
    return [replace(goal, text=part, key=goal.key if n == 0 else new_key()) for n, part in enumerate(parts)]


def new_key() -> str:
    """A public identifier for a milestone."""
    return f"m{secrets.token_hex(4)}"


def _milestone(typed: Typed, n: int, draft: Draft) -> Milestone | None:
    names = {field: f"meta-{n}-{field}" for field in FIELDS}
    if not any(typed.data.get(name, "").strip() for field, name in names.items() if field not in ("key", "continuity")):
        return None
    text = typed.text(names["text"], limit=TEXT_MAX, missing=gettext("Escriba qué se hará en esta meta, o quítela."))
    start, end = (_month(typed, names[field]) for field in ("start", "end"))
    continuity = typed.one_of(names["continuity"], list(Continuity))
    key = typed.data.get(names["key"], "")
    known = {goal.key: goal for goal in draft.sheet.milestones}
    parties = tuple(Responsible(name) for name in lines(typed.text(names["parties"], limit=TEXT_MAX))[:MAX_PARTIES])
    return Milestone(
        key=key if key in known else new_key(),
        text=text,
        parties=parties,
        deliverable=typed.text(names["deliverable"], limit=TEXT_MAX) or None,
        continuity=Continuity(continuity) if continuity else None,
        continues=typed.text(names["continues"], limit=60) or None,
        start=start,
        end=end,
    )


def _month(typed: Typed, name: str) -> str | None:
    value = typed.text(name, limit=40)
    if not value or sort_key(value).startswith("por definir"):
        return None
    found = month_of(value)
    if found is None:
        typed.wrong(name, gettext("Escriba el mes como 2027-03 o marzo de 2027."))
        return None
    return found


def month_of(value: str) -> str | None:
    """A month as people write it: 2027-03, 03/2027, marzo de 2027."""
    plain = sort_key(value).replace(" de ", " ").replace(" del ", " ").strip()
    found = re.fullmatch(r"(\d{4})[-/](\d{1,2})", plain)
    if found:
        year, month = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"(\d{1,2})[-/](\d{4})", plain):
        year, month = int(found[2]), int(found[1])
    elif (found := re.fullmatch(r"([a-z]+)\.? (\d{4})", plain)) and found[1] in MONTHS:
        year, month = int(found[2]), MONTHS[found[1]]
    else:
        return None
    return f"{year:04}-{month:02}" if 1 <= month <= 12 and 2000 <= year <= 2100 else None
