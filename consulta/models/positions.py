"""Positions that verified organisations publish; not moderated beforehand, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, by_value


class Stance(StrEnum):
    """What the organisation declares."""

    SUPPORT = "support"
    DISSENT = "dissent"
    WITHDRAWAL = "withdrawal"
    RETURN = "return"


class Position(Base):
    """``subject`` is ``consultation``, ``act/KEY``, ``minutes/KEY`` or ``proposal/N``; what an organisation said last
    upon a subject stands. ``document``: name, sha256, size."""

    __tablename__ = "positions"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        Index("ix_positions_subject", "organization_id", "subject", "number"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    number: Mapped[int]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    stance: Mapped[Stance] = mapped_column(by_value(Stance, "stance"))
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any] | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    published_at: Mapped[datetime]
