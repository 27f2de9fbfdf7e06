"""A plan: its commitments as they were approved, what was amended afterwards, and the commitments of earlier plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Localized


class Commitment(Base):
    """A commitment. What the document prints beside its sheet is kept as printed: ``theme_text`` in the contents,
    ``section_heading``, ``theme_cell``, ``title_in_summary``."""

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("consultation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    number: Mapped[int]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), unique=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    theme_text: Mapped[str]
    section_heading: Mapped[str]
    theme_cell: Mapped[str]
    title_in_summary: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]


class CommitmentLabel(Base):
    """How the document labels a field of this commitment: the labels vary from one to the next."""

    __tablename__ = "commitment_labels"

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Amendment(Base):
    """A change after approval, as its footnote says; ``path`` names the field, ``line`` the line of a list."""

    __tablename__ = "amendments"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), primary_key=True)
    footnote: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    day_text: Mapped[str]
    field: Mapped[str]
    milestone: Mapped[str | None]
    line: Mapped[int | None]
    path: Mapped[str]
    value: Mapped[str] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str]


class EarlierCommitment(Base):
    """A commitment of an earlier plan, to be pointed to as ``plan/key``; ``facts``: who proposed it, its theme, how it
    was assessed."""

    __tablename__ = "earlier_commitments"
    __table_args__ = (UniqueConstraint("consultation_id", "plan", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    plan: Mapped[str]
    key: Mapped[str]
    position: Mapped[int]
    name: Mapped[Localized]
    facts: Mapped[dict[str, Any]]
