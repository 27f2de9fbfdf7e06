"""Reading acts: the list by day, one act with its versions, what the sides say of its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Malformed, NotFound
from consulta.domain.rows import read
from consulta.models.accounts import Pseudonym, Sector
from consulta.models.acts import Act, ActKind, ActVersion, MinutesVoice
from consulta.models.base import Localized

from .data import ActData, data_of

PAGE = 20


@dataclass(frozen=True)
class ListedAct:
    """An act in a list."""

    id: int
    key: str
    kind: ActKind
    title: Localized
    stage: str | None
    day: date
    until: date
    held: bool
    place: Localized | None
    disputed: bool


@dataclass(frozen=True)
class Voice:
    """What one side said of the minutes of a version."""

    version: int
    sector: Sector
    agrees: bool
    statement: str | None
    actor: str
    at: datetime


@dataclass(frozen=True)
class PublishedVersion:
    """A version of an act, and why it took the place of the one before."""

    version: int
    published_at: datetime
    reason: Localized | None
    data: ActData
    voices: tuple[Voice, ...]


@dataclass(frozen=True)
class ActView:
    """An act: the version in force first, then the earlier ones; voices upon the minutes in force, the latest of each
    side. A version that changed other things leaves the minutes, and what was said of them, as they were."""

    key: str
    versions: tuple[PublishedVersion, ...]
    voices: tuple[Voice, ...]

    @property
    def now(self) -> ActData:
        """What it says now."""
        return self.versions[0].data

    @property
    def version(self) -> int:
        """The version in force."""
        return self.versions[0].version

    @property
    def agreed(self) -> bool:
        """Whether both sides agreed with the minutes in force."""
        return len(self.voices) == len(Sector) and all(v.agrees for v in self.voices)

    @property
    def disputed(self) -> bool:
        """Whether a side disagrees."""
        return any(not v.agrees for v in self.voices)


def listing(
    db: Session,
    consultation: ConsultationView,
    *,
    stage: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
    newest: bool = False,
) -> tuple[list[ListedAct], str | None]:
    """Acts by day, of one stage if asked; the second is what to pass as ``after`` for the next page."""
    if stage is not None and stage not in {s.key for s in consultation.stages}:
        valid = tuple(s.key for s in consultation.stages)
        raise Malformed("No hay una etapa «%(value)s».", value=stage, valid=valid)
    query = (
        select(Act.id, Act.key, Act.day, ActVersion)
        .join(ActVersion, (ActVersion.act_id == Act.id) & (ActVersion.version == Act.version))
        .where(Act.consultation_id == consultation.id)
    )
    if stage is not None:
        query = query.where(ActVersion.stage == stage)
    if after is not None:
        day, last = places.day(after)
        beyond = (Act.day < day) if newest else (Act.day > day)
        query = query.where(beyond | ((Act.day == day) & (Act.id < last if newest else Act.id > last)))
    ordered = (Act.day.desc(), Act.id.desc()) if newest else (Act.day, Act.id)
    rows = read(db, query.order_by(*ordered).limit(limit + 1), in_list)
    more, rows = len(rows) > limit, rows[:limit]
    return rows, places.at_day(rows[-1].day, rows[-1].id) if more else None


def one(db: Session, consultation: ConsultationView, key: str) -> ActView:
    """An act with all its versions; ``NotFound`` else."""
    act = db.execute(select(Act.id, Act.version).where(Act.consultation_id == consultation.id, Act.key == key)).first()
    if act is None:
        raise NotFound("No hay un acto con esa dirección.")
    versions = db.execute(
        select(ActVersion).where(ActVersion.act_id == act.id).order_by(ActVersion.version.desc())
    ).scalars()
    m = MinutesVoice
    voices = db.execute(
        select(m.version, m.sector, m.agrees, m.statement, Pseudonym.name, m.said_at)
        .join(Pseudonym, (Pseudonym.account_id == m.account_id) & (Pseudonym.consultation_id == consultation.id))
        .where(m.act_id == act.id)
        .order_by(m.id)
    )
    said = [Voice(*row) for row in voices]
    published = tuple(
        PublishedVersion(
            v.version, v.published_at, v.reason, data_of(v), tuple(one for one in said if one.version == v.version)
        )
        for v in versions
    )
    minutes = published[0].data.texts.get("minutes")
    same = {v.version for v in published if v.data.texts.get("minutes") == minutes}
    return ActView(key, published, tuple({one.sector: one for one in said if one.version in same}.values()))


def of_body(db: Session, consultation: ConsultationView, slug: str, *, limit: int = PAGE) -> list[ListedAct]:
    """The latest acts at which a body is named."""
    found: list[ListedAct] = []
    after: str | None = None
    while len(found) < limit:
        rows, after = listing(db, consultation, after=after, limit=200, newest=True)
        named = _naming(db, [r.id for r in rows], slug)
        found += [r for r in rows if r.id in named]
        if after is None:
            break
    return found[:limit]


def _naming(db: Session, act_ids: list[int], slug: str) -> set[int]:
    query = (
        select(Act.id, ActVersion.content)
        .join(ActVersion, (ActVersion.act_id == Act.id) & (ActVersion.version == Act.version))
        .where(Act.id.in_(act_ids))
    )
    return {id_ for id_, content in db.execute(query) if slug in {b["slug"] for b in content.get("bodies", ())}}


def in_list(id_: int, key: str, day: date, v: ActVersion) -> ListedAct:
    """An act as lists show it."""
    c = v.content
    until = v.held_until if v.held_from else v.planned_until
    return ListedAct(
        id_,
        key,
        v.kind,
        c["title"],
        v.stage,
        day,
        until or day,
        v.held_from is not None,
        c.get("place"),
        bool(c.get("contradictions")),
    )
