"""Mail to be delivered by the worker, written in the transaction that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId

GAVE_UP = "gave up"
"""The outcome of what no mail server took in three days."""
_GAVE_UP = text("outcome = 'gave up'")
_UNSENT = text("outcome IS NULL")


class OutboxMessage(Base):
    """A message. ``recipient`` is ``contribution:ID``, ``account:ID`` or, for requests that must not reveal whether an
    account exists, ``address:HASH``; ``payload`` (what the template needs) is dropped once delivered or given up."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("event", "recipient"),
        Index("ix_outbox_due", "due_at", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
        Index("ix_outbox_unsent", "created_at", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
        Index("ix_outbox_gave_up", "id", postgresql_where=_GAVE_UP, sqlite_where=_GAVE_UP),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event: Mapped[str]
    recipient: Mapped[str]
    template: Mapped[str]
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None]
