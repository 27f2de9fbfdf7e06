"""Forums and thematic roundtables: their published versions, theme tables, seats, and who came."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, Localized, by_value


class ForumKind(StrEnum):
    """An open forum, or a roundtable of one theme."""

    FORUM = "forum"
    ROUNDTABLE = "roundtable"


class Seat(StrEnum):
    """How somebody's registration stands. ``released``: promoted, never told, not there in time; ``walk-in``: came
    without having registered."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    RELEASED = "released"
    WALK_IN = "walk-in"


class Forum(Base):
    """A forum at its stable address. ``version`` is the one in force; ``confirmed`` and ``waiting`` are counted with
    every change of a seat, under the lock of this row; ``last_place`` numbers the registrations in their order."""

    __tablename__ = "forums"
    __table_args__ = (
        UniqueConstraint("consultation_id", "key"),
        CheckConstraint("confirmed BETWEEN 0 AND capacity", name="never_oversold"),
        CheckConstraint("waiting >= 0", name="waiting_not_negative"),
        CheckConstraint("starts_at < ends_at", name="starts_before_end"),
        Index("ix_forums_starts", "consultation_id", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    key: Mapped[str]
    version: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    capacity: Mapped[int]
    confirmed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_place: Mapped[int] = mapped_column(default=0)
    last_paper: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    closing: Mapped[str | None] = mapped_column(Text)
    """Why it was closed although something was not accounted for; while it is open, why it was opened again."""
    erased: Mapped[bool] = mapped_column(default=False)
    """Whether names, contacts and needs of those who registered are gone."""


class ForumVersion(Base):
    """One published version; ``content``: all that the public reads of it, tables with their facilitators included."""

    __tablename__ = "forum_versions"
    __table_args__ = (UniqueConstraint("forum_id", "version"), {"info": {"append_only": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    version: Mapped[int]
    published_at: Mapped[datetime]
    reason: Mapped[Localized | None]
    content: Mapped[dict[str, Any]]


class ForumTable(Base):
    """A theme's table at a forum; without a capacity of its own it takes whoever the forum takes."""

    __tablename__ = "forum_tables"
    __table_args__ = (
        UniqueConstraint("forum_id", "theme_id"),
        CheckConstraint("seated >= 0 AND (capacity IS NULL OR seated <= capacity)", name="table_never_oversold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"))
    capacity: Mapped[int | None]
    seated: Mapped[int] = mapped_column(default=0)


class ForumTelling(Base):
    """A change that those who registered are told of; the worker goes on after ``reached`` until ``finished``."""

    __tablename__ = "forum_tellings"
    __table_args__ = (
        UniqueConstraint("forum_id", "version"),
        Index("ix_forum_tellings_open", "id", postgresql_where=text("NOT finished"), sqlite_where=text("NOT finished")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    version: Mapped[int]
    what: Mapped[str]
    reached: Mapped[int] = mapped_column(default=0)
    finished: Mapped[bool] = mapped_column(default=False)


_IN_LINE = text("state = 'waiting'")


class Registration(Base):
    """One person's registration. ``ref`` names it in the ledger; ``place`` is its order at the forum; name, contact
    and needs are destroyed 30 days after the forum, with the salt of their commitment."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("forum_id", "place"),
        UniqueConstraint("submission_hash", "member"),
        Index("ix_registrations_line", "forum_id", "place", postgresql_where=_IN_LINE, sqlite_where=_IN_LINE),
        Index("ix_registrations_name", "forum_id", "name_key", "id"),
        Index("ix_registrations_counts", "forum_id", "table_id", "state", "present"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    ref: Mapped[str] = mapped_column(unique=True)
    place: Mapped[int]
    state: Mapped[Seat] = mapped_column(by_value(Seat, "state"))
    folio_hash: Mapped[bytes] = mapped_column(unique=True)
    submission_hash: Mapped[bytes]
    member: Mapped[int]
    content_hash: Mapped[bytes]
    table_id: Mapped[int | None] = mapped_column(ForeignKey("forum_tables.id"))
    first_id: Mapped[int | None] = mapped_column(ForeignKey("forum_tables.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("forum_tables.id"))
    taking_part_as: Mapped[str | None]
    department: Mapped[str | None]
    children: Mapped[int] = mapped_column(default=0)
    registered_on: Mapped[date]
    promoted_at: Mapped[datetime | None]
    present: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None]
    name_key: Mapped[str | None]
    organization: Mapped[str | None]
    needs: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="es")
    salt: Mapped[bytes | None]


class AttendanceMark(Base):
    """Somebody was marked as there, or a mark was undone: a person is there while a mark of theirs is not undone.

    ``mark`` is the SHA-256 of a name made where the mark is made, so that one that is sent twice counts once (of who
    came unannounced the code follows from that name, so it is not kept); ``undoes``: the mark that this one takes
    back, which may arrive after it; ``on_paper``: of a row of the typed sheet."""

    __tablename__ = "attendance_marks"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    mark: Mapped[str] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    present: Mapped[bool]
    undoes: Mapped[str | None] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    on_paper: Mapped[bool] = mapped_column(default=False)
