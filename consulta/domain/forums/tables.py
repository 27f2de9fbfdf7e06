"""The theme tables of a forum: who facilitates each, how many it seats, who is seated where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.rows import changed
from consulta.models.base import table_of
from consulta.models.consultations import Theme
from consulta.models.forums import ForumTable, Registration

_T = table_of(ForumTable)


@dataclass(frozen=True)
class TableData:
    """A table: its theme's slug, its own capacity, the pseudonyms of its two facilitators or why one is missing."""

    theme: str
    capacity: int | None = None
    government: str | None = None
    civil_society: str | None = None
    exception: str | None = None


@dataclass(frozen=True)
class Table:
    """A table as it stands now; ``room``: how many more it seats (``None``: whoever the forum takes)."""

    id: int
    theme_id: int
    theme: str
    capacity: int | None
    seated: int

    @property
    def room(self) -> int | None:
        """How many more it seats."""
        return None if self.capacity is None else self.capacity - self.seated


def check(consultation: ConsultationView, tables: Sequence[TableData]) -> None:
    """``Invalid`` names the table that is not complete."""
    seen: set[str] = set()
    for table in tables:
        if consultation.theme(table.theme) is None or table.theme in seen:
            raise Invalid("Hay una mesa de un tema que no es de esta consulta, o dos del mismo.", field="tables")
        seen.add(table.theme)
        if not (table.government and table.civil_society) and len(table.exception or "") < 10:
            raise Invalid(
                "A la mesa «%(theme)s» le falta quien facilite. Elija a las dos personas, o escriba por qué falta una.",
                theme=table.theme,
                field=f"exception-{table.theme}",
            )


def put(db: Session, consultation: ConsultationView, forum_id: int, tables: Sequence[TableData]) -> None:
    """Make the rows fit a version: new tables come, changed ones keep who sits there, emptied ones go."""
    there = {table.theme: table for table in listing(db, forum_id)}
    for data in tables:
        theme = consultation.theme(data.theme)
        table = there.pop(data.theme, None)
        if theme is None:
            continue
        if table is None:
            db.execute(insert(ForumTable).values(forum_id=forum_id, theme_id=theme.id, capacity=data.capacity))
        elif table.capacity != data.capacity:
            _resize(db, table, data.capacity)
    for table in there.values():
        _remove(db, table)


def listing(db: Session, forum_id: int) -> list[Table]:
    """The tables of a forum in the order of the themes."""
    rows = db.execute(
        select(_T.c.id, _T.c.theme_id, Theme.slug, _T.c.capacity, _T.c.seated)
        .join(Theme, Theme.id == _T.c.theme_id)
        .where(_T.c.forum_id == forum_id)
        .order_by(Theme.position)
    )
    return [Table(*row) for row in rows]


def seat(db: Session, tables: Sequence[Table], choices: Sequence[int | None]) -> int | None:
    """A seat at the first of the chosen tables that has room, else at the one with the fewest; ``None`` where all are
    full. Under the lock of the forum's row, so what ``tables`` says is true."""
    by_id = {table.id: table for table in tables}
    chosen = [by_id[id_] for id_ in choices if id_ in by_id]
    for table in (*chosen, *sorted(tables, key=lambda one: one.seated)):
        if table.room is None or table.room > 0:
            take(db, table.id)
            return table.id
    return None


def take(db: Session, table_id: int) -> bool:
    """One more at a table; whether there was room."""
    free = or_(_T.c.capacity.is_(None), _T.c.seated < _T.c.capacity)
    taken = changed(db, update(_T).where(_T.c.id == table_id, free).values(seated=_T.c.seated + 1))
    return bool(taken)


def leave(db: Session, table_id: int | None) -> None:
    """One less at a table."""
    if table_id is not None:
        db.execute(update(_T).where(_T.c.id == table_id).values(seated=_T.c.seated - 1))


def _resize(db: Session, table: Table, capacity: int | None) -> None:
    fits: Any = _T.c.seated <= capacity if capacity is not None else _T.c.id == table.id
    done = changed(db, update(_T).where(_T.c.id == table.id, fits).values(capacity=capacity))
    if not done:
        raise Invalid(
            "En la mesa «%(theme)s» ya hay %(n)s personas: no puede haber menos lugares.",
            theme=table.theme,
            n=table.seated,
            field=f"capacity-{table.theme}",
        )


def _remove(db: Session, table: Table) -> None:
    r = table_of(Registration)
    if not table.seated:
        for column in (r.c.first_id, r.c.second_id, r.c.table_id):
            db.execute(update(r).where(column == table.id).values({column: None}))
    try:
        gone = changed(db, delete(_T).where(_T.c.id == table.id, _T.c.seated == 0))
    except IntegrityError:
        gone = None
    if gone is None or not gone:
        raise Invalid(
            "La mesa «%(theme)s» no se puede quitar: hay %(n)s personas en ella.",
            theme=table.theme,
            n=table.seated,
            field="tables",
        )
