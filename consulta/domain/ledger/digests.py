"""How values become a digest for the ledger."""

from __future__ import annotations

import hashlib
from typing import Any

from . import log


def columns(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Some columns of a stored row, by name."""
    return {name: getattr(row, name) for name in names}


def digest(value: dict[str, Any]) -> str:
    """SHA-256 of the canonical form (RFC 8785), in hexadecimal."""
    return hashlib.sha256(log.canonical(value).encode()).hexdigest()
