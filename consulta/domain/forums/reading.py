"""Forums as they are read: the list, one with all its versions, what the holder of a code sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.models.base import Localized, table_of
from consulta.models.forums import Forum, ForumVersion

from . import data as forum_data
from . import tables as forum_tables
from .data import ForumData
from .tables import Table

_F = table_of(Forum)


@dataclass(frozen=True)
class Version:
    """When a version was published and why."""

    version: int
    published_at: datetime
    reason: Localized | None


@dataclass(frozen=True)
class ForumView:
    """A forum as it stands; ``versions``: the one in force first."""

    id: int
    key: str
    version: int
    confirmed: int
    waiting: int
    cancelled: bool
    closed: bool
    closing: str | None
    data: ForumData
    versions: tuple[Version, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def free(self) -> int:
        """How many seats somebody new would find: none while others wait."""
        return 0 if self.waiting else self.data.capacity - self.confirmed

    def takes(self, now: datetime) -> bool:
        """Whether one may register now."""
        return not self.cancelled and self.data.capacity > 0 and self.data.opens_at <= now < self.data.closes_at

    def when(self, now: datetime) -> str:
        """``future``, ``now`` or ``past``."""
        return "past" if self.data.ends_at <= now else "now" if self.data.starts_at <= now else "future"


def listing(db: Session, consultation: ConsultationView) -> list[ForumView]:
    """Every forum, those that are to come first and the nearest of them first; then the latest."""
    return [_view(row) for row in db.execute(_query().where(_F.c.consultation_id == consultation.id))]


def upcoming(db: Session, consultation: ConsultationView, now: datetime) -> ForumView | None:
    """The next forum that was not called off."""
    mine = _query().where(_F.c.consultation_id == consultation.id, _F.c.ends_at > now, _F.c.cancelled.is_(False))
    row = db.execute(mine.limit(1)).first()
    return _view(row) if row else None


def in_order(found: Sequence[ForumView], now: datetime) -> list[ForumView]:
    """Those to come, the nearest first; then those that were, the latest first."""
    coming = [one for one in found if one.when(now) != "past"]
    return coming + [one for one in reversed(found) if one.when(now) == "past"]


def one(db: Session, consultation: ConsultationView, key: str) -> ForumView:
    """A forum with its versions and tables; ``NotFound`` if there is none."""
    row = db.execute(_query().where(_F.c.consultation_id == consultation.id, _F.c.key == key)).first()
    if row is None:
        raise NotFound("No hay un foro con esa dirección.")
    versions = db.execute(
        select(ForumVersion.version, ForumVersion.published_at, ForumVersion.reason)
        .where(ForumVersion.forum_id == row.id)
        .order_by(ForumVersion.version.desc())
    )
    return _view(row, tuple(Version(*one) for one in versions), tuple(forum_tables.listing(db, row.id)))


def latest(db: Session, consultation: ConsultationView, *, limit: int = 30) -> list[tuple[str, Version, ForumData]]:
    """What was published last of any forum: its key, the version, what it says."""
    v = ForumVersion
    query = select(_F.c.key, v.version, v.published_at, v.reason, v.content).join(_F, _F.c.id == v.forum_id)
    rows = db.execute(query.where(_F.c.consultation_id == consultation.id).order_by(v.id.desc()).limit(limit))
    return [
        (row.key, Version(row.version, row.published_at, row.reason), forum_data.data_of(row.content)) for row in rows
    ]


def _query() -> Select[Any]:
    in_force = (ForumVersion.forum_id == _F.c.id) & (ForumVersion.version == _F.c.version)
    columns = (
        _F.c.id,
        _F.c.key,
        _F.c.version,
        _F.c.confirmed,
        _F.c.waiting,
        _F.c.cancelled,
        _F.c.closed_at,
        _F.c.closing,
    )
    return select(*columns, ForumVersion.content).join(ForumVersion, in_force).order_by(_F.c.starts_at, _F.c.id)


def _view(row: Row[Any], versions: tuple[Version, ...] = (), tables: tuple[Table, ...] = ()) -> ForumView:
    return ForumView(
        row.id,
        row.key,
        row.version,
        row.confirmed,
        row.waiting,
        row.cancelled,
        row.closed_at is not None,
        row.closing,
        forum_data.data_of(row.content),
        versions,
        tables,
    )
