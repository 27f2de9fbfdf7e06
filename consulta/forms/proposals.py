"""The steps of a proposal as they are typed: each is read into what it changes of the sheet, and shown from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from consulta.domain.proposals.drafting import STEPS, Draft
from consulta.domain.proposals.sending import Sender
from consulta.domain.proposals.sources import Sources
from consulta.domain.sheets.sheet import TEXT_MAX, Challenge, Contact, Line
from consulta.words.i18n import gettext

from .fields import LINE, Typed, lines
from .milestones import read_milestones, show_milestones

PROSE = {
    "problem": ("title", "problem", "causes", "background"),
    "answers": (),
    "action": ("objective", "action", "results"),
    "relevance": ("relevance", "value_transparency", "value_participation", "value_accountability", "context"),
    "who": ("government", "others"),
    "milestones": (),
    "ambition": ("ambition",),
}
"""The fields of running text of each step."""
ELSEWHERE = {
    "theme": "problem",
    "challenge": "relevance",
    **dict.fromkeys(("leads", "contacts", "persons", "posts", "emails", "phones"), "who"),
    **dict.fromkeys(("milestones", "start", "end", "deliverable", "parties"), "milestones"),
}
"""The steps of the fields that are no running text."""
ANCHORS = {
    **dict.fromkeys(("contacts", "persons"), "contact-0-name"),
    "posts": "contact-0-post",
    "emails": "contact-0-email",
    "phones": "contact-0-phone",
    **dict.fromkeys(("milestones", "start", "end", "deliverable", "parties"), "metas"),
}
"""Beside what a step shows a field that has no place of its own name."""
PLACES = dict(
    zip(("problema", "responde", "accion", "relevancia", "responsables", "metas", "ambicion"), STEPS, strict=True)
)
"""The steps by their place in the address."""
ADDRESSES = {step: place for place, step in PLACES.items()}
MAX_LEADS, MAX_CONTACTS = 20, 10
Read = Callable[[Typed, Draft], dict[str, Any]]


def step_of(field: str) -> str:
    """The step in which a field is filled in; the first for what is in none."""
    in_prose = next((step for step, fields in PROSE.items() if field in fields), "problem")
    return ELSEWHERE.get(field, in_prose)


def read_step(step: str, typed: Typed, draft: Draft) -> dict[str, Any]:
    """What a step changes of the sheet; faults are noted beside their fields."""
    prose = {name: typed.text(name, limit=LINE * 2 if name == "title" else TEXT_MAX) or None for name in PROSE[step]}
    more = READ.get(step)
    return {**prose, **(more(typed, draft) if more else {})}


def show_step(step: str, draft: Draft) -> dict[str, str]:
    """A step as it was saved, as fields."""
    shown = {name: getattr(draft.sheet, name) or "" for name in PROSE[step]}
    more = SHOW.get(step)
    return {**shown, **(more(draft) if more else {})}


def read_sources(typed: Typed) -> Sources:
    """To what it answers; numbers separated by commas or spaces."""
    numbers = []
    for word in re.split(r"[\s,;]+", typed.text("contributions", limit=1_000)):
        plain = word.lstrip("#n.º")
        if plain.isdecimal() and len(plain) < 10:
            numbers.append(int(plain))
        elif plain:
            typed.wrong("contributions", gettext("«%(value)s» no es el número de un aporte.", value=word[:40]))
    earlier = tuple(sorted(name[8:] for name in typed.data if name.startswith("earlier-")))
    unrelated = typed.text("unrelated", limit=1_000) or None
    if not (numbers or earlier or unrelated):
        typed.wrong("contributions", gettext("Elija a qué responde, o escriba por qué a ninguno."))
    return Sources(tuple(dict.fromkeys(numbers)), earlier, unrelated)


def read_sender(typed: Typed) -> Sender:
    """The person who sends a proposal of their own: a name to show, an address, both if they like."""
    name = typed.text("name", limit=LINE) or None
    return Sender(name=name, publish_name=bool(name) and typed.flag("publish_name"), email=typed.email("email"))


def _problem(typed: Typed, draft: Draft) -> dict[str, Any]:
    themes = [theme.slug for theme in draft.consultation.themes]
    return {"theme": typed.one_of("theme", themes)}


def _relevance(typed: Typed, _draft: Draft) -> dict[str, Any]:
    return {"challenges": tuple(code for code in Challenge if typed.flag(f"challenge-{code.value}"))}


def _who(typed: Typed, draft: Draft) -> dict[str, Any]:
    found = lines(typed.text("leads", limit=TEXT_MAX))
    if len(found) > MAX_LEADS:
        typed.wrong("leads", gettext("Caben %(most)s entidades.", most=MAX_LEADS))
    contacts = tuple(contact for n in typed.groups("contact", MAX_CONTACTS) if (contact := _contact(typed, n)))
    undecided = set(draft.sheet.undecided) - {"leads", "contacts"}
    undecided |= {name for name in ("leads", "contacts") if typed.flag(f"undecided-{name}")}
    return {
        "leads": tuple(Line(name, name) for name in found[:MAX_LEADS]),
        "contacts": contacts,
        "persons": _cell(contacts, "name"),
        "posts": _cell(contacts, "post"),
        "emails": _cell(contacts, "email"),
        "phones": tuple(Line(p[0], p[0], extension=p[1]) for one in contacts for p in one.phones),
        "undecided": frozenset(undecided),
    }


def _contact(typed: Typed, n: int) -> Contact | None:
    names = {field: f"contact-{n}-{field}" for field in ("name", "post", "email", "phone")}
    name, post = typed.text(names["name"], limit=LINE), typed.text(names["post"], limit=LINE)
    email, phone = typed.email(names["email"]), typed.text(names["phone"], limit=40)
    if not (name or post or email or phone):
        return None
    if not name:
        typed.wrong(names["name"], gettext("Escriba el nombre de la persona."))
    return Contact(name, post=post or None, email=email, phones=((phone, None),) if phone else ())


def _cell(contacts: tuple[Contact, ...], field: str) -> tuple[Line, ...]:
    return tuple(Line(value, value) for one in contacts if (value := getattr(one, field)))


def _milestones(typed: Typed, draft: Draft) -> dict[str, Any]:
    undecided = set(draft.sheet.undecided) - {"dates"} | ({"dates"} if typed.flag("undecided-dates") else set())
    return {"milestones": read_milestones(typed, draft), "undecided": frozenset(undecided)}


def _show_problem(draft: Draft) -> dict[str, str]:
    return {"theme": draft.sheet.theme or ""}


def _show_sources(draft: Draft) -> dict[str, str]:
    one = draft.sources
    return {
        "contributions": ", ".join(map(str, one.contributions)),
        "unrelated": one.unrelated or "",
        **{f"earlier-{name}": "1" for name in one.earlier},
    }


def _show_relevance(draft: Draft) -> dict[str, str]:
    return {f"challenge-{code.value}": "1" for code in draft.sheet.challenges}


def _show_who(draft: Draft) -> dict[str, str]:
    shown = {"leads": "\n".join(line.text for line in draft.sheet.leads)}
    for n, one in enumerate(draft.sheet.contacts):
        phone = one.phones[0][0] if one.phones else ""
        for field, value in (("name", one.name), ("post", one.post), ("email", one.email), ("phone", phone)):
            shown[f"contact-{n}-{field}"] = value or ""
    return shown | {f"undecided-{name}": "1" for name in draft.sheet.undecided}


def _show_milestones(draft: Draft) -> dict[str, str]:
    shown = show_milestones(draft.sheet.milestones)
    return shown | ({"undecided-dates": "1"} if "dates" in draft.sheet.undecided else {})


READ: Mapping[str, Read] = {
    "problem": _problem,
    "relevance": _relevance,
    "who": _who,
    "milestones": _milestones,
}
SHOW: Mapping[str, Callable[[Draft], dict[str, str]]] = {
    "problem": _show_problem,
    "answers": _show_sources,
    "relevance": _show_relevance,
    "who": _show_who,
    "milestones": _show_milestones,
}
