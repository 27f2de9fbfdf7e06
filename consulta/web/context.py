"""What a request is answered with: its time, the settings."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app, g

from consulta.config import Settings


def now() -> datetime:
    """The time, passed down from here; nothing below asks the clock."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    found: datetime = g.now
    return found


def settings() -> Settings:
    """The installation's settings."""
    found: Settings = current_app.extensions["settings"]
    return found
