"""An act as it is typed; its documents are checked by the domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consulta.domain.acts.data import TEXTS, ActData
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations.reading import CAPACITIES
from consulta.domain.texts import sort_key
from consulta.models.acts import ActKind
from consulta.words.i18n import gettext

from .fields import LINE, PAGE, TEXT, Typed

MOST_BODIES, BLANK = 300, 3
LONG = ("agenda", "agreements", "minutes", "notes")
DAYS = ("planned_from", "planned_until", "held_from", "held_until")


def read_act(
    typed: Typed, consultation: ConsultationView, documents: tuple[dict[str, Any], ...], names: Mapping[str, str]
) -> ActData:
    """What was typed; ``documents``: those of the version before, of which the form says which stay; ``names``: of the
    bodies that may be chosen, by short name."""
    days: dict[str, Any] = {name: typed.day(name) for name in DAYS}
    kind = typed.one_of("kind", [k.value for k in ActKind], missing=gettext("Elija qué fue."))
    texts = {name: typed.said(name, limit=PAGE if name in LONG else TEXT) for name in TEXTS}
    return ActData(
        kind=ActKind(kind or ActKind.MILESTONE),
        title=typed.said("title", limit=LINE, missing=gettext("Escriba el título.")),
        stage=typed.one_of("stage", [s.key for s in consultation.stages]),
        theme=typed.one_of("theme", [t.slug for t in consultation.themes]),
        time=typed.text("time", limit=60) or None,
        texts={name: text for name, text in texts.items() if text},
        bodies=_bodies(typed, names),
        **days,
        documents=tuple(d for d in documents if not typed.flag(f"drop-{d['sha256']}")),
    )


def show_act(data: ActData) -> dict[str, str]:
    """The form's values."""
    values = {name: str(getattr(data, name) or "") for name in DAYS}
    values |= {"kind": data.kind.value, "stage": data.stage or "", "theme": data.theme or "", "time": data.time or ""}
    for name, said in {"title": data.title, **{name: data.texts.get(name, {}) for name in TEXTS}}.items():
        values |= {f"{name}_es": said.get("es", ""), f"{name}_en": said.get("en", "")}
    for name in ("planned", "held"):
        if values[f"{name}_until"] == values[f"{name}_from"]:
            values[f"{name}_until"] = ""  # of a single day the form asks the first only
    for n, (slug, capacity) in enumerate(data.bodies):
        values |= {f"body-{n}-name": slug, f"body-{n}-capacity": capacity}
    return values


def rows(values: Mapping[str, str], *, more: bool = False) -> list[int]:
    """The numbers of the rows of bodies that a form shows: those that say something, and some that are blank."""
    said = [n for n in Typed(values).groups("body", MOST_BODIES) if values.get(f"body-{n}-name", "").strip()]
    free = max(said, default=-1) + 1
    return said + list(range(free, min(free + BLANK * (3 if more else 1), MOST_BODIES)))


def names_typed(typed: Typed, names: Mapping[str, str]) -> list[str]:
    """The names that were typed and are none of ``names``: among many bodies the list shows the first only."""
    known = {sort_key(name) for name in names.values()} | {sort_key(slug) for slug in names}
    typed_ = (typed.data.get(f"body-{n}-name", "") for n in typed.groups("body", MOST_BODIES))
    return [name for name in typed_ if name.strip() and sort_key(name) not in known]


def _bodies(typed: Typed, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A body a row, chosen, or typed by its name; without a capacity it sat at the table. Twice the same is once."""
    known = {sort_key(name): slug for slug, name in names.items()} | {slug: slug for slug in names}
    found = []
    for n in typed.groups("body", MOST_BODIES):
        said = typed.text(f"body-{n}-name", limit=LINE)
        capacity = typed.one_of(f"body-{n}-capacity", CAPACITIES) or CAPACITIES[0]
        if said and not typed.flag(f"body-{n}-remove"):
            found.append((known.get(said) or known.get(sort_key(said)) or said, capacity))
    return tuple(dict.fromkeys(found))
