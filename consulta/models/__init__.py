"""Tables and nothing else, one noun a file."""

from . import (
    accounts,
    acts,
    comments,
    consultations,
    contributions,
    drafts,
    forums,
    imports,
    ledger,
    moderation,
    news,
    operations,
    opinions,
    organizations,
    outbox,
    papers,
    positions,
    results,
)
from .base import Base

__all__ = [
    "Base", "accounts", "acts", "comments", "consultations", "contributions", "drafts", "forums", "imports", "ledger",
    "moderation", "news", "operations", "opinions", "organizations", "outbox", "papers", "positions", "results",
]  # fmt: skip
