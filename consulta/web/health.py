"""How the installation fares: last worker round, last copy, oldest unsent mail, free disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from consulta.config import Settings
from consulta.domain import heartbeats

LEAST_DISK_MB = 1000


@dataclass(frozen=True)
class Health:
    """Ages (``None``: never), free disk in MB where the instance lies, and the names of what is late or short."""

    worker: timedelta | None
    backup: timedelta | None
    mail: timedelta | None
    disk_mb: int
    late: tuple[str, ...]


def state(db: Session, settings: Settings, *, now: datetime) -> Health:
    """Look at all of it; reads only."""
    ages = heartbeats.ages(db, now=now)
    folder = settings.instance if settings.instance.exists() else settings.instance.parent
    disk = shutil.disk_usage(folder).free // 1_000_000
    late = heartbeats.late(ages.items()) + (["disk"] if disk < LEAST_DISK_MB else [])
    return Health(ages[heartbeats.WORKER], ages[heartbeats.BACKUP], ages["mail"], disk, tuple(late))
