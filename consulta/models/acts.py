"""Acts: what happens off line, in published versions, with documents and what each side says of the minutes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .accounts import Sector
from .base import Base, Localized, by_value


class ActKind(StrEnum):
    """What it was."""

    CALL = "call"
    OUTREACH = "outreach"
    BILATERAL = "bilateral"
    FACILITATORS = "facilitators"
    TRAINING = "training"
    FORUM = "forum"
    THEMATIC = "thematic"
    TECHNICAL = "technical"
    WORKSHOP = "workshop"
    EXTERNAL = "external"
    VALIDATION = "validation"
    APPROVAL = "approval"
    SUBMISSION = "submission"
    MILESTONE = "milestone"


class Act(Base):
    """An act at its stable address. ``version`` is the one in force, ``day`` the day by which acts are listed: when it
    was held, or else is planned."""

    __tablename__ = "acts"
    __table_args__ = (UniqueConstraint("consultation_id", "key"), Index("ix_acts_day", "consultation_id", "day", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    key: Mapped[str]
    version: Mapped[int]
    day: Mapped[date]


class ActVersion(Base):
    """One published version. ``content`` holds its texts: ``title``, ``place``, ``host``, ``convened_by``, ``present``,
    ``agenda``, ``agreements``, ``minutes``, ``notes`` in several languages; ``time``; ``bodies`` (slug and capacity);
    ``documents`` (name, sha256, size); ``contradictions`` of the source; ``source``."""

    __tablename__ = "act_versions"
    __table_args__ = (
        UniqueConstraint("act_id", "version"),
        CheckConstraint("planned_from IS NOT NULL OR held_from IS NOT NULL", name="some_day"),
        CheckConstraint("planned_from <= planned_until AND held_from <= held_until", name="days_in_order"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    version: Mapped[int]
    published_at: Mapped[datetime]
    reason: Mapped[Localized | None]
    kind: Mapped[ActKind] = mapped_column(by_value(ActKind, "kind"))
    stage: Mapped[str | None]
    theme: Mapped[str | None]
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    held_from: Mapped[date | None]
    held_until: Mapped[date | None]
    content: Mapped[dict[str, Any]]


class StoredFile(Base):
    """A document by its SHA-256 in hexadecimal, kept once."""

    __tablename__ = "stored_files"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class MinutesVoice(Base):
    """What one side says of the minutes of one version."""

    __tablename__ = "minutes_voices"
    __table_args__ = (
        UniqueConstraint("act_id", "version", "sector"),
        CheckConstraint("agrees OR statement IS NOT NULL", name="statement_of_disagreement"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    version: Mapped[int]
    sector: Mapped[Sector] = mapped_column(by_value(Sector, "sector"))
    agrees: Mapped[bool]
    statement: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    said_at: Mapped[datetime]
