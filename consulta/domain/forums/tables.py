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
Wish = tuple[int | None, int | None]
"""The table that somebody would like, and the second choice."""


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


def seat_party(db: Session, forum_id: int, wishes: Sequence[Wish]) -> list[int | None]:
    """A table for each of a party, in their order: at one together, but for those who wish another; whoever wished none
    goes with the first who did. Where no table has room for all of them, each sits where there is; ``None`` where all
    are full. Under the lock of the forum's row, so what the tables say is true."""
    common = next((wish for wish in wishes if any(wish)), (None, None))
    seated: list[int | None] = [None] * len(wishes)
    together: dict[Wish, list[int]] = {}
    for n, wish in enumerate(wishes):
        together.setdefault(wish if any(wish) else common, []).append(n)
    for wish, members in together.items():
        table = _with_room(listing(db, forum_id), wish, len(members))
        for n in members:
            seated[n] = table or _with_room(listing(db, forum_id), wish, 1)
            if (taken := seated[n]) is not None:
                take(db, taken)
    return seated


def _with_room(tables: Sequence[Table], wish: Wish, people: int) -> int | None:
    """The first of the wished tables that has room for so many, else the one with the fewest."""
    by_id = {table.id: table for table in tables}
    wished = [by_id[id_] for id_ in wish if id_ in by_id]
    order = (*wished, *sorted(tables, key=lambda one: one.seated))
    return next((table.id for table in order if table.room is None or table.room >= people), None)


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
