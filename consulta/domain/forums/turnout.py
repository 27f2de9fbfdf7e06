"""Who registered, came, waited and did not come: the figures of forums. Cells of 1 to 4 people are not shown, and who
came is published in steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import editions
from consulta.domain.results.editions import Edition
from consulta.models.base import table_of
from consulta.models.forums import Forum, Registration, Seat

from .reading import ForumView

_R = table_of(Registration)
TRAITS = ("department", "taking_part_as")
NAMES = ("registered", "confirmed", "waiting", "cancelled", "attended", "walk_ins", "no_shows")


@dataclass(frozen=True)
class Turnout:
    """One forum. ``registered``: everybody who asked for a seat; ``no_shows``: a seat and not there; ``tables``: how
    many came to each (its theme's slug, empty: none); ``traits``: who came, as published last."""

    total: dict[str, int]
    tables: dict[str, int]
    traits: Edition | None = None


def by_forum(db: Session, consultation: ConsultationView) -> dict[int, int]:
    """How many were marked as there, by forum."""
    query = select(_R.c.forum_id, func.count()).join(Forum, Forum.id == _R.c.forum_id)
    here = query.where(Forum.consultation_id == consultation.id, _R.c.present).group_by(_R.c.forum_id)
    return {row[0]: row[1] for row in db.execute(here)}


def attended(forum: ForumView, counted: dict[int, int]) -> int | None:
    """How many came: counted at the door, or else reported by a source, or not known."""
    return counted.get(forum.id) or forum.data.attendance


def bars(found: Sequence[ForumView], counted: dict[int, int]) -> list[tuple[ForumView, int]]:
    """The forums of which it is known how many came, in the order of time."""
    known = [(forum, attended(forum, counted)) for forum in found]
    return sorted(((f, n) for f, n in known if n is not None), key=lambda pair: pair[0].data.starts_at)


def sheet(db: Session, consultation: ConsultationView, forum: ForumView) -> Turnout:
    """The figures of one forum."""
    columns = (_R.c.state, _R.c.present, _R.c.table_id)
    rows = db.execute(select(*columns, func.count()).where(_R.c.forum_id == forum.id).group_by(*columns))
    total: Counter[str] = Counter(dict.fromkeys(NAMES, 0))
    tables: Counter[str] = Counter()
    themes = {table.id: table.theme for table in forum.tables}
    for state, present, table_id, n in rows:
        for name in _names(state, present):
            total[name] += n
        if present:
            tables[themes.get(table_id, "")] += n
    return Turnout(dict(total), dict(tables), editions.latest(db, consultation, f"forum/{forum.key}"))


def renew(db: Session, consultation: ConsultationView, *, now: datetime) -> int:
    """Publish who came to the forums that are over, where enough came, or more or others than were published; how many
    editions. As with contributions, a table that moves with each mark would tell who it was of."""
    over = select(Forum.id, Forum.key).where(Forum.consultation_id == consultation.id, Forum.ends_at < now)
    return sum(_renew(db, consultation, row.id, row.key, now) for row in db.execute(over).all())


def _renew(db: Session, consultation: ConsultationView, forum_id: int, key: str, now: datetime) -> bool:
    here = (_R.c.forum_id == forum_id) & _R.c.present

    def members() -> Iterable[int]:
        return db.execute(select(_R.c.id).where(here)).scalars()

    def tables() -> editions.Tables:
        columns = {name: _R.c[name] for name in TRAITS}
        return {
            name: {value or "": n for value, n in db.execute(select(column, func.count()).where(here).group_by(column))}
            for name, column in columns.items()
        }

    today, subject = consultation.today(now), f"forum/{key}"
    return editions.renew(db, consultation, subject, members=members, tables=tables, today=today)


def rows(sheet: Turnout, forum: ForumView) -> list[tuple[str, str, object]]:
    """The figures of one forum as rows of a file; a figure that only a source reports says so."""
    found: list[tuple[str, str, object]] = [("total", name, n) for name, n in sheet.total.items()]
    found += [("table", key, n) for key, n in sheet.tables.items()]
    if sheet.traits is not None:
        names = {"department": "departments", "taking_part_as": "taking_part_as"}
        for name, values in sheet.traits.tables.items():
            found += [(names[name], key, n) for key, n in values.items()]
            found.append((names[name], "total", sheet.traits.total))
        found.append(("traits", "published", sheet.traits.made_on.isoformat()))
    if forum.data.attendance is not None:
        found.append(("reported", "attended", forum.data.attendance))
    return found


def _names(state: Seat, present: bool) -> list[str]:
    names = ["walk_ins"] if state is Seat.WALK_IN else ["registered"]
    by_state = {Seat.CONFIRMED: "confirmed", Seat.WAITING: "waiting", Seat.CANCELLED: "cancelled"}
    names += [by_state[state]] if state in by_state else []
    names += ["attended"] if present else ["no_shows"] if state is Seat.CONFIRMED else []
    return names
