"""The two databases: the few places that must tell them apart ask here."""

from __future__ import annotations

from sqlalchemy.orm import Session


def is_postgres(db: Session) -> bool:
    """Whether this is PostgreSQL; else it is SQLite."""
    return db.get_bind().dialect.name == "postgresql"
