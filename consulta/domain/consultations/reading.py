"""Finding a consultation: its snapshot, kept in memory by its revision, and the version of its log."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session

from consulta.domain.errors import NotFound
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation, ConsultationKind, ListItem, Reason, Schedule, Stage, Theme
from consulta.models.ledger import Log
from consulta.models.plans import Commitment

from .snapshots import Choice, ConsultationView, Current, ReasonView, StageView, ThemeView

_C = table_of(Consultation).c
_LOGS = table_of(Log).c
_VERSION: Any = (
    select(_C.id, _C.revision, _LOGS.length, _LOGS.head)
    .join_from(table_of(Consultation), table_of(Log), _LOGS.id == _C.log_id)
    .where(_C.published_at.is_not(None))
    .limit(1)
)
_PUBLISHED = (
    select(_C.slug, _C.title, _C.kind, _C.published_at)
    .where(_C.published_at.is_not(None))
    .order_by(_C.published_at.desc(), _C.id)
)
_BY_SLUG = _VERSION.where(table_of(Consultation).c.slug == bindparam("slug"))
_MAIN = _VERSION.where(table_of(Consultation).c.kind != ConsultationKind.RECORD).order_by(
    case((table_of(Consultation).c.kind == ConsultationKind.ORDINARY, 0), else_=1),
    table_of(Consultation).c.published_at.desc(),
    table_of(Consultation).c.id,
)


def find(db: Session, slug: str) -> Current:
    """The published consultation of this slug; ``NotFound`` else."""
    return _load(db, _BY_SLUG, {"slug": slug})


def main(db: Session) -> Current:
    """What ``/`` shows: the latest published ordinary consultation, else the demonstration."""
    return _load(db, _MAIN, {})


def published(db: Session) -> list[tuple[str, Localized, ConsultationKind, datetime]]:
    """Every published consultation, newest first: slug, title, kind, time of publication."""
    return [(slug, title, kind, at) for slug, title, kind, at in db.connection().execute(_PUBLISHED)]


def _load(db: Session, query: Any, values: dict[str, str]) -> Current:
    """By a query made once: this one statement decides for every public page whether what was rendered still holds."""
    row = db.connection().execute(query, values).first()
    if row is None:
        raise NotFound("Esta consulta no existe.")
    snapshots: dict[int, ConsultationView] = db.info.setdefault("snapshots", {})
    found = snapshots.get(row.id)
    if found is None or found.revision != row.revision:
        found = snapshots[row.id] = _read(db, row.id)
    return Current(view=found, version=row.length, head=row.head)


def _read(db: Session, consultation_id: int) -> ConsultationView:
    row, origin = db.execute(
        select(Consultation, Log.origin)
        .join(Log, Log.id == Consultation.log_id)
        .where(Consultation.id == consultation_id)
    ).one()
    schedule = db.execute(
        select(Schedule).where(Schedule.consultation_id == row.id).order_by(Schedule.version.desc()).limit(1)
    ).scalar_one()
    zone = ZoneInfo(row.timezone)
    themes = db.execute(select(Theme).where(Theme.consultation_id == row.id).order_by(Theme.position)).scalars()
    stages = db.execute(select(Stage).where(Stage.schedule_id == schedule.id).order_by(Stage.position)).scalars()
    return ConsultationView(
        id=row.id,
        slug=row.slug,
        kind=row.kind,
        title=row.title,
        timezone=zone,
        locale=row.locale,
        texts=row.texts,
        links=row.links,
        settings=row.settings,
        revision=row.revision,
        log_id=row.log_id,
        origin=origin,
        themes=tuple(
            ThemeView(t.id, t.letter, t.slug, t.name, t.question, t.briefing, t.colour, t.pictogram) for t in themes
        ),
        stages=tuple(stage_view(s, zone) for s in stages),
        schedule_version=schedule.version,
        schedule_since=schedule.published_at,
        lists=_lists(db, row.id),
        reasons=reasons(db, row.id),
        planned=_planned(db, row.id),
    )


def stage_view(s: Stage, zone: ZoneInfo) -> StageView:
    """A stored stage as it is read in its consultation's zone."""
    last = (s.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    return StageView(
        key=s.key,
        number=s.number,
        parent=s.parent,
        title=s.title,
        participants=s.participants,
        result=s.result,
        notes=s.notes,
        source=s.source,
        theme=s.theme,
        starts_at=s.starts_at,
        ends_at=s.ends_at,
        dates=tuple(date.fromisoformat(d) for d in s.dates or ()),
        opens=tuple(s.opens),
        first_day=s.starts_at.astimezone(zone).date(),
        last_day=last,
    )


def _planned(db: Session, consultation_id: int) -> bool:
    mine = select(Commitment.id).where(Commitment.consultation_id == consultation_id)
    return db.execute(mine.limit(1)).first() is not None


def _lists(db: Session, consultation_id: int) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = defaultdict(list)
    query = (
        select(ListItem)
        .where(ListItem.consultation_id == consultation_id)
        .order_by(ListItem.list_name, ListItem.position)
    )
    for item in db.execute(query).scalars():
        tile = (int(item.tile[0]), int(item.tile[1])) if item.tile else None
        lists[item.list_name].append(Choice(item.code, item.label, item.population, tile))
    return {name: tuple(items) for name, items in lists.items()}


def reasons(db: Session, consultation_id: int) -> tuple[ReasonView, ...]:
    """The catalogue of reasons in force: the latest version of each code."""
    query = select(Reason).where(Reason.consultation_id == consultation_id).order_by(Reason.version)
    latest = {r.code: r for r in db.execute(query).scalars()}
    return tuple(
        ReasonView(r.id, r.code, r.version, r.title, r.text, r.published_on)
        for r in sorted(latest.values(), key=lambda r: r.position)
    )


def slug_of() -> Any:
    """The slugs of consultations, to be joined by id."""
    return select(Consultation.id, Consultation.slug).subquery()


def title_of(db: Session, slug: str) -> dict[str, str]:
    """A consultation's title, for mail."""
    return db.execute(select(Consultation.title).where(Consultation.slug == slug)).scalar_one()


def exists(db: Session, slug: str) -> bool:
    """Whether there is a consultation of this slug."""
    return db.execute(select(Consultation.id).where(Consultation.slug == slug)).first() is not None
