"""How the review goes: what waits by theme, what was decided each day, what was not published, why and by which side.

The cost does not grow with the number of contributions: what waits is counted in the one table of figures, and of
decisions the last ``LAST`` are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, type_coerce
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import figures
from consulta.domain.rows import together
from consulta.models.accounts import Role, Sector
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Reason
from consulta.models.contributions import IS_WAITING, Contribution
from consulta.models.moderation import Decision, Verdict

LAST, WALKED, DAYS = 1000, 5000, 14
LONG = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """How many wait; of them, among the ``LAST`` oldest, how many past their promise, and how many past it for over
    ``LONG``."""

    n: int
    late: int = 0
    long: int = 0


@dataclass(frozen=True)
class Pace:
    """``waiting``: by theme slug (empty: none yet); ``per_day``: decisions of the last ``DAYS`` days; ``refused``: by
    the reason's title and side, how many; both among the last ``LAST`` decisions."""

    waiting: dict[str, Waiting]
    per_day: tuple[tuple[date, int], ...]
    refused: tuple[tuple[Localized, Sector | None, int], ...]


def pace(db: Session, consultation: ConsultationView, *, now: datetime) -> Pace:
    """How the review goes, in two statements."""
    day = consultation.today(now)
    waiting: Counter[str] = Counter()
    for (theme, _channel), n in figures.waiting(db, consultation).items():
        waiting[theme] += n
    found = together(db, {"late": _late(consultation, day), "decisions": _decisions(consultation)})
    late, long = _by_theme(consultation, found["late"])
    per_day: Counter[date] = Counter()
    refused: Counter[tuple[str, Sector | None]] = Counter()
    titles: dict[str, Localized] = {}
    for row in found["decisions"]:
        per_day[row["decided_at"].astimezone(consultation.timezone).date()] += 1
        if row["verdict"] is Verdict.REJECT:
            refused[row["code"], row["side"]] += 1
            titles.setdefault(row["code"], row["title"])
    days = [day - timedelta(days=n) for n in reversed(range(DAYS))]
    return Pace(
        {theme: Waiting(n, late[theme], long[theme]) for theme, n in waiting.items() if n},
        tuple((one, per_day[one]) for one in days),
        tuple((titles[code], side, n) for (code, side), n in refused.most_common()),
    )


def _late(consultation: ConsultationView, day: date) -> Select[*tuple[Any, ...]]:
    """Of what is past its promise, the oldest: how many by theme, and whether for long."""
    c = table_of(Contribution).c
    long = (c.review_by < day - LONG).label("long")
    oldest = select(c.theme_id, long).where(c.consultation_id == consultation.id, IS_WAITING, c.review_by < day)
    first = oldest.order_by(c.review_by, c.id).limit(LAST).subquery()
    grouped = (first.c.theme_id, first.c.long)
    return select(*grouped, func.count().label("n")).group_by(*grouped)


def _by_theme(consultation: ConsultationView, rows: Sequence[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """By theme, all that is late, and what is for long."""
    late, long = Counter[str](), Counter[str]()
    for row in rows:
        theme = consultation.theme_by_id(row["theme_id"])
        slug = theme.slug if theme else ""
        late[slug] += row["n"]
        long[slug] += row["n"] if row["long"] else 0
    return late, long


def _decisions(consultation: ConsultationView) -> Select[Any]:
    """The last ones with the reason's words, and on which side of the table whoever decided sits."""
    d, c = Decision, table_of(Contribution).c
    side = (
        select(func.max(Role.sector))
        .where(Role.account_id == d.account_id, Role.consultation_id == consultation.id)
        .correlate(d)
        .scalar_subquery()
    )
    of_refusals = case((d.verdict == Verdict.REJECT, side), else_=None)  # asked for these alone
    side_of_refusals = type_coerce(of_refusals, Role.sector.type).label("side")
    query = select(d.verdict, d.decided_at, Reason.code, Reason.title, side_of_refusals)
    latest = select(d.id).order_by(d.id.desc()).limit(WALKED)  # of all consultations together
    query = query.where(d.id.in_(latest))
    query = query.join(table_of(Contribution), c.id == d.contribution_id).outerjoin(Reason, Reason.id == d.reason_id)
    return query.where(c.consultation_id == consultation.id).order_by(d.id.desc()).limit(LAST)
