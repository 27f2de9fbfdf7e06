"""What a statement gives back, with its type: rows in frozen dataclasses, and how many were changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    CursorResult,
    Date,
    Enum,
    Executable,
    Integer,
    SelectBase,
    Text,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from consulta.models.base import UtcDateTime

from .errors import DomainError

T = TypeVar("T")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""What ``together`` found: by the name of the query."""


def read(db: Session, query: Executable, into: Callable[..., T]) -> list[T]:
    """Every row of a query as an ``into``, which takes the selected columns in their order."""
    return [into(*row) for row in db.execute(query)]


def first(db: Session, query: Executable, into: Callable[..., T]) -> T | None:
    """The first row of a query, if there is one."""
    row = db.execute(query).first()
    return None if row is None else into(*row)


def changed(db: Session, statement: Executable) -> int:
    """How many rows an UPDATE or a DELETE found as it expected them."""
    return cast(CursorResult[Any], db.execute(statement)).rowcount


def change(db: Session, statement: Executable, meanwhile: DomainError) -> int:
    """The same; ``meanwhile`` is raised if there was none, for somebody changed it since it was read."""
    count = changed(db, statement)
    if not count:
        raise meanwhile
    return count


def next_version(
    db: Session,
    model: Any,
    where: Mapping[str, Any],
    seen: int,
    values: Mapping[str, Any],
    *,
    only: Sequence[ColumnElement[bool]] = (),
    taken: DomainError,
    meanwhile: DomainError,
) -> int:
    """Make the row of what has versions (``seen`` 0), or raise its version; its id. ``where``: what is unique of it;
    ``only``: what must hold for a later version.

    Whoever saw the version in force wins: ``taken`` if a first one is there already, ``meanwhile`` if a later one is.
    """
    if not seen:
        try:
            made = insert(model).values(**where, **values, version=1).returning(model.id)
            return cast(int, db.execute(made).scalar_one())
        except IntegrityError as error:
            raise taken from error
    mine = [getattr(model, name) == value for name, value in where.items()]
    found = update(model).where(*mine, model.version == seen, *only)
    raised = db.execute(found.values(version=seen + 1, **values).returning(model.id)).scalar_one_or_none()
    if raised is None:
        raise meanwhile
    return cast(int, raised)


def together(db: Session, queries: Mapping[str, SelectBase]) -> Rows:
    """Several queries in one statement, for a page that shows a dozen small things of one object: the rows of each, by
    its name, as dictionaries by column.

    The columns travel as text and are read back by their types, so both databases give the same.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in queries}
    inner = {name: query.subquery() for name, query in queries.items()}
    width = max(len(one.c) for one in inner.values())
    parts = []
    for at, one in enumerate(inner.values()):
        texts = [cast_to(column, Text) for column in one.c] + [cast_to(null(), Text)] * (width - len(one.c))
        parts.append(select(literal(at).label("part"), *(text.label(f"c{n}") for n, text in enumerate(texts))))
    names = list(inner)
    readers = [[(column.key, column.type) for column in one.c] for one in inner.values()]
    for part, *values in db.execute(union_all(*parts)):
        row = zip(readers[part], values, strict=False)
        found[names[part]].append({key: _typed(kind, value) for (key, kind), value in row})
    return found


def _typed(kind: TypeEngine[Any], value: str | None) -> Any:
    """A value that travelled as text."""
    if value is None:
        return None
    if isinstance(kind, JSON):
        return json.loads(value)
    if isinstance(kind, Boolean):
        return value in ("1", "true")
    if isinstance(kind, Enum):
        return kind.enum_class(value) if kind.enum_class else value
    if isinstance(kind, Integer):
        return int(value)
    if isinstance(kind, UtcDateTime):
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
