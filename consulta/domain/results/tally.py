"""The table of figures: moved by the same function as the status, in the same transaction. Nothing else counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, cast, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.dialects import is_postgres
from consulta.models.base import table_of
from consulta.models.contributions import Kind, Status
from consulta.models.results import Tally

TRAITS = ("taking_part_as", "age_group", "gender", "language")
ONE_WAY = ("channel", "department", *TRAITS)
Cell = tuple[int, str, str, str, str, str, str, bool]

NAMES = ("consultation_id", "dimension", "value", "day", "theme", "kind", "status", "confirmed")
_TALLIES = table_of(Tally)


def add_from_json(*after: Any) -> Any:
    """PostgreSQL's statement; ``after``: what it reads first, and so waits for."""
    cells = func.jsonb_array_elements(cast(bindparam("cells"), JSONB)).table_valued("value", name="cells")
    return _add(postgres_insert(_TALLIES), cells, after)


def _add_from_json_here() -> Any:
    cells = func.json_each(bindparam("cells")).table_valued("value", name="cells")
    return _add(sqlite_insert(_TALLIES), cells)


def _add(insert: Any, cells: Any, after: Iterable[Any] = ()) -> Any:
    """All cells of a transaction in one statement: each of its own would hold the locks longer."""
    columns = [*(_TALLIES.c[name] for name in NAMES), _TALLIES.c.n]
    value = cells.c.value.op("->>")
    values = [cast(value(literal_column(str(place))), column.type) for place, column in enumerate(columns)]
    given = select(*values).where(true())  # without a WHERE, SQLite takes what follows for a join's condition
    for one in after:
        given = given.select_from(one.join(cells, true()))
    statement = insert.from_select(columns, given, include_defaults=False)
    key, sum_ = [_TALLIES.c[name] for name in NAMES], _TALLIES.c.n + statement.excluded.n
    return statement.on_conflict_do_update(index_elements=key, set_={"n": sum_})


_CELL = [_TALLIES.c[name] for name in NAMES[1:]]
_READ = (
    select(*_CELL, _TALLIES.c.n)
    .where(
        _TALLIES.c.consultation_id == bindparam("consultation"),
        _TALLIES.c.dimension.in_(bindparam("dimensions", expanding=True)),
        _TALLIES.c.n > 0,
    )
    .order_by(*_CELL)
)
_ADD, _ADD_POSTGRES = _add_from_json_here(), add_from_json()


@dataclass(frozen=True)
class Facts:
    """Everything about a contribution that a figure can depend on. Slugs and codes; empty where nothing is known."""

    consultation_id: int
    kind: Kind
    status: Status
    theme: str
    confirmed: bool
    day: date
    channel: str
    department: str = ""
    taking_part_as: str = ""
    age_group: str = ""
    gender: str = ""
    language: str = ""
    mentions: tuple[str, ...] = ()
    awaiting: bool = False

    def erased(self) -> Facts:
        """What remains to be counted when its author had everything erased."""
        return replace(
            self,
            status=Status.ERASED,
            awaiting=False,
            department="",
            taking_part_as="",
            age_group="",
            gender="",
            language="",
            mentions=(),
        )


def cells(facts: Facts) -> list[Cell]:
    """The cells in which a contribution with these facts counts once."""
    c, kind, status = facts.consultation_id, facts.kind.value, facts.status.value
    found: list[Cell] = [
        (c, "theme", "", "", facts.theme, kind, status, facts.confirmed),
        (c, "day", "", facts.day.isoformat(), "", "", status, False),
    ]
    found += [(c, dimension, getattr(facts, dimension), "", "", kind, status, False) for dimension in ONE_WAY]
    found += [(c, "mention", "", "", slug, kind, status, False) for slug in facts.mentions]
    if facts.awaiting:
        found.append((c, "waiting", facts.channel, "", facts.theme, kind, status, False))
    return found


def move(db: Session, before: Facts | None, after: Facts | None) -> None:
    """Collect the difference that one contribution makes; ``write`` puts it into the table before COMMIT."""
    moved: Counter[Cell] = db.info.setdefault("tally", Counter())
    if before is not None:
        moved.subtract(cells(before))
    if after is not None:
        moved.update(cells(after))


def write(db: Session) -> None:
    """Add the collected differences, in the order of their keys so that two transactions cannot deadlock."""
    if db.info.get("tally"):
        db.connection().execute(_ADD_POSTGRES if is_postgres(db) else _ADD, {"cells": collected(db)})


def collected(db: Session) -> str:
    """The collected differences as JSON, for a statement that adds them among other things; they are written then."""
    return json.dumps([(*cell, n) for cell, n in _ordered(db.info.pop("tally", Counter()))])


def _ordered(moved: Counter[Cell]) -> list[tuple[Cell, int]]:
    return [(cell, n) for cell, n in sorted(moved.items()) if n]


def forget(db: Session) -> None:
    """Drop what was collected, when the transaction that collected it is undone."""
    db.info.pop("tally", None)


def read(db: Session, consultation_id: int, dimensions: Sequence[str]) -> Sequence[Any]:
    """All cells of some dimensions with something in them, in the order of their keys: (dimension,
    value, day, theme, kind, status, confirmed, n)."""
    wanted: dict[str, Any] = {"consultation": consultation_id, "dimensions": list(dimensions)}
    return db.connection().execute(_READ, wanted).all()


_SUM = select(func.coalesce(func.sum(_TALLIES.c.n), 0)).where(
    _TALLIES.c.consultation_id == bindparam("consultation"),
    _TALLIES.c.dimension == bindparam("dimension"),
    _TALLIES.c.status == Status.PUBLISHED.value,
)
_PUBLISHED: dict[str | None, Any] = {
    None: _SUM,
    **{name: _SUM.where(_TALLIES.c[name] == bindparam("key")) for name in ("theme", "kind", "value")},
}

_COLUMN = {"theme": "theme", "mention": "theme", "kind": "kind"}


def published(db: Session, consultation_id: int, *, dimension: str = "theme", key: str | None = None) -> int:
    """How many published contributions a single filter finds: a theme's slug, a kind, a one-way dimension's value."""
    query = _PUBLISHED[None if key is None else _COLUMN.get(dimension, "value")]
    dimension = "theme" if dimension == "kind" else dimension  # its cells have both
    values = {"consultation": consultation_id, "dimension": dimension, **({} if key is None else {"key": key})}
    return int(db.connection().execute(query, values).scalar_one())
