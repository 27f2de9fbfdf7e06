"""Queries of published contributions, made once for each combination of filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.base import table_of
from consulta.models.contributions import IS_SHOWN, Contribution, Contributor, Kind

from . import bodies, targets
from .targets import On


@dataclass(frozen=True)
class ListedContribution:
    """A published contribution as anybody sees it: no trait, no time of day."""

    id: int
    number: int
    kind: Kind
    title: str | None
    body: str | None
    theme_id: int | None
    channel: str
    department: str | None
    received_on: date
    name: str | None
    on: On | None = None
    supports: int | None = None
    published_on: date | None = None

    @property
    def week(self) -> str:
        """The ISO week in which it was received."""
        year, week, _ = self.received_on.isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; ``theme`` empty means without theme, ``None`` any."""

    theme: str | None = None
    kind: str | None = None
    department: str | None = None
    q: str = ""
    order: str = "recientes"
    after: int | None = None

    @property
    def chosen(self) -> int:
        """How many filters narrow the list."""
        return sum(value is not None for value in (self.theme, self.kind, self.department)) + bool(self.q)


def select_rows() -> Select[Any]:
    """Everything that a ``Row`` needs."""
    query = (
        select(
            Contribution.id,
            Contribution.number,
            Contribution.kind,
            Contribution.title,
            bodies.BODY,
            Contribution.theme_id,
            Contribution.channel,
            Contribution.department,
            Contribution.received_on,
            Contributor.name,
            Contributor.publish_name,
            Contribution.published_on,
            *targets.COLUMNS,
        )
        .select_from(table_of(Contribution))
        .join(Contributor, Contributor.contribution_id == Contribution.id)
    )
    return targets.with_target(bodies.with_body(query))


def row_of(r: Row[Any]) -> ListedContribution:
    """A row of ``select_rows``, with the name only where it may be shown."""
    return ListedContribution(
        r.id,
        r.number,
        r.kind,
        r.title,
        r.body,
        r.theme_id,
        r.channel.value,
        r.department,
        r.received_on,
        r.name if r.publish_name else None,
        targets.on_of(r) if r.kind is Kind.COMMENT else None,
        r.supports,
        r.published_on,
    )


def values_of(consultation: ConsultationView, by: Filters) -> dict[str, Any]:
    """The values of the filters chosen; a theme that is no theme means those without one."""
    found = consultation.theme(by.theme) if by.theme else None
    values = {
        "theme": None if by.theme is None else found.id if found else 0,
        "department": by.department,
        "kind": by.kind,
        "after": by.after,
    }
    return {"consultation": consultation.id} | {name: value for name, value in values.items() if value is not None}


def narrowed(query: Select[Any], values: dict[str, Any]) -> Select[Any]:
    """A query of what is published, narrowed by the filters that are among the values."""
    query = query.where(Contribution.consultation_id == bindparam("consultation"), IS_SHOWN)
    if "theme" in values:
        any_theme = Contribution.theme_id == bindparam("theme")
        query = query.where(any_theme if values["theme"] else Contribution.theme_id.is_(None))
    for name in ("department", "kind"):
        if name in values:
            query = query.where(getattr(Contribution, name) == bindparam(name))
    return query


_made: dict[tuple[Any, ...], Select[Any]] = {}
"""The query of a list by the filters that it has, for this is what is read most."""


def listed(values: dict[str, Any], *, newest: bool) -> Select[Any]:
    """The query of one page of a list; ``limit`` is bound with the values."""
    key = (newest, values.get("theme") == 0, *values)
    if key not in _made:
        query, number = narrowed(select_rows(), values), Contribution.number
        if "after" in values:
            query = query.where(number < bindparam("after") if newest else number > bindparam("after"))
        _made[key] = query.order_by(number.desc() if newest else number).limit(bindparam("most"))
    return _made[key]
