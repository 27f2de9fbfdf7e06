"""The append-only log: one per consultation and one for the installation (foundations: docs/ledger.md)."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Log(Base):
    """A log and its head. ``head`` chains every leaf; ``length`` is also the version of what is shown."""

    __tablename__ = "ledger_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(unique=True)
    length: Mapped[int] = mapped_column(BigInteger, default=0)
    head: Mapped[bytes]


class Entry(Base):
    """One entry, its canonical bytes verbatim, and the head that it made. Never changed, never deleted."""

    __tablename__ = "ledger_entries"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    log_id: Mapped[int] = mapped_column(ForeignKey("ledger_logs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(Text)
    head: Mapped[bytes]
