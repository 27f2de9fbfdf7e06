"""Long documents that the worker makes because nobody should wait for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Print(Base):
    """A document of a consultation, as it was made last. ``length``: that of the log then; ``asked_at`` is set while
    somebody waits for a newer one."""

    __tablename__ = "prints"
    __table_args__ = (UniqueConstraint("consultation_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    name: Mapped[str]
    asked_at: Mapped[datetime | None] = mapped_column(index=True)
    made_at: Mapped[datetime | None]
    length: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
