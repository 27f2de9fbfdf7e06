"""What one version of an act says, and how it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from consulta.models.acts import ActKind, ActVersion
from consulta.models.base import Localized

from .table_minutes import TableMinutes

TEXTS = ("place", "host", "convened_by", "present", "agenda", "agreements", "minutes", "notes")


@dataclass(frozen=True)
class ActData:
    """Everything of one version. ``texts``: those that there are, by the names of ``TEXTS``; ``bodies``: slug and
    capacity; ``documents``: name, sha256, size; days inclusive. ``table``: of minutes of a forum's table, what they
    are made of; their text is rendered from it and not stored."""

    kind: ActKind
    title: Localized
    stage: str | None = None
    theme: str | None = None
    planned_from: date | None = None
    planned_until: date | None = None
    held_from: date | None = None
    held_until: date | None = None
    time: str | None = None
    texts: dict[str, Localized] = field(default_factory=dict)
    bodies: tuple[tuple[str, str], ...] = ()
    documents: tuple[dict[str, Any], ...] = ()
    contradictions: tuple[Localized, ...] = ()
    source: dict[str, Any] | None = None
    table: TableMinutes | None = None

    @property
    def day(self) -> date | None:
        """The day by which it is listed."""
        return self.held_from or self.planned_from

    def where_and_when(self) -> tuple[Any, ...]:
        """What people who are to come must be told when it changes."""
        return self.planned_from, self.planned_until, self.time, self.texts.get("place")


def data_of(v: ActVersion) -> ActData:
    """A stored version as it was given."""
    c = v.content
    table = TableMinutes.of(**c["table"]) if c.get("table") else None
    return ActData(
        kind=v.kind,
        title=c["title"],
        stage=v.stage,
        theme=v.theme,
        planned_from=v.planned_from,
        planned_until=v.planned_until,
        held_from=v.held_from,
        held_until=v.held_until,
        time=c.get("time"),
        texts={name: c[name] for name in TEXTS if c.get(name)} | ({"minutes": table.text()} if table else {}),
        bodies=tuple((b["slug"], b["capacity"]) for b in c.get("bodies", ())),
        documents=tuple(c.get("documents", ())),
        contradictions=tuple(c.get("contradictions", ())),
        source=c.get("source"),
        table=table,
    )


def content_of(data: ActData) -> dict[str, Any]:
    """A version as it is stored."""
    rendered = ("minutes",) if data.table else ()
    return {
        "title": data.title,
        "time": data.time,
        **{name: text for name, text in data.texts.items() if name not in rendered},
        **({"table": data.table.as_stored()} if data.table else {}),
        "documents": list(data.documents),
        "bodies": [{"slug": slug, "capacity": capacity} for slug, capacity in data.bodies],
        "contradictions": list(data.contradictions),
        "source": data.source,
    }


def completed(data: ActData) -> ActData:
    """With the last days that were left out: those of one day."""
    return replace(
        data, planned_until=data.planned_until or data.planned_from, held_until=data.held_until or data.held_from
    )
