"""A consultation that is being prepared: the file that would be loaded, not yet public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Draft(Base):
    """``content`` has the shape of ``consulta/reference/``; ``revision`` rises with every change of it."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]
