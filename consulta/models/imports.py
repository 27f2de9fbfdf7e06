"""One import of a file: what it was, how far it came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Import(Base):
    """``source`` is the file's name as given, ``digest`` its SHA-256; the same file continues the same import."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), index=True)
    source: Mapped[str]
    digest: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Upload(Base):
    """A file given in the browser: its ``content`` until the worker has taken it in, with the ``options`` chosen
    (``mapping``, ``date_format``, ``channel``). Nothing happens before it is ``approved``; ``failed`` says why not."""

    __tablename__ = "uploads"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]]
    approved: Mapped[bool] = mapped_column(default=False)
    stored: Mapped[int] = mapped_column(default=0)
    failed: Mapped[str | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Written down before the first row is taken: ``rows``, ``known``, ``left`` (line, column, an empty
    value, why)."""


class TakeBack(Base):
    """An import that was taken back: its contributions are *withdrawn*; the worker goes on after the contribution
    ``reached`` until ``finished``."""

    __tablename__ = "take_backs"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    taken_at: Mapped[datetime]
    reason: Mapped[str]
    reached: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    finished: Mapped[bool] = mapped_column(default=False)
