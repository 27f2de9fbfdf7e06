"""What the ledger says of a published call, schedule or reason: one digest over everything that was published."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.ledger import log as ledger
from consulta.domain.sheets import digest as sheet_digest
from consulta.models.acts import Act, ActVersion
from consulta.models.consultations import Consultation, ListItem, Reason, Schedule, Stage, Theme
from consulta.models.forums import Forum, ForumVersion
from consulta.models.organizations import Organization
from consulta.models.plans import Amendment, Commitment, CommitmentLabel
from consulta.models.positions import Position
from consulta.models.sheets import SheetVersion

NOUNS = ("consultation", "schedule", "reason", "act", "position", "forum", "commitment")
"""Of what the ledger holds a digest, compared by its check."""
CONSULTATION = ("slug", "kind", "title", "timezone", "locale", "texts", "links", "settings")
THEME = ("position", "letter", "slug", "name", "question", "briefing", "colour", "pictogram")
LIST_ITEM = ("list_name", "position", "code", "label", "population", "tile")
AMENDMENT = (
    "footnote",
    "text",
    "day_text",
    "field",
    "milestone",
    "line",
    "path",
    "value",
    "before",
    "after",
    "approved_by",
)
PRIVATE_FIELDS = ("emails", "phones")
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
    return _digest(
        {
            "consultation": {**_values(row, CONSULTATION), "links": [list(pair) for pair in row.links.items()]},
            "themes": [_values(theme, THEME) for theme in db.execute(themes).scalars()],
            "lists": [
                _values(item, LIST_ITEM)
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
    return _digest(
        {
            "version": version,
            "reason": row.reason,
            "stages": [
                {**_values(s, STAGE), "from": ledger.instant(s.starts_at), "until": ledger.instant(s.ends_at)}
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
    return _digest(_values(row, ("code", "version", "title", "text"))) if row else None


def of_act(db: Session, consultation_id: int, key: str, version: int) -> str | None:
    """The digest of one version of an act; ``None`` if it is gone."""
    query = (
        select(ActVersion)
        .join(Act, Act.id == ActVersion.act_id)
        .where(Act.consultation_id == consultation_id, Act.key == key, ActVersion.version == version)
    )
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        return None
    days = {name: str(getattr(row, name)) for name in ("planned_from", "planned_until", "held_from", "held_until")}
    return _digest({**_values(row, ("version", "reason", "kind", "stage", "theme", "content")), **days})


def of_forum(db: Session, consultation_id: int, key: str, version: int) -> str | None:
    """The digest of one version of a forum; ``None`` if it is gone."""
    query = (
        select(ForumVersion)
        .join(Forum, Forum.id == ForumVersion.forum_id)
        .where(Forum.consultation_id == consultation_id, Forum.key == key, ForumVersion.version == version)
    )
    row = db.execute(query).scalar_one_or_none()
    return _digest(_values(row, ("version", "reason", "content"))) if row else None


def of_position(db: Session, consultation_id: int, number: int) -> str | None:
    """The digest of a position; ``None`` if it is gone."""
    query = select(Position).where(Position.consultation_id == consultation_id, Position.number == number)
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        return None
    whose = db.execute(select(Organization.slug).where(Organization.id == row.organization_id)).scalar_one()
    return _digest({**_values(row, ("number", "stance", "subject", "body", "document")), "organization": whose})


def of_commitment(db: Session, consultation_id: int, number: str, version: int) -> str | None:
    """The digest of what the public reads of a commitment; ``None`` if it is gone."""
    mine = (Commitment.consultation_id == consultation_id) & (Commitment.number == int(number))
    query = select(Commitment, SheetVersion.id, Theme.slug).join(Theme, Theme.id == Commitment.theme_id)
    query = query.join(SheetVersion, SheetVersion.sheet_id == Commitment.sheet_id)
    found = db.execute(query.where(mine, SheetVersion.version == version)).first()
    if found is None:
        return None
    row, version_id, theme = found
    label, change = CommitmentLabel, Amendment
    labels = db.execute(select(label.field, label.text).where(label.commitment_id == row.id).order_by(label.field))
    changes = db.execute(select(change).where(change.commitment_id == row.id).order_by(change.footnote)).scalars()
    return _digest(
        {
            **_values(row, ("number", "theme_text", "section_heading", "theme_cell", "title_in_summary")),
            "theme": theme,
            "labels": [list(pair) for pair in labels],
            "sheet": sheet_digest.content(db, version_id),
            "amendments": [_amendment(one) for one in changes],
        }
    )


def _amendment(row: Amendment) -> dict[str, Any]:
    """Without the value that it names, where that is an address or a telephone."""
    values = {**_values(row, AMENDMENT), "day": str(row.day)}
    secret = ("value", "before", "after") if row.field in PRIVATE_FIELDS else ()
    return {name: value for name, value in values.items() if name not in secret}


def of_subject(db: Session, consultation_id: int, subject: str) -> str | None:
    """The digest of what a ledger subject names, as it is stored now."""
    noun, _, key = subject.partition("/")
    name, _, version = key.partition("@")
    if noun == "consultation":
        return of_consultation(db, consultation_id)
    if noun == "schedule":
        return of_schedule(db, consultation_id, int(key))
    if noun == "position":
        return of_position(db, consultation_id, int(key))
    versioned = {"act": of_act, "forum": of_forum, "reason": of_reason, "commitment": of_commitment}
    return versioned[noun](db, consultation_id, name, int(version))


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(ledger.canonical(value).encode()).hexdigest()
