"""What comes in, and what became of it at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consulta.domain.consultations.snapshots import ThemeView
from consulta.models.contributions import Channel, Kind, Status

from .targets import Target


@dataclass(frozen=True)
class Admission:
    """What comes in, checked already. ``folio_hash`` and ``submission_hash`` only where there is a receipt."""

    kind: Kind
    channel: Channel
    status: Status
    theme: ThemeView | None
    body: str | None
    received_on: date
    title: str | None = None
    department: str | None = None
    name: str | None = None
    publish_name: bool = False
    email: str | None = None
    mail_language: str | None = None
    taking_part_as: str | None = None
    age_group: str | None = None
    gender: str | None = None
    language: str | None = None
    folio_hash: bytes | None = None
    submission_hash: bytes | None = None
    content_hash: bytes | None = None
    held_cause: str | None = None
    source: str | None = None
    external_id: str | None = None
    import_id: int | None = None
    mentions: tuple[ThemeView, ...] = ()
    on: Target | None = None
    """Secondary themes from the start, and what it is on: of a comment."""
    child: dict[str, Any] = field(default_factory=dict)
    """Columns of the kind's own table besides its text: of a proposal."""


@dataclass(frozen=True)
class Admitted:
    """What the counter and the calendar gave it."""

    id: int
    number: int
    review_by: date
    answer_by: date
