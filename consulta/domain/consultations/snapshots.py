"""A consultation as it is read: one frozen snapshot of everything that is its own, at one revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind

COLOURS = 12
PICTOGRAMS = (
    "book",
    "phone",
    "talk",
    "ledger",
    "coins",
    "tree",
    "water",
    "school",
    "health",
    "road",
    "scale",
    "globe",
)
"""What a theme can look like: a colour slot with proven contrast, and a drawing."""


@dataclass(frozen=True)
class ThemeView:
    """A theme; ``colour`` is a slot from 1 to 12."""

    id: int
    letter: str
    slug: str
    name: Localized
    question: Localized
    briefing: Localized
    colour: int
    pictogram: str


@dataclass(frozen=True)
class StageView:
    """A row of the schedule in force. ``ends_at`` is exclusive; ``last_day`` is the last whole day inside it."""

    key: str
    number: str | None
    parent: str | None
    title: Localized
    participants: Localized | None
    result: Localized | None
    notes: Localized | None
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
    label: Localized
    population: int | None
    tile: tuple[int, int] | None


@dataclass(frozen=True)
class ReasonView:
    """A reason in its version in force."""

    id: int
    code: str
    version: int
    title: Localized
    text: Localized
    published_on: date


@dataclass(frozen=True)
class Window:
    """When something may be done: the stage that is open now, or else the next, or else the last."""

    stage: StageView | None
    open: bool
    upcoming: bool


@dataclass(frozen=True)
class Stretch:
    """Some stages of a schedule; ``earlier`` and ``later`` are the places where the ones before and after begin."""

    stages: tuple[StageView, ...]
    earlier: int | None
    later: int | None


@dataclass(frozen=True)
class ConsultationView:
    """Everything of a consultation but its contributions, at one ``revision``."""

    id: int
    slug: str
    kind: ConsultationKind
    title: Localized
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
    planned: bool = False
    """Whether its plan has commitments to show."""

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

    def shown(self, kind: str) -> str:
        """Whether what arrives is shown ``before`` or ``after`` a person has read it; what has no setting of its own is
        treated as opinions are."""
        modes: dict[str, str] = self.settings.get("moderation", {})
        return modes.get(kind) or modes.get("opinion") or "before"

    def opens(self, act: str) -> bool:
        """Whether some stage, past or to come, opens ``act``."""
        return any(act in stage.opens for stage in self.stages)

    def window(self, act: str, now: datetime) -> Window:
        """When ``act`` (such as ``opinion``) may be done. Comments go with opinions in a schedule that does not say."""
        if act == "comment" and not any(act in s.opens for s in self.stages):
            act = "opinion"
        stages = [s for s in self.stages if act in s.opens]
        for stage in stages:
            if stage.state(now) == "current":
                return Window(stage=stage, open=self.kind is not ConsultationKind.RECORD, upcoming=False)
        upcoming = [s for s in stages if s.state(now) == "future"]
        if upcoming:
            return Window(stage=min(upcoming, key=lambda s: s.starts_at), open=False, upcoming=True)
        return Window(stage=max(stages, key=lambda s: s.ends_at, default=None), open=False, upcoming=False)

    def stretch(self, now: datetime, size: int, *, first: int | None = None, top: bool = False) -> Stretch:
        """So many stages from the place ``first`` on, else around today; ``top``: those not part of another."""
        stages = tuple(s for s in self.stages if not (top and s.parent))
        if first is None:
            current = next((n for n, s in enumerate(stages) if s.state(now) != "past"), len(stages))
            first = max(0, min(current - size // 4, len(stages) - size))
        first = max(0, min(first, len(stages) - 1))
        earlier = max(0, first - size) if first else None
        return Stretch(stages[first : first + size], earlier, first + size if first + size < len(stages) else None)

    def moment(self, now: datetime) -> str:
        """A key that changes when a page may read differently though nothing was written: a new day, a stage's edge."""
        edges = sum((s.starts_at <= now) + (s.ends_at <= now) for s in self.stages)
        return f"{self.today(now)}/{edges}"


@dataclass(frozen=True)
class Current:
    """A consultation's snapshot with the version of its log: what was rendered for this version is still true.
    ``head``: the log's hash at that length."""

    view: ConsultationView
    version: int
    head: bytes
