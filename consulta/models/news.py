"""Telling people: who asked for news by mail, what is being told, and whom somebody has to call."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, by_value


class Subscriber(Base):
    """Somebody who asked for news of a consultation; written to only once confirmed. ``key`` is random: a number can
    come back with another person behind it. Without an address it was stopped, and stays until the register knows."""

    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("consultation_id", "email"), Index("ix_subscribers_key", "key", unique=True))

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    email: Mapped[str | None]
    language: Mapped[str]
    asked_on: Mapped[date]
    confirmed: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str]


class Announcement(Base):
    """Something to tell every subscriber; the worker goes on after ``reached`` until ``finished``."""

    __tablename__ = "announcements"
    __table_args__ = (
        UniqueConstraint("consultation_id", "event"),
        Index("ix_announcements_open", "id", postgresql_where=text("NOT finished"), sqlite_where=text("NOT finished")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    event: Mapped[str]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    reached: Mapped[int] = mapped_column(default=0)
    finished: Mapped[bool] = mapped_column(default=False)


class NoticeState(StrEnum):
    """What came of a call."""

    WAITING = "waiting"
    TOLD = "told"
    NO_ANSWER = "no-answer"


class Notice(Base):
    """A body, or somebody who registered for a forum, with a telephone and no e-mail, to be told by a person."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("organization_id", "event"),
        UniqueConstraint("registration_id", "event"),
        CheckConstraint("(organization_id IS NULL) <> (registration_id IS NULL)", name="somebody_to_tell"),
        Index("ix_notices", "consultation_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    event: Mapped[str]
    content: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(by_value(NoticeState, "state"))
    changed_at: Mapped[datetime]
