"""Files that came with a form which could not be taken yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class StagedFile(Base):
    """A file kept for a day for the form that brought it. ``token_hash``: SHA-256 of what only that form knows;
    ``account_id``: who sent it, if anybody was signed in; ``size`` in bytes."""

    __tablename__ = "staged_files"
    __table_args__ = (Index("ix_staged_files_staged_at", "staged_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    staged_at: Mapped[datetime]
