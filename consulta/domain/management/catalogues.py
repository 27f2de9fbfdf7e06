"""A consultation's lists and reasons, stored and published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.models.consultations import ListItem, Reason

from . import digests


def store_lists(db: Session, consultation_id: int, lists: dict[str, list[dict[str, Any]]]) -> None:
    """Put down every choice of every list."""
    rows = [
        {
            "consultation_id": consultation_id,
            "list_name": name,
            "position": position,
            "code": item["code"],
            "label": item["label"],
            "population": item.get("population"),
            "tile": [str(part) for part in item["tile"]] if item.get("tile") else None,
        }
        for name, items in lists.items()
        for position, item in enumerate(items)
    ]
    if rows:
        db.execute(insert(ListItem), rows)


def publish_reasons(
    db: Session,
    consultation_id: int,
    log_id: int,
    origin: str,
    reasons: list[dict[str, Any]],
    today: date,
    now: datetime,
    *,
    by: By = ledger.BY_SYSTEM,
) -> None:
    """Publish reasons, each in its ``version`` (1 unless given) and ``position`` (that in the list unless given)."""
    for place, reason in enumerate(reasons):
        position = reason.get("position", place)
        version = reason.get("version", 1)
        db.execute(
            insert(Reason).values(
                consultation_id=consultation_id,
                code=reason["code"],
                version=version,
                position=position,
                title=reason["title"],
                text=reason["text"],
                published_on=today,
            )
        )
        ledger.append(
            db,
            log_id=log_id,
            origin=origin,
            actor=by.pseudonym,
            action=Action.REASON_PUBLISH,
            subject=f"reason/{reason['code']}@{version}",
            recorded=now,
            payload={
                "title": reason["title"]["es"],
                "text": reason["text"]["es"],
                "sha256": digests.of_reason(db, consultation_id, reason["code"], version),
            },
        )
