"""What a statement gives back, with its type: rows in frozen dataclasses, and how many were changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, CursorResult, Executable, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.errors import DomainError

T = TypeVar("T")


def read(db: Session, query: Executable, into: Callable[..., T]) -> list[T]:
    """Every row of a query as an ``into``, which takes the selected columns in their order."""
    return [into(*row) for row in db.execute(query)]


def first(db: Session, query: Executable, into: Callable[..., T]) -> T | None:
    """The first row of a query, if there is one."""
    row = db.execute(query).first()
    return None if row is None else into(*row)


def changed(db: Session, statement: Executable) -> int:
    """How many rows an UPDATE or a DELETE found as it expected them."""
    return cast("CursorResult[Any]", db.execute(statement)).rowcount


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
