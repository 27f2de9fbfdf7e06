"""What the ledger holds of a consultation, its schedule and its reasons."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.ledger import digests
from consulta.domain.ledger import log as ledger
from consulta.models.consultations import Consultation, ListItem, Reason, Schedule, Stage, Theme

CONSULTATION = ("slug", "kind", "title", "timezone", "locale", "texts", "links", "settings")
THEME = ("position", "letter", "slug", "name", "question", "briefing", "colour", "pictogram")
LIST_ITEM = ("list_name", "position", "code", "label", "population", "tile")
STAGE = (
    "position",
    "key",
    "number",
    "parent",
    "title",
    "participants",
    "result",
    "notes",
    "source",
    "theme",
    "dates",
    "opens",
)


def of_consultation(db: Session, consultation_id: int) -> str:
    """The digest of a consultation's texts, settings, themes and lists, as they are stored now."""
    row = db.execute(select(Consultation).where(Consultation.id == consultation_id)).scalar_one()
    themes = select(Theme).where(Theme.consultation_id == consultation_id).order_by(Theme.position)
    items = select(ListItem).where(ListItem.consultation_id == consultation_id)
    return digests.digest(
        {
            "consultation": {
                **digests.columns(row, CONSULTATION),
                "links": [list(pair) for pair in row.links.items()],
            },
            "themes": [digests.columns(theme, THEME) for theme in db.execute(themes).scalars()],
            "lists": [
                digests.columns(item, LIST_ITEM)
                for item in db.execute(items.order_by(ListItem.list_name, ListItem.position)).scalars()
            ],
        }
    )


def of_schedule(db: Session, consultation_id: int, version: int) -> str | None:
    """The digest of one version of the schedule; ``None`` if it is gone."""
    query = select(Schedule).where(Schedule.consultation_id == consultation_id, Schedule.version == version)
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        return None
    stages = db.execute(select(Stage).where(Stage.schedule_id == row.id).order_by(Stage.position)).scalars()
    return digests.digest(
        {
            "version": version,
            "reason": row.reason,
            "stages": [
                {
                    **digests.columns(s, STAGE),
                    "from": ledger.instant(s.starts_at),
                    "until": ledger.instant(s.ends_at),
                }
                for s in stages
            ],
        }
    )


def of_reason(db: Session, consultation_id: int, code: str, version: int) -> str | None:
    """The digest of one version of a reason; ``None`` if it is gone."""
    query = select(Reason).where(
        Reason.consultation_id == consultation_id, Reason.code == code, Reason.version == version
    )
    row = db.execute(query).scalar_one_or_none()
    return digests.digest(digests.columns(row, ("code", "version", "title", "text"))) if row else None
