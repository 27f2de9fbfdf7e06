"""Reading what is published: lists with filters and search, one contribution, feeds, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed, NotFound
from consulta.domain.results import tally
from consulta.domain.texts import showable
from consulta.models.consultations import Reason
from consulta.models.contributions import IS_SHOWN, NOT_SHOWN_YET, Contribution, Kind, Status
from consulta.models.imports import TakeBack
from consulta.models.moderation import Decision, Mention

from . import search, targets
from .queries import Filters, ListedContribution, listed, narrowed, row_of, select_rows, values_of
from .targets import On

PAGE = 20
COUNT_TO = 1000
ORDERS = ("recientes", "antiguas")


@dataclass(frozen=True)
class Page:
    """One page of a list; ``count`` is ``None`` above 1,000 for combinations."""

    rows: list[ListedContribution]
    count: int | None
    next_after: int | None


def filters(consultation: ConsultationView, raw: dict[str, str]) -> Filters:
    """Filters from a query string; ``Malformed`` with the valid values for one that does not exist."""
    theme = raw.get("theme")
    if theme not in (None, "", "*"):
        found = consultation.theme(theme or "")
        if found is None:
            slugs = tuple(t.slug for t in consultation.themes)
            raise Malformed("No hay un tema «%(value)s».", value=theme, valid=slugs)
        theme = found.slug
    codes = tuple(choice.code for choice in consultation.lists.get("department", ()))
    return Filters(
        theme=None if theme in (None, "*") else theme,
        kind=_one_of(raw, "kind", tuple(kind.value for kind in Kind)),
        department=_one_of(raw, "department", codes),
        q=" ".join(showable(raw.get("q", "")).split())[:200],
        order=_one_of(raw, "order", ORDERS) or "recientes",
        after=places.number(raw.get("after", "")),
    )


def _one_of(raw: dict[str, str], name: str, valid: tuple[str, ...]) -> str | None:
    value = raw.get(name) or None
    if value is not None and value not in valid:
        raise Malformed("El filtro «%(name)s» no tiene el valor «%(value)s».", name=name, value=value, valid=valid)
    return value


def page(db: Session, consultation: ConsultationView, by: Filters, *, limit: int = PAGE, count: bool = True) -> Page:
    """One page of published contributions, newest number first unless the order says otherwise."""
    newest = by.order == "recientes"
    values = values_of(consultation, by)
    if by.q:
        ids, counted = _found(db, consultation, by)
        ordered = Contribution.number.desc() if newest else Contribution.number
        found = db.connection().execute(select_rows().where(Contribution.id.in_(ids[: limit + 1])).order_by(ordered))
    else:
        counted = _count(db, consultation, by, values) if count else None
        found = db.connection().execute(listed(values, newest=newest), {**values, "most": limit + 1})
    rows = [row_of(r) for r in found]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, counted, rows[-1].number if more and rows else None)


def _found(db: Session, consultation: ConsultationView, by: Filters) -> tuple[list[int], int | None]:
    """The ids that a search finds beyond ``after``, and how many it finds in all up to 1,000."""
    words = search.wanted(consultation, by.q, theme=by.theme, department=by.department, kind=by.kind)
    newest = by.order == "recientes"
    ids = search.found(db, words, limit=COUNT_TO + 1, newest=newest)
    counted = len(ids) if len(ids) <= COUNT_TO else None
    if by.after is not None:
        place = Contribution.number == by.after
        last = select(Contribution.id).where(Contribution.consultation_id == consultation.id, place)
        beyond = db.execute(last).scalar_one_or_none()
        ids = search.found(db, words, limit=PAGE + 1, newest=newest, beyond=beyond)
    return ids, counted


def _count(db: Session, consultation: ConsultationView, by: Filters, values: dict[str, Any]) -> int | None:
    """Exact for the whole and for each single filter, from the figures; else counted to 1,000."""
    if by.chosen <= 1:
        if by.department is not None:
            return tally.published(db, consultation.id, dimension="department", key=by.department)
        if by.kind is None:
            return tally.published(db, consultation.id, key=by.theme)
        return tally.published(db, consultation.id, dimension="kind", key=by.kind)
    inner = narrowed(select(Contribution.id), values).limit(COUNT_TO + 1).subquery()
    counted = db.execute(select(func.count()).select_from(inner), values).scalar_one()
    return counted if counted <= COUNT_TO else None


def mentioning(
    db: Session, consultation: ConsultationView, theme_id: int, *, limit: int = PAGE
) -> list[ListedContribution]:
    """The latest published contributions that have a theme as a secondary one."""
    query = (
        select_rows()
        .join(Mention, Mention.contribution_id == Contribution.id)
        .where(Mention.theme_id == theme_id, Contribution.consultation_id == consultation.id, IS_SHOWN)
        .order_by(Contribution.number.desc())
        .limit(limit)
    )
    return [row_of(r) for r in db.execute(query)]


@dataclass(frozen=True)
class Public:
    """What stands under a number: a published contribution, or only what became of it; ``on``: of a comment."""

    id: int
    number: int
    kind: Kind
    status: Status
    row: ListedContribution | None
    mentions: tuple[int, ...]
    reason: dict[str, str] | None
    imported: bool
    cancelled: bool
    on: On | None

    @property
    def is_comment(self) -> bool:
        """Whether what is said about it are replies."""
        return self.kind is Kind.COMMENT


def one(db: Session, consultation: ConsultationView, number: int) -> Public:
    """What anybody may know of a number; ``NotFound`` while it waits or if it does not exist."""
    r = db.execute(
        select_rows()
        .add_columns(Contribution.status, Contribution.import_id, TakeBack.import_id.label("taken_back"))
        .outerjoin(TakeBack, TakeBack.import_id == Contribution.import_id)
        .where(Contribution.consultation_id == consultation.id, Contribution.number == number)
    ).first()
    if r is None or r.status in NOT_SHOWN_YET:
        raise NotFound("No hay ningún aporte publicado con ese número.")
    if r.status is Status.PUBLISHED:
        mentions = db.execute(select(Mention.theme_id).where(Mention.contribution_id == r.id)).scalars().all()
        shown = row_of(r)
        return Public(r.id, number, r.kind, r.status, shown, tuple(mentions), None, False, False, shown.on)
    reason = None
    if r.status is Status.REJECTED:
        reason = db.execute(
            select(Reason.title)
            .join(Decision, Decision.reason_id == Reason.id)
            .where(Decision.contribution_id == r.id)
            .order_by(Decision.ordinal.desc())
            .limit(1)
        ).scalar_one_or_none()
    return Public(
        r.id,
        number,
        r.kind,
        r.status,
        None,
        (),
        reason,
        r.import_id is not None,
        r.taken_back is not None,
        targets.on_of(r) if r.kind is Kind.COMMENT else None,
    )


def stream(db: Session, consultation: ConsultationView) -> Iterator[ListedContribution]:
    """Every published contribution by number, in pieces of 500; memory does not grow with their count."""
    last = 0
    while True:
        query = (
            select_rows()
            .where(
                Contribution.consultation_id == consultation.id,
                IS_SHOWN,
                Contribution.number > last,
            )
            .order_by(Contribution.number)
            .limit(500)
        )
        piece = [row_of(r) for r in db.execute(query)]
        if not piece:
            return
        yield from piece
        last = piece[-1].number
