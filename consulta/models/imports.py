"""One import of a file: what it was, how far it came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Import(Base):
    """``source`` is the file's name as given, ``digest`` its SHA-256; the same file continues the same import."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    source: Mapped[str]
    digest: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
