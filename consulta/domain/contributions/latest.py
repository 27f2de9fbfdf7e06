"""What was published last, in the order in which it was published: what is approved late appears, too."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.models.contributions import IS_SHOWN, Contribution

from .queries import ListedContribution, narrowed, row_of, select_rows

_LAST = select(func.max(Contribution.published_order)).where(
    Contribution.consultation_id == bindparam("consultation"), IS_SHOWN
)


def next_place(db: Session, consultation_id: int) -> int:
    """The place in the order of publication for what is published now. Two at once may have the same: then the number
    decides. It is no time, for no time of day of what the public does is kept."""
    return (db.connection().execute(_LAST, {"consultation": consultation_id}).scalar() or 0) + 1


def published(
    db: Session, consultation: ConsultationView, *, theme: ThemeView | None = None, limit: int
) -> list[ListedContribution]:
    """The contributions (of a theme) that were published last, the latest first."""
    values = {"consultation": consultation.id, "most": limit} | ({"theme": theme.id} if theme else {})
    return [row_of(r) for r in db.connection().execute(_query(theme is not None), values)]


@cache
def _query(by_theme: bool) -> Select[Any]:
    values = {"theme": True} if by_theme else {}
    query = narrowed(select_rows(), values)
    return query.order_by(Contribution.published_order.desc(), Contribution.number.desc()).limit(bindparam("most"))
