"""What one version of an announcement says, and how it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from consulta.models.base import Localized
from consulta.models.forums import ForumKind

from .tables import TableData

TEXTS = (
    "place",
    "address",
    "directions",
    "organisers",
    "agenda",
    "languages",
    "access",
    "childcare",
    "contact",
    "notes",
    "photos",
)


@dataclass(frozen=True)
class ForumData:
    """Everything of one version. Instants in UTC; ``texts``: those that there are, by the names of ``TEXTS``;
    ``attendance``: a figure that a source reports of a forum that this program did not count."""

    kind: ForumKind
    name: Localized
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    capacity: int = 0
    department: str | None = None
    texts: dict[str, Localized] = field(default_factory=dict)
    tables: tuple[TableData, ...] = ()
    all_day: bool = False
    attendance: int | None = None
    contradictions: tuple[Localized, ...] = ()
    source: dict[str, Any] | None = None

    def where_and_when(self) -> tuple[Any, ...]:
        """What people who are to come must be told when it changes."""
        return self.starts_at, self.ends_at, self.texts.get("place"), self.texts.get("address")


def data_of(content: dict[str, Any]) -> ForumData:
    """A stored version as it was given."""
    instants = {
        name: datetime.fromisoformat(content[name]) for name in ("starts_at", "ends_at", "opens_at", "closes_at")
    }
    return ForumData(
        kind=ForumKind(content["kind"]),
        name=content["name"],
        **instants,
        capacity=content["capacity"],
        department=content["department"],
        texts=content["texts"],
        all_day=content["all_day"],
        tables=tuple(TableData(**table) for table in content["tables"]),
        attendance=content["attendance"],
        contradictions=tuple(content["contradictions"]),
        source=content["source"],
    )


def content_of(data: ForumData) -> dict[str, Any]:
    """A version as it is stored."""
    instants = {name: getattr(data, name).isoformat() for name in ("starts_at", "ends_at", "opens_at", "closes_at")}
    return {
        "kind": data.kind.value,
        "name": data.name,
        **instants,
        "capacity": data.capacity,
        "department": data.department,
        "texts": data.texts,
        "all_day": data.all_day,
        "tables": [table.__dict__ for table in data.tables],
        "attendance": data.attendance,
        "contradictions": list(data.contradictions),
        "source": data.source,
    }
