"""What the installation does by itself, and when it last did it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Heartbeat(Base):
    """The last time of something: ``worker`` (a round), ``backup`` (a copy that was written whole)."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
