"""Reading what is published: lists with filters and search, one contribution, feeds, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consulta.models.consultations import Reason
from consulta.models.contributions import IS_SHOWN, Contribution, Contributor, Kind, Status
from consulta.models.moderation import Decision, Mention
from consulta.models.opinions import Opinion

from . import results, search
from .errors import Malformed, NotFound
from .snapshots import ConsultationView
from .texts import showable

PAGE = 20
COUNT_TO = 1000
ORDERS = ("recientes", "antiguas")


@dataclass(frozen=True)
class Row:
    """A published contribution as anybody sees it: no trait, no time of day."""

    id: int
    number: int
    kind: Kind
    title: str | None
    body: str | None
    theme_id: int | None
    channel: str
    department: str | None
    received_on: date
    name: str | None

    @property
    def week(self) -> str:
        """The ISO week in which it was received."""
        year, week, _ = self.received_on.isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; ``theme`` empty means without theme, ``None`` any."""

    theme: str | None = None
    kind: str | None = None
    department: str | None = None
    q: str = ""
    order: str = "recientes"
    after: int | None = None

    @property
    def chosen(self) -> int:
        """How many filters narrow the list."""
        return sum(value is not None for value in (self.theme, self.kind, self.department)) + bool(self.q)


@dataclass(frozen=True)
class Page:
    """One page of a list; ``count`` is ``None`` above 1,000 for combinations."""

    rows: list[Row]
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
    after = raw.get("after", "")
    if after and not (after.isdecimal() and len(after) <= 9):
        raise Malformed("El lugar de la lista «%(value)s» no es un número.", value=after)
    return Filters(
        theme=None if theme in (None, "*") else theme,
        kind=_one_of(raw, "kind", tuple(kind.value for kind in Kind)),
        department=_one_of(raw, "department", codes),
        q=" ".join(showable(raw.get("q", "")).split())[:200],
        order=_one_of(raw, "order", ORDERS) or "recientes",
        after=int(after) if after else None,
    )


def _one_of(raw: dict[str, str], name: str, valid: tuple[str, ...]) -> str | None:
    value = raw.get(name) or None
    if value is not None and value not in valid:
        raise Malformed("El filtro «%(name)s» no tiene el valor «%(value)s».", name=name, value=value, valid=valid)
    return value


def _select() -> Select[Any]:
    opinion: Any = Opinion.__table__
    return (
        select(
            Contribution.id, Contribution.number, Contribution.kind, Contribution.title, opinion.c.body,
            Contribution.theme_id, Contribution.channel, Contribution.department, Contribution.received_on,
            Contributor.name, Contributor.publish_name,
        )
        .join(opinion, opinion.c.id == Contribution.id)
        .join(Contributor, Contributor.contribution_id == Contribution.id)
    )  # fmt: skip


def _row(r: Any) -> Row:
    return Row(
        r.id, r.number, r.kind, r.title, r.body, r.theme_id, r.channel.value, r.department, r.received_on,
        r.name if r.publish_name else None,
    )  # fmt: skip


def _narrowed(query: Select[Any], consultation: ConsultationView, by: Filters) -> Select[Any]:
    query = query.where(Contribution.consultation_id == consultation.id, IS_SHOWN)
    if by.theme is not None:
        found = consultation.theme(by.theme) if by.theme else None
        query = query.where(Contribution.theme_id == found.id if found else Contribution.theme_id.is_(None))
    if by.department is not None:
        query = query.where(Contribution.department == by.department)
    if by.kind is not None:
        query = query.where(Contribution.kind == by.kind)
    return query


def page(db: Session, consultation: ConsultationView, by: Filters, *, limit: int = PAGE, count: bool = True) -> Page:
    """One page of published contributions, newest number first unless the order says otherwise."""
    newest = by.order == "recientes"
    if by.q:
        ids, counted = _found(db, consultation, by)
        query = _select().where(Contribution.id.in_(ids[: limit + 1]))
    else:
        counted = _count(db, consultation, by) if count else None
        query = _narrowed(_select(), consultation, by)
        if by.after is not None:
            query = query.where(Contribution.number < by.after if newest else Contribution.number > by.after)
    query = query.order_by(Contribution.number.desc() if newest else Contribution.number).limit(limit + 1)
    rows = [_row(r) for r in db.execute(query)]
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


def _count(db: Session, consultation: ConsultationView, by: Filters) -> int | None:
    """Exact for the whole and for each single filter, from the figures; else counted to 1,000."""
    if by.chosen <= 1:
        if by.department is not None:
            return results.published(db, consultation.id, dimension="department", key=by.department)
        if by.kind is None:
            return results.published(db, consultation.id, key=by.theme)
        return results.published(db, consultation.id)
    inner = _narrowed(select(Contribution.id), consultation, by).limit(COUNT_TO + 1).subquery()
    counted = db.execute(select(func.count()).select_from(inner)).scalar_one()
    return counted if counted <= COUNT_TO else None


def mentioning(db: Session, consultation: ConsultationView, theme_id: int, *, limit: int = PAGE) -> list[Row]:
    """The latest published contributions that have a theme as a secondary one."""
    query = (
        _select()
        .join(Mention, Mention.contribution_id == Contribution.id)
        .where(Mention.theme_id == theme_id, Contribution.consultation_id == consultation.id, IS_SHOWN)
        .order_by(Contribution.number.desc())
        .limit(limit)
    )  # fmt: skip
    return [_row(r) for r in db.execute(query)]


@dataclass(frozen=True)
class Public:
    """What stands under a number: a published contribution, or only what became of it."""

    number: int
    status: Status
    row: Row | None
    mentions: tuple[int, ...]
    reason: dict[str, str] | None
    imported: bool


def one(db: Session, consultation: ConsultationView, number: int) -> Public:
    """What anybody may know of a number; ``NotFound`` while it waits or if it does not exist."""
    r = db.execute(
        _select()
        .add_columns(Contribution.status, Contribution.import_id)
        .where(Contribution.consultation_id == consultation.id, Contribution.number == number)
    ).first()
    if r is None or r.status in (Status.RECEIVED, Status.HELD):
        raise NotFound("No hay ningún aporte publicado con ese número.")
    if r.status is Status.PUBLISHED:
        mentions = db.execute(select(Mention.theme_id).where(Mention.contribution_id == r.id)).scalars().all()
        return Public(number, r.status, _row(r), tuple(mentions), None, False)
    reason = None
    if r.status is Status.REJECTED:
        reason = db.execute(
            select(Reason.title)
            .join(Decision, Decision.reason_id == Reason.id)
            .where(Decision.contribution_id == r.id)
            .order_by(Decision.ordinal.desc())
            .limit(1)
        ).scalar_one_or_none()
    return Public(number, r.status, None, (), reason, r.import_id is not None)


def stream(db: Session, consultation: ConsultationView) -> Iterator[Row]:
    """Every published contribution by number, in pieces of 500; memory does not grow with their count."""
    last = 0
    while True:
        query = (
            _select()
            .where(
                Contribution.consultation_id == consultation.id, IS_SHOWN,
                Contribution.number > last,
            )
            .order_by(Contribution.number)
            .limit(500)
        )  # fmt: skip
        piece = [_row(r) for r in db.execute(query)]
        if not piece:
            return
        yield from piece
        last = piece[-1].number
