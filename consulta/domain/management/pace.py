"""How the review goes: what waits by theme, what was decided each day, what was not published, why and by which side.

The cost does not grow with the number of contributions: what waits is counted in the one table of figures, and of
decisions the last ``LAST`` are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, type_coerce
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import figures
from consulta.models.accounts import Role, Sector
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Reason
from consulta.models.contributions import IS_WAITING, Contribution
from consulta.models.moderation import Decision, Verdict

LAST, WALKED, DAYS = 1000, 5000, 14


@dataclass(frozen=True)
class Pace:
    """``waiting``: by theme slug (empty: none yet), how many wait and how many of them past their promise (among the
    ``LAST`` oldest); ``per_day``: decisions of the last ``DAYS`` days; ``refused``: by the reason's title and side,
    how many; both among the last ``LAST`` decisions."""

    waiting: dict[str, tuple[int, int]]
    per_day: tuple[tuple[date, int], ...]
    refused: tuple[tuple[Localized, Sector | None, int], ...]


def pace(db: Session, consultation: ConsultationView, *, now: datetime) -> Pace:
    """How the review goes, in three statements."""
    day = consultation.today(now)
    waiting: Counter[str] = Counter()
    for (theme, _channel), n in figures.waiting(db, consultation).items():
        waiting[theme] += n
    late = _late(db, consultation, day)
    per_day: Counter[date] = Counter()
    refused: Counter[tuple[str, Sector | None]] = Counter()
    titles: dict[str, Localized] = {}
    for verdict, at, code, title, sector in db.execute(_decisions(consultation)):
        per_day[at.astimezone(consultation.timezone).date()] += 1
        if verdict is Verdict.REJECT:
            refused[code, sector] += 1
            titles.setdefault(code, title)
    days = [day - timedelta(days=n) for n in reversed(range(DAYS))]
    return Pace(
        {theme: (n, late[theme]) for theme, n in waiting.items() if n},
        tuple((one, per_day[one]) for one in days),
        tuple((titles[code], side, n) for (code, side), n in refused.most_common()),
    )


def _late(db: Session, consultation: ConsultationView, day: date) -> Counter[str]:
    c = table_of(Contribution).c
    oldest = select(c.theme_id).where(c.consultation_id == consultation.id, IS_WAITING, c.review_by < day)
    first = oldest.order_by(c.review_by, c.id).limit(LAST).subquery()
    found: Counter[str] = Counter()
    for theme_id, n in db.execute(select(first.c.theme_id, func.count()).group_by(first.c.theme_id)):
        theme = consultation.theme_by_id(theme_id)
        found[theme.slug if theme else ""] = n
    return found


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
    query = select(d.verdict, d.decided_at, Reason.code, Reason.title, type_coerce(of_refusals, Role.sector.type))
    latest = select(d.id).order_by(d.id.desc()).limit(WALKED)  # of all consultations together
    query = query.where(d.id.in_(latest))
    query = query.join(table_of(Contribution), c.id == d.contribution_id).outerjoin(Reason, Reason.id == d.reason_id)
    return query.where(c.consultation_id == consultation.id).order_by(d.id.desc()).limit(LAST)
