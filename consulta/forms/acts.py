"""An act as it is typed; its documents are checked by the domain."""

from __future__ import annotations

from typing import Any

from consulta.domain.acts.data import TEXTS, ActData
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations.reading import CAPACITIES
from consulta.models.acts import ActKind
from consulta.words.i18n import gettext

from .fields import LINE, PAGE, TEXT, Typed, lines

WORDS = dict(zip(CAPACITIES, ("mesa", "proponente", "sede", "organiza", "observa", "acompaña"), strict=True))
"""A capacity as it is typed."""
LONG = ("agenda", "agreements", "minutes", "notes")
DAYS = ("planned_from", "planned_until", "held_from", "held_until")


def read_act(typed: Typed, consultation: ConsultationView, documents: tuple[dict[str, Any], ...]) -> ActData:
    """What was typed; ``documents``: those of the version before, of which the form says which stay."""
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
        bodies=_bodies(typed),
        **days,
        documents=tuple(d for d in documents if not typed.flag(f"drop-{d['sha256']}")),
    )


def show_act(data: ActData) -> dict[str, str]:
    """The form's values."""
    values = {name: str(getattr(data, name) or "") for name in DAYS}
    values |= {"kind": data.kind.value, "stage": data.stage or "", "theme": data.theme or "", "time": data.time or ""}
    for name, said in {"title": data.title, **{name: data.texts.get(name, {}) for name in TEXTS}}.items():
        values |= {f"{name}_es": said.get("es", ""), f"{name}_en": said.get("en", "")}
    return values | {"bodies": "\n".join(f"{slug} {WORDS[capacity]}" for slug, capacity in data.bodies)}


def _bodies(typed: Typed) -> tuple[tuple[str, str], ...]:
    """A body a line: its short name, and its capacity if it is not that of the table."""
    codes, found = {word: code for code, word in WORDS.items()}, []
    for line in lines(typed.text("bodies", limit=PAGE)):
        slug, _, word = line.partition(" ")
        capacity = codes.get(word.strip().lower() or WORDS[CAPACITIES[0]])
        if capacity is None:
            said = gettext("«%(line)s»: la calidad es una de %(valid)s.", line=line, valid=", ".join(codes))
            typed.wrong("bodies", said)
        found.append((slug.lower(), capacity or CAPACITIES[0]))
    return tuple(found)
