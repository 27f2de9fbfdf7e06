"""Numbered sheets of a forum: printed in batches, each with a stub whose code follows what was written on it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, by_value


class PaperState(StrEnum):
    """Where a sheet is: handed out and still out, or what came of it."""

    OUT = "out"
    ENTERED = "entered"
    BLANK = "blank"
    LOST = "lost"


class PaperBatch(Base):
    """Sheets printed together for one theme's table: the numbers from ``first`` to ``last``."""

    __tablename__ = "paper_batches"
    __table_args__ = (
        UniqueConstraint("forum_id", "first"),
        CheckConstraint("first <= last", name="first_before_last"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"))
    first: Mapped[int]
    last: Mapped[int]
    printed_at: Mapped[datetime]


class Paper(Base):
    """One sheet. The code of its stub is kept as SHA-256 only."""

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("forum_id", "number"), Index("ix_papers_batch", "batch_id", "number"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forums.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batches.id"))
    number: Mapped[int]
    folio_hash: Mapped[bytes] = mapped_column(unique=True)
    state: Mapped[PaperState] = mapped_column(by_value(PaperState, "state"))


class PaperNote(Base):
    """A note of a sheet, which is a contribution like any other; ``objection``: it was raised at the reading back."""

    __tablename__ = "paper_notes"
    __table_args__ = (UniqueConstraint("paper_id", "line"),)

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    line: Mapped[int]
    objection: Mapped[bool] = mapped_column(default=False)
