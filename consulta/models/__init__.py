"""Tables and nothing else, one noun a file."""

from . import (
    accounts,
    acts,
    consultations,
    contributions,
    drafts,
    imports,
    ledger,
    moderation,
    news,
    operations,
    opinions,
    organizations,
    outbox,
    positions,
    results,
)
from .base import Base

__all__ = [
    "Base", "accounts", "acts", "consultations", "contributions", "drafts", "imports", "ledger", "moderation", "news",
    "operations", "opinions", "organizations", "outbox", "positions", "results",
]  # fmt: skip
