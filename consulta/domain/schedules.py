"""The schedule in all its published versions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.models.base import Said
from consulta.models.consultations import Schedule, Stage

from .consultations import stage_view
from .snapshots import ConsultationView, StageView


@dataclass(frozen=True)
class ScheduleVersion:
    """A published version of the schedule."""

    version: int
    published_at: datetime
    reason: Said
    stages: tuple[StageView, ...]


def schedules(db: Session, consultation: ConsultationView) -> list[ScheduleVersion]:
    """Every version of the schedule, the one in force first."""
    query = select(Schedule).where(Schedule.consultation_id == consultation.id).order_by(Schedule.version.desc())
    found = list(db.execute(query).scalars())
    stages: dict[int, list[StageView]] = defaultdict(list)
    for s in db.execute(
        select(Stage).where(Stage.schedule_id.in_([f.id for f in found])).order_by(Stage.position)
    ).scalars():
        stages[s.schedule_id].append(stage_view(s, consultation.timezone))
    return [ScheduleVersion(f.version, f.published_at, f.reason, tuple(stages[f.id])) for f in found]
