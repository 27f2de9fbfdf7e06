"""Reading what is commented: thirty at a time, replies under what they answer, in one of three orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, tuple_, union_all
from sqlalchemy.orm import Session

from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed
from consulta.models.base import table_of
from consulta.models.comments import IS_LISTED, IS_SHOWN_REPLY, Comment
from consulta.models.contributions import Contribution, Contributor, Status

PAGE = 30
FIRST_REPLIES = 2
"""How many replies stand under a comment in a list; the rest on its own page."""
ORDERS = ("recientes", "antiguas", "apoyados")
ROOM, LEAST, MAX_SHOWN = 7_000, 200, 700
"""Characters of comments on one page, and of each at least and at most: a first view is light on a slow line."""
_K = table_of(Comment).c
_C = table_of(Contribution).c
_P = table_of(Contributor).c
TARGETS = {
    "theme": _K.on_theme_id,
    "contribution": _K.on_contribution_id,
    "commitment": _K.on_commitment_id,
    "parent": _K.parent_id,
}


@dataclass(frozen=True)
class Remark:
    """A comment as anybody sees it; one that is gone has no text, only its ``status``."""

    number: int
    status: Status
    body: str | None
    name: str | None
    received_on: date
    part: str | None
    supports: int
    replies: int


@dataclass(frozen=True)
class Thread:
    """A comment with the first replies to it; ``more``: there are others."""

    head: Remark
    replies: tuple[Remark, ...] = ()
    more: bool = False


@dataclass(frozen=True)
class Page:
    """One page; ``after`` is where the next begins, ``None`` at the end; ``clip`` the characters shown of each."""

    threads: tuple[Thread, ...]
    order: str
    after: str | None
    clip: int


def place(raw: dict[str, str], default: str = ORDERS[0]) -> tuple[str, tuple[int, ...]]:
    """Order and place in the list, from a query string; ``Malformed`` for what is none."""
    order, after = raw.get("order") or default, raw.get("after", "")
    if order not in ORDERS:
        raise Malformed("El filtro «%(name)s» no tiene el valor «%(value)s».", name="order", value=order, valid=ORDERS)
    if after and not re.fullmatch(r"\d{1,9}-\d{1,9}" if order == "apoyados" else r"\d{1,9}", after, re.ASCII):
        raise places.unknown(after)
    return order, tuple(int(part) for part in after.split("-") if part)


def page(
    db: Session,
    consultation: ConsultationView,
    on: str,
    id_: int,
    *,
    order: str = ORDERS[0],
    after: tuple[int, ...] = (),
) -> Page:
    """The comments on a theme or a contribution, or (``on`` is ``parent``) the replies to one, by its row.

    Two statements however many there are: the comments of the page, and the first replies to those that have any.
    """
    key = (on, order, bool(after))
    if key not in _made:
        _made[key] = _listed(on, order, bool(after))
    values: dict[str, Any] = {"target": id_, "most": PAGE + 1, "consultation": consultation.id}
    values |= dict(zip(("supports", "number") if len(after) == 2 else ("number",), after, strict=True)) if after else {}
    rows = db.connection().execute(_made[key], values).all()
    replies = _replies(db, [row.id for row in rows[:PAGE] if row.replies]) if on != "parent" else {}
    threads: list[Thread] = []
    rendered = 0
    for row in rows:
        mine = replies.get(row.id, [])
        rendered += 1 + min(len(mine), FIRST_REPLIES)
        if rendered > PAGE and threads:
            break
        threads.append(Thread(_remark(row), tuple(mine[:FIRST_REPLIES]), len(mine) > FIRST_REPLIES))
    shown = sum(1 + len(thread.replies) for thread in threads)
    last = threads[-1].head if len(threads) < len(rows) else None
    place_ = None if last is None else f"{last.supports}-{last.number}" if order == "apoyados" else str(last.number)
    return Page(tuple(threads), order, place_, max(LEAST, min(MAX_SHOWN, ROOM // max(1, shown))))


_made: dict[tuple[str, str, bool], Select[Any]] = {}


def _listed(on: str, order: str, beyond: bool) -> Select[Any]:
    """The query of one page, made once for each target, order and beginning."""
    query = _select().where(TARGETS[on] == bindparam("target"), IS_SHOWN_REPLY if on == "parent" else IS_LISTED)
    if beyond:
        last = (
            select(_C.id)
            .where(_C.consultation_id == bindparam("consultation"), _C.number == bindparam("number"))
            .correlate(None)
            .scalar_subquery()
        )
        if order == "apoyados":
            query = query.where(tuple_(_K.supports, _K.id) < tuple_(bindparam("supports"), last))
        else:
            query = query.where(_K.id > last if order == "antiguas" else _K.id < last)
    by = {"recientes": (_K.id.desc(),), "antiguas": (_K.id,), "apoyados": (_K.supports.desc(), _K.id.desc())}
    return query.order_by(*by[order]).limit(bindparam("most"))


def _select() -> Select[Any]:
    return (
        select(
            _K.id,
            _K.parent_id,
            _C.number,
            _C.status,
            _K.body,
            _P.name,
            _P.publish_name,
            _C.received_on,
            _K.part,
            _K.supports,
            _K.replies,
        )
        .select_from(table_of(Comment))
        .join(table_of(Contribution), _C.id == _K.id)
        .join(table_of(Contributor), _P.contribution_id == _K.id)
    )


def _replies(db: Session, parents: Sequence[int]) -> dict[int, list[Remark]]:
    """The first replies to each, oldest first, and one more where there are more; one statement, a limit each."""
    if not parents:
        return {}
    each = [
        _select().where(_K.parent_id == id_, IS_SHOWN_REPLY).order_by(_K.id).limit(FIRST_REPLIES + 1).subquery()
        for id_ in parents
    ]
    found: dict[int, list[Remark]] = {}
    for row in db.connection().execute(union_all(*(select(one) for one in each))):
        found.setdefault(row.parent_id, []).append(_remark(row))
    return {id_: sorted(rows, key=lambda one: one.number) for id_, rows in found.items()}


def _remark(row: Row[Any]) -> Remark:
    shown = row.status is Status.PUBLISHED
    return Remark(
        row.number,
        row.status,
        row.body if shown else None,
        row.name if shown and row.publish_name else None,
        row.received_on,
        row.part,
        row.supports if shown else 0,
        row.replies,
    )
