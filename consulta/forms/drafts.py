"""The parts of a consultation as forms: texts, themes, lists, reasons, settings; read into the shape of its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consulta.domain.consultations.snapshots import COLOURS, PICTOGRAMS
from consulta.domain.errors import NotFound
from consulta.domain.management.drafts import TEXTS
from consulta.domain.sheets.sheet import Generation
from consulta.words.i18n import gettext

from .fields import LINE, PAGE, TEXT, Typed, lines, new_key
from .milestones import month_of

MAX_THEMES, MAX_REASONS, MAX_CHOICES = 12, 40, 200
LISTS = ("department", "taking_part_as", "age_group", "gender", "language", "body_sector")
Content = dict[str, Any]


def read_texts(typed: Typed, content: Content) -> Content:
    """Title, texts and the places where crimes are denounced (a name and its address a line)."""
    title = typed.said("title", limit=LINE, missing=gettext("Escriba el título."))
    texts = {**content["texts"]}
    for name in TEXTS:
        texts[name] = typed.said(name, limit=PAGE if name == "privacy_page" else TEXT)
    links = {}
    for line in lines(typed.text("links", limit=TEXT)):
        name, _, address = line.partition(" ")
        if not address.strip().startswith(("https://", "http://")):
            typed.wrong("links", gettext("En cada línea, un nombre y una dirección: MP https://www.mp.gob.gt"))
        links[name] = address.strip()
    return {"title": title, "texts": texts, "links": links}


def show_texts(content: Content) -> dict[str, str]:
    """The form's values."""
    values = _both("title", content["title"])
    for name in TEXTS:
        values |= _both(name, content["texts"].get(name))
    return values | {"links": "\n".join(f"{name} {address}" for name, address in content.get("links", {}).items())}


def read_themes(typed: Typed, content: Content) -> Content:
    """The themes; a letter each in their order. One that was removed, or in which nothing was typed, is left out."""
    themes: list[Content] = []
    taken = {t["slug"] for t in content["themes"]}
    for n in typed.groups("themes", MAX_THEMES + 1):
        at = f"themes-{n}-"
        slug = typed.one_of(f"{at}slug", {t["slug"] for t in content["themes"]})
        if typed.flag(f"{at}remove") or not (slug or typed.data.get(f"{at}name_es", "").strip()):
            continue
        name = typed.said(
            f"{at}name", limit=LINE, missing=gettext("Escríbalo en español: es lo que todas las personas leerán.")
        )
        themes.append(
            {
                "slug": slug or new_key(name.get("es", ""), taken, "tema"),
                "letter": "ABCDEFGHIJKL"[len(themes) % 12],
                "name": name,
                "question": typed.said(f"{at}question", limit=LINE),
                "briefing": typed.said(f"{at}briefing", limit=PAGE),
                "colour": typed.whole(f"{at}colour", 1, 12),
                "pictogram": typed.one_of(f"{at}pictogram", PICTOGRAMS) or PICTOGRAMS[0],
            }
        )
    if len(themes) > MAX_THEMES:
        typed.wrong("add", gettext("Caben doce temas."))
    return {"themes": themes}


def show_themes(content: Content) -> dict[str, str]:
    """The form's values."""
    values: dict[str, str] = {}
    for n, t in enumerate(content["themes"]):
        at = f"themes-{n}-"
        values |= {f"{at}slug": t["slug"], f"{at}colour": str(t["colour"]), f"{at}pictogram": t["pictogram"]}
        for name in ("name", "question", "briefing"):
            values |= _both(f"{at}{name}", t[name])
    return values


def blank_theme(values: dict[str, str]) -> dict[str, str]:
    """One more group, empty, with the first colour that no theme has."""
    used = {value for name, value in values.items() if name.endswith("-colour")}
    colour = next((str(c) for c in range(1, COLOURS + 1) if str(c) not in used), "1")
    return {"slug": "", "colour": colour, "pictogram": PICTOGRAMS[len(used) % len(PICTOGRAMS)]}


def read_lists(typed: Typed, content: Content) -> Content:
    """The lists: a choice a line, in Spanish and, after a bar, in English. What keeps its words keeps its code."""
    lists = {**content["lists"]}
    for name in LISTS:
        known = {item["label"].get("es", ""): item for item in content["lists"].get(name, [])}
        taken, items = {item["code"] for item in known.values()}, []
        for line in lines(typed.text(name, limit=PAGE)):
            spanish, _, english = (part.strip() for part in line.partition("|"))
            label = {"es": spanish, **({"en": english} if english else {})}
            old = known.get(spanish)
            code = old["code"] if old else new_key(spanish, taken, "opcion")
            items.append({"population": None, "tile": None, **(old or {}), "code": code, "label": label})
        if len(items) > MAX_CHOICES or len({i["code"] for i in items}) < len(items):
            typed.wrong(name, gettext("Cada opción va una vez; caben 200."))
        lists[name] = items
    return {"lists": lists}


def show_lists(content: Content) -> dict[str, str]:
    """The form's values."""
    return {
        name: "\n".join(" | ".join(filter(None, (i["label"].get("es"), i["label"].get("en")))) for i in items)
        for name, items in content["lists"].items()
    }


def read_reasons(typed: Typed, content: Content) -> Content:
    """The reasons for not publishing."""
    known, taken = {r["code"] for r in content["reasons"]}, {r["code"] for r in content["reasons"]}
    reasons = []
    for n in typed.groups("reasons", MAX_REASONS):
        at = f"reasons-{n}-"
        code = typed.one_of(f"{at}code", known)
        if typed.flag(f"{at}remove") or not (code or typed.data.get(f"{at}title_es", "").strip()):
            continue
        title = typed.said(
            f"{at}title", limit=LINE, missing=gettext("Escríbalo en español: es lo que todas las personas leerán.")
        )
        text = typed.said(f"{at}text", missing=gettext("Escríbalo en español: es lo que todas las personas leerán."))
        reasons.append({"code": code or new_key(title.get("es", ""), taken, "motivo"), "title": title, "text": text})
    return {"reasons": reasons}


def show_reasons(content: Content) -> dict[str, str]:
    """The form's values."""
    values: dict[str, str] = {}
    for n, r in enumerate(content["reasons"]):
        values |= {f"reasons-{n}-code": r["code"], **_both(f"reasons-{n}-title", r["title"])}
        values |= _both(f"reasons-{n}-text", r["text"])
    return values


def read_settings(typed: Typed, content: Content) -> Content:
    """When opinions are shown and what is promised; the rest is for whoever knows why."""
    modes, missing = ("before", "after"), gettext("Elija cuándo se muestran los aportes.")
    mode = typed.one_of("moderation", modes, missing=missing)
    of_comments = typed.one_of("moderation_comment", ("", *modes))
    plan = _plan(typed)
    settings = {
        **content["settings"],
        "moderation": {"opinion": mode or "before", **({"comment": of_comments} if of_comments else {})},
        "review_days": typed.whole("review_days", 1, 90),
        "answer_days": typed.whole("answer_days", 1, 365),
        "submissions_per_address": typed.whole("submissions_per_address", 1, 100_000),
        "minimum_seconds": typed.whole("minimum_seconds", 0, 60),
        **({"plan": plan} if plan or "plan" in content["settings"] else {}),
    }
    return {"settings": settings}


def _plan(typed: Typed) -> dict[str, str]:
    """The months of the plan, both or none, and which of OGP's templates it is written in."""
    template = typed.one_of("plan_template", [one.value for one in Generation])
    months: dict[str, str | None] = {}
    for name in ("plan_from", "plan_until"):
        said = typed.text(name, limit=40)
        months[name] = month_of(said)
        if said and months[name] is None:
            typed.wrong(name, gettext("Escriba un mes como 2027-03 o marzo de 2027."))
    first, last = months["plan_from"], months["plan_until"]
    if (first is None) != (last is None):
        typed.wrong("plan_from" if first is None else "plan_until", gettext("Escriba los dos meses, o ninguno."))
    elif first and last and first > last:
        typed.wrong("plan_until", gettext("El plan termina antes de empezar."))
    return ({"approved": first, "end": last} if first and last else {}) | ({"template": template} if template else {})


def show_settings(content: Content) -> dict[str, str]:
    """The form's values."""
    s = content["settings"]
    numbers = ("review_days", "answer_days", "submissions_per_address", "minimum_seconds")
    modes = s.get("moderation", {})
    shown = {"moderation": modes.get("opinion", "before"), "moderation_comment": modes.get("comment", "")}
    plan = s.get("plan", {})
    shown |= {"plan_from": plan.get("approved", ""), "plan_until": plan.get("end", "")}
    return shown | {"plan_template": plan.get("template", "")} | {name: str(s[name]) for name in numbers}


def _both(name: str, said: dict[str, str] | None) -> dict[str, str]:
    return {f"{name}_{code}": (said or {}).get(code, "") for code in ("es", "en")}


_PARTS = {
    "textos": (read_texts, show_texts),
    "temas": (read_themes, show_themes),
    "listas": (read_lists, show_lists),
    "motivos": (read_reasons, show_reasons),
    "ajustes": (read_settings, show_settings),
}


def reader(part: str) -> Callable[[Typed, Content], Content]:
    """How a part is read, by the word in its address; ``NotFound`` if there is none."""
    if part not in _PARTS:
        raise NotFound("No hay una parte con ese nombre.")
    return _PARTS[part][0]


def shown(part: str, content: Content) -> dict[str, str]:
    """A part as its form shows it."""
    reader(part)
    return _PARTS[part][1](content)


def with_one_more(part: str, values: dict[str, str]) -> dict[str, str]:
    """What was typed, with an empty group at its end."""
    prefix = {"temas": "themes", "motivos": "reasons"}.get(part, part)
    n = max(Typed(values).groups(prefix, 1000), default=-1) + 1
    fresh = blank_theme(values) if part == "temas" else {"code": ""}
    return {**values, **{f"{prefix}-{n}-{name}": value for name, value in fresh.items()}}
