"""A consultation and what is its own: texts, themes, schedules in versions, lists, reasons."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Localized, by_value


class ConsultationKind(StrEnum):
    """A record is read-only history; a demonstration carries its band everywhere."""

    ORDINARY = "ordinary"
    RECORD = "record"
    DEMONSTRATION = "demonstration"


class Consultation(Base):
    """One process. ``last_number`` is the counter of its contributions; ``revision`` rises with its settings."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ConsultationKind] = mapped_column(by_value(ConsultationKind, "kind"))
    title: Mapped[Localized]
    timezone: Mapped[str]
    locale: Mapped[str]
    texts: Mapped[dict[str, Any]]
    links: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    last_number: Mapped[int] = mapped_column(default=0)
    log_id: Mapped[int] = mapped_column(ForeignKey("ledger_logs.id"), unique=True)


class Theme(Base):
    """A theme: named, asked as a question, shown with one of twelve colours and a pictogram."""

    __tablename__ = "themes"
    __table_args__ = (
        UniqueConstraint("consultation_id", "slug"),
        UniqueConstraint("consultation_id", "letter"),
        CheckConstraint("colour BETWEEN 1 AND 12", name="colour_slot"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int]
    letter: Mapped[str]
    slug: Mapped[str]
    name: Mapped[Localized]
    question: Mapped[Localized]
    briefing: Mapped[Localized]
    colour: Mapped[int]
    pictogram: Mapped[str]


class Schedule(Base):
    """A published version of the schedule, with the reason for it. Never changed: the next version says more."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("consultation_id", "version"), {"info": {"append_only": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    version: Mapped[int]
    published_at: Mapped[datetime]
    reason: Mapped[Localized]


class Stage(Base):
    """A row of a schedule. ``opens`` names what people may do from ``starts_at`` until ``ends_at`` (exclusive)."""

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("schedule_id", "position"),
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedules.id"))
    position: Mapped[int]
    key: Mapped[str]
    number: Mapped[str | None]
    parent: Mapped[str | None]
    title: Mapped[Localized]
    participants: Mapped[Localized | None]
    result: Mapped[Localized | None]
    notes: Mapped[Localized | None]
    source: Mapped[dict[str, Any] | None]
    theme: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    dates: Mapped[list[str] | None]
    opens: Mapped[list[str]]


class ListItem(Base):
    """A choice of one of the consultation's lists: department, taking_part_as, age_group, gender, language."""

    __tablename__ = "list_items"
    __table_args__ = (UniqueConstraint("consultation_id", "list_name", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    list_name: Mapped[str]
    position: Mapped[int]
    code: Mapped[str]
    label: Mapped[Localized]
    population: Mapped[int | None]
    tile: Mapped[list[str] | None]


class Reason(Base):
    """A published reason for not publishing, in versions; a decision names the version that was in force."""

    __tablename__ = "reasons"
    __table_args__ = (
        UniqueConstraint("consultation_id", "code", "version"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    code: Mapped[str]
    version: Mapped[int]
    position: Mapped[int]
    title: Mapped[Localized]
    text: Mapped[Localized]
    published_on: Mapped[date]
