"""Bodies that take part: listing them, reading the list, one body with what it did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed, NotFound
from consulta.domain.texts import sort_key
from consulta.models.base import Localized
from consulta.models.organizations import Organization, Standing

PAGE = 60
TAKES_PART = Organization.listed | Organization.standing.in_((Standing.PROVISIONAL, Standing.VERIFIED))
CAPACITIES = ("table", "proponent", "host", "organizer", "observer", "companion")


@dataclass(frozen=True)
class BodyView:
    """A body as anybody sees it."""

    id: int
    slug: str
    name: Localized
    acronym: str | None
    sector: str
    capacities: tuple[str, ...]
    aliases: tuple[str, ...]
    earlier_names: tuple[str, ...]
    note: Localized | None
    source: dict[str, Any] | None
    standing: Standing
    asked_on: date | None
    answer_by: date | None
    round: int
    appeal: str | None
    sort_key: str
    listed: bool

    def claimable(self, today: date) -> bool:
        """Whether somebody may still say that they speak for it: it is listed, and nobody was verified to. Whoever was
        refused has the days of the answer to appeal before somebody else can take their place."""
        answered = self.appeal is not None or (self.answer_by is not None and self.answer_by < today)
        return self.listed and (self.standing is Standing.LISTED or (self.standing is Standing.REFUSED and answered))


def page(
    db: Session,
    consultation: ConsultationView,
    *,
    sector: str | None = None,
    capacity: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> tuple[list[BodyView], str | None]:
    """Bodies that take part, by name; the second is what to pass as ``after`` for the next page."""
    if sector is not None and consultation.choice("body_sector", sector) is None:
        valid = tuple(c.code for c in consultation.lists.get("body_sector", ()))
        raise Malformed("No hay un sector «%(value)s».", value=sector, valid=valid)
    if capacity is not None and capacity not in CAPACITIES:
        raise Malformed("No hay una calidad «%(value)s».", value=capacity, valid=CAPACITIES)
    o = Organization
    query = select(o).where(o.consultation_id == consultation.id, TAKES_PART)
    if sector is not None:
        query = query.where(o.sector == sector)
    if after is not None:
        key, last = places.name(after)
        query = query.where((o.sort_key > key) | ((o.sort_key == key) & (o.id > last)))
    if capacity is not None:
        query = query.where(cast(o.capacities, String).contains(f'"{capacity}"'))  # a closed list of plain words
    rows = [view_of(one) for one in db.execute(query.order_by(o.sort_key, o.id).limit(limit + 1)).scalars()]
    more, rows = len(rows) > limit, rows[:limit]
    return rows, places.at_name(rows[-1].sort_key, rows[-1].id) if more else None


def counts(db: Session, consultation: ConsultationView) -> dict[str, int]:
    """How many bodies take part, by sector, in the order of the consultation's list."""
    o = Organization
    query = select(o.sector, func.count()).where(o.consultation_id == consultation.id, TAKES_PART)
    by_sector: Counter[str] = Counter()
    for code, n in db.execute(query.group_by(o.sector)):
        by_sector[code] = n
    return {c.code: by_sector[c.code] for c in consultation.lists.get("body_sector", ()) if by_sector[c.code]}


def asking(db: Session, consultation: ConsultationView) -> list[BodyView]:
    """Requests that were sent and are not answered with a yes, the oldest first; refusals stay with their reason."""
    o = Organization
    query = select(o).where(
        o.consultation_id == consultation.id,
        o.asked_on.is_not(None),
        o.standing.in_((Standing.ASKED, Standing.APPEALED, Standing.PROVISIONAL, Standing.REFUSED)),
    )
    return [view_of(one) for one in db.execute(query.order_by(o.answer_by, o.id).limit(200)).scalars()]


def one(db: Session, consultation: ConsultationView, slug: str) -> BodyView:
    """The body of this slug, if anybody may know of it; ``NotFound`` else."""
    found = by_slug(db, consultation.id, slug)
    if found is None or not (found.listed or found.asked_on):
        raise NotFound("No hay una entidad con ese nombre en esta consulta.")
    return view_of(found)


def names(db: Session, consultation: ConsultationView, slugs: list[str]) -> dict[str, Localized]:
    """The names of bodies by slug."""
    o = Organization
    known = TAKES_PART | o.asked_on.is_not(None)  # a request that nobody confirmed is nobody's to name
    query = select(o.slug, o.name).where(o.consultation_id == consultation.id, o.slug.in_(slugs), known)
    return {slug: name for slug, name in db.execute(query)}  # noqa: C416  (rows are no pairs for mypy)


def sectors(db: Session, consultation: ConsultationView, slugs: list[str]) -> dict[str, list[tuple[str, Localized]]]:
    """Slugs and names of bodies by the code of their sector, in the order of the consultation's list, then by name."""
    o = Organization
    query = select(o.sector, o.slug, o.name).where(o.consultation_id == consultation.id, o.slug.in_(slugs))
    found: dict[str, list[tuple[str, Localized]]] = {c.code: [] for c in consultation.lists.get("body_sector", ())}
    for sector, slug, name in db.execute(query.order_by(o.sort_key, o.id)):
        found.setdefault(sector, []).append((slug, name))
    return {sector: bodies for sector, bodies in found.items() if bodies}


def some_names(db: Session, consultation: ConsultationView, *, limit: int) -> dict[str, str]:
    """The first bodies that take part, by slug, in the order of the names."""
    o = Organization
    query = select(o.slug, o.name).where(o.consultation_id == consultation.id, TAKES_PART)
    return {slug: name["es"] for slug, name in db.execute(query.order_by(o.sort_key, o.id).limit(limit))}


def called(db: Session, consultation: ConsultationView, names: Iterable[str]) -> dict[str, str]:
    """The bodies of these names, without accents or case, by short name; of two that are called the same, neither."""
    o, found = Organization, defaultdict[str, list[tuple[str, str]]](list)
    keys = [sort_key(name) for name in names]
    query = select(o.slug, o.name, o.sort_key).where(o.consultation_id == consultation.id, TAKES_PART)
    for slug, name, key in db.execute(query.where(o.sort_key.in_(keys) | o.slug.in_(keys))):
        found[key].append((slug, name["es"]))
    return dict(same[0] for same in found.values() if len(same) == 1)


def by_slug(db: Session, consultation_id: int, slug: str, *, lock: bool = False) -> Organization | None:
    """The row of a body, of an unconfirmed request too."""
    o = Organization
    query = select(o).where(o.consultation_id == consultation_id, o.slug == slug)
    return db.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def view_of(o: Organization) -> BodyView:
    """A stored body as it is read."""
    return BodyView(
        o.id,
        o.slug,
        o.name,
        o.acronym,
        o.sector,
        tuple(o.capacities),
        tuple(o.aliases),
        tuple(o.earlier_names),
        o.note,
        o.source,
        o.standing,
        o.asked_on,
        o.answer_by,
        o.round,
        o.appeal,
        o.sort_key,
        o.listed,
    )
