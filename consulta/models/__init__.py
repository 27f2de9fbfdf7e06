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
    plans,
    positions,
    prints,
    proposals,
    results,
    sheets,
)
from .base import Base

__all__ = [
    "Base", "accounts", "acts", "comments", "consultations", "contributions", "drafts", "forums", "imports", "ledger",
    "moderation", "news", "operations", "opinions", "organizations", "outbox", "papers", "plans", "positions", "prints",
    "proposals",     "results", "sheets",
]  # fmt: skip
