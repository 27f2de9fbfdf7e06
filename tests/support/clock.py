"""One time for a whole run: two readings of the clock in one test may lie on two days."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime.now(UTC)
