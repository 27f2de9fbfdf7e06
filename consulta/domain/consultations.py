"""A consultation as it is read: one snapshot of everything that is its own, kept in memory by its revision."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from consulta.models.base import Said
from consulta.models.consultations import (
    Consultation,
    ConsultationKind,
    ListItem,
    Reason,
    Schedule,
    Stage,
    Theme,
)
from consulta.models.ledger import Log

from .errors import NotFound


@dataclass(frozen=True)
class ThemeView:
    """A theme; ``colour`` is a slot from 1 to 12."""

    id: int
    letter: str
    slug: str
    name: Said
    question: Said
    briefing: Said
    colour: int
    pictogram: str


@dataclass(frozen=True)
class StageView:
    """A row of the schedule in force. ``ends_at`` is exclusive; ``last_day`` is the last whole day inside it."""

    key: str
    number: str | None
    parent: str | None
    title: Said
    participants: Said | None
    result: Said | None
    notes: Said | None
    source: dict[str, Any] | None
    theme: str | None
    starts_at: datetime
    ends_at: datetime
    dates: tuple[date, ...]
    opens: tuple[str, ...]
    first_day: date
    last_day: date

    def state(self, now: datetime) -> str:
        """``past``, ``current`` or ``future``."""
        if now < self.starts_at:
            return "future"
        return "current" if now < self.ends_at else "past"


@dataclass(frozen=True)
class Choice:
    """One choice of a list; departments also have their population and their place on the tile map."""

    code: str
    label: Said
    population: int | None
    tile: tuple[int, int] | None


@dataclass(frozen=True)
class ReasonView:
    """A reason in its version in force."""

    id: int
    code: str
    version: int
    title: Said
    text: Said
    published_on: date


@dataclass(frozen=True)
class Window:
    """When something may be done: the stage that is open now, or else the next, or else the last."""

    stage: StageView | None
    open: bool
    upcoming: bool


@dataclass(frozen=True)
class ConsultationView:
    """Everything of a consultation but its contributions, at one ``revision``."""

    id: int
    slug: str
    kind: ConsultationKind
    title: Said
    timezone: ZoneInfo
    locale: str
    texts: dict[str, Any]
    links: dict[str, str]
    settings: dict[str, Any]
    revision: int
    log_id: int
    origin: str
    themes: tuple[ThemeView, ...]
    stages: tuple[StageView, ...]
    schedule_version: int
    schedule_since: datetime
    lists: dict[str, tuple[Choice, ...]]
    reasons: tuple[ReasonView, ...]

    def today(self, now: datetime) -> date:
        """The day in the consultation's zone."""
        return now.astimezone(self.timezone).date()

    def theme(self, key: str) -> ThemeView | None:
        """A theme by its slug or letter."""
        return next((t for t in self.themes if key in (t.slug, t.letter)), None)

    def theme_by_id(self, theme_id: int | None) -> ThemeView | None:
        """A theme by its row."""
        return next((t for t in self.themes if t.id == theme_id), None)

    def choice(self, list_name: str, code: str | None) -> Choice | None:
        """A choice of a list by its code."""
        return next((c for c in self.lists.get(list_name, ()) if c.code == code), None)

    def window(self, act: str, now: datetime) -> Window:
        """When ``act`` (such as ``opinion``) may be done."""
        stages = [s for s in self.stages if act in s.opens]
        for stage in stages:
            if stage.state(now) == "current":
                return Window(stage=stage, open=self.kind is not ConsultationKind.RECORD, upcoming=False)
        upcoming = [s for s in stages if s.state(now) == "future"]
        if upcoming:
            return Window(stage=min(upcoming, key=lambda s: s.starts_at), open=False, upcoming=True)
        return Window(stage=max(stages, key=lambda s: s.ends_at, default=None), open=False, upcoming=False)

    def moment(self, now: datetime) -> str:
        """A key that changes when a page may read differently though nothing was written: a new day, a stage's edge."""
        edges = sum((s.starts_at <= now) + (s.ends_at <= now) for s in self.stages)
        return f"{self.today(now)}/{edges}"


@dataclass(frozen=True)
class Current:
    """A consultation's snapshot with the version of its log: what was rendered for this version is still true."""

    view: ConsultationView
    version: int


def find(db: Session, slug: str) -> Current:
    """The published consultation of this slug; ``NotFound`` else."""
    return _load(db, Consultation.slug == slug)


def main(db: Session) -> Current:
    """What ``/`` shows: the latest published ordinary consultation, else the demonstration."""
    rank = case((Consultation.kind == ConsultationKind.ORDINARY, 0), else_=1)
    return _load(db, Consultation.kind != ConsultationKind.RECORD, rank, Consultation.published_at.desc())


def published(db: Session) -> list[tuple[str, Said, ConsultationKind, datetime]]:
    """Every published consultation, newest first: slug, title, kind, time of publication."""
    rows = db.execute(
        select(Consultation.slug, Consultation.title, Consultation.kind, Consultation.published_at)
        .where(Consultation.published_at.is_not(None))
        .order_by(Consultation.published_at.desc(), Consultation.id)
    )
    return [(slug, title, kind, at) for slug, title, kind, at in rows if at]


def _load(db: Session, condition: Any, *order: Any) -> Current:
    row = db.execute(
        select(Consultation.id, Consultation.revision, Log.length)
        .join(Log, Log.id == Consultation.log_id)
        .where(condition, Consultation.published_at.is_not(None))
        .order_by(*order, Consultation.id)
        .limit(1)
    ).first()
    if row is None:
        raise NotFound("Esta consulta no existe.")
    snapshots: dict[int, ConsultationView] = db.info.setdefault("snapshots", {})
    found = snapshots.get(row.id)
    if found is None or found.revision != row.revision:
        found = snapshots[row.id] = _read(db, row.id)
    return Current(view=found, version=row.length)


def _read(db: Session, consultation_id: int) -> ConsultationView:
    row, origin = db.execute(
        select(Consultation, Log.origin).join(Log, Log.id == Consultation.log_id).where(Consultation.id == consultation_id)
    ).one()
    schedule = db.execute(
        select(Schedule).where(Schedule.consultation_id == row.id).order_by(Schedule.version.desc()).limit(1)
    ).scalar_one()
    zone = ZoneInfo(row.timezone)
    themes = db.execute(select(Theme).where(Theme.consultation_id == row.id).order_by(Theme.position)).scalars()
    stages = db.execute(select(Stage).where(Stage.schedule_id == schedule.id).order_by(Stage.position)).scalars()
    return ConsultationView(
        id=row.id, slug=row.slug, kind=row.kind, title=row.title, timezone=zone, locale=row.locale, texts=row.texts,
        links=row.links, settings=row.settings, revision=row.revision, log_id=row.log_id, origin=origin,
        themes=tuple(
            ThemeView(t.id, t.letter, t.slug, t.name, t.question, t.briefing, t.colour, t.pictogram) for t in themes
        ),
        stages=tuple(_stage(s, zone) for s in stages),
        schedule_version=schedule.version,
        schedule_since=schedule.published_at,
        lists=_lists(db, row.id),
        reasons=reasons(db, row.id),
    )  # fmt: skip


def _stage(s: Stage, zone: ZoneInfo) -> StageView:
    last = (s.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    return StageView(
        key=s.key, number=s.number, parent=s.parent, title=s.title, participants=s.participants, result=s.result,
        notes=s.notes, source=s.source, theme=s.theme, starts_at=s.starts_at, ends_at=s.ends_at,
        dates=tuple(date.fromisoformat(d) for d in s.dates or ()), opens=tuple(s.opens),
        first_day=s.starts_at.astimezone(zone).date(), last_day=last,
    )  # fmt: skip


def _lists(db: Session, consultation_id: int) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[Choice]] = defaultdict(list)
    query = select(ListItem).where(ListItem.consultation_id == consultation_id).order_by(ListItem.list_name, ListItem.position)
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


def local_instant(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class ScheduleVersion:
    """A published version of the schedule."""

    version: int
    published_at: datetime
    reason: Said
    stages: tuple[StageView, ...]


def schedules(db: Session, consultation: ConsultationView) -> list[ScheduleVersion]:
    """Every version of the schedule, the one in force first."""
    query = (
        select(Schedule).where(Schedule.consultation_id == consultation.id).order_by(Schedule.version.desc())
    )
    found = list(db.execute(query).scalars())
    stages: dict[int, list[StageView]] = defaultdict(list)
    for s in db.execute(select(Stage).where(Stage.schedule_id.in_([f.id for f in found])).order_by(Stage.position)).scalars():
        stages[s.schedule_id].append(_stage(s, consultation.timezone))
    return [ScheduleVersion(f.version, f.published_at, f.reason, tuple(stages[f.id])) for f in found]
