"""A consultation that is being prepared: the file that would be loaded, not yet public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Draft(Base):
    """``content`` has the shape of ``consulta/reference/``; ``revision`` rises with every change of it.
    ``key`` is random: a number comes again when a draft is discarded, and a forgotten tab would write into another."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_key", "key", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]
