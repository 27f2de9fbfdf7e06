"""Tables and nothing else, one noun a file."""

from . import accounts, consultations, contributions, imports, ledger, moderation, opinions, outbox, results
from .base import Base

__all__ = [
    "Base", "accounts", "consultations", "contributions", "imports", "ledger", "moderation", "opinions", "outbox",
    "results",
]  # fmt: skip
