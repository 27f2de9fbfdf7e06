"""Earlier plans and what became of their commitments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import digests
from consulta.domain.rows import read
from consulta.models.base import Localized
from consulta.models.plans import EarlierCommitment

SAID = ("plan", "key", "name", "facts")


@dataclass(frozen=True)
class Earlier:
    """A commitment of an earlier plan."""

    plan: str
    key: str
    name: Localized
    facts: Mapping[str, Any]

    @property
    def form_name(self) -> str:
        """The field by which it is chosen."""
        return f"earlier-{self.plan}/{self.key}"


def load_earlier(db: Session, consultation: ConsultationView, found: Sequence[Mapping[str, Any]]) -> None:
    """Store the commitments of earlier plans, to be pointed to."""
    rows = [{"consultation_id": consultation.id, **one} for one in _placed(found)]
    if rows:
        db.execute(insert(EarlierCommitment), rows)


def digest(found: Sequence[Mapping[str, Any]]) -> str:
    """What the entry of a consultation's publication says of them, in their order."""
    return digests.digest({"earlier": _placed(found)})


def of_earlier(db: Session, consultation_id: int) -> str:
    """The same of what is stored."""
    e = EarlierCommitment
    query = select(e.position, *(getattr(e, name) for name in SAID)).where(e.consultation_id == consultation_id)
    rows = db.execute(query.order_by(e.position, e.id)).mappings()
    return digests.digest({"earlier": [dict(row) for row in rows]})


def _placed(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": at, **{name: one[name] for name in SAID}} for at, one in enumerate(found)]


def earlier(db: Session, consultation: ConsultationView) -> list[Earlier]:
    """The commitments of earlier plans, in their order."""
    e = EarlierCommitment
    query = select(e.plan, e.key, e.name, e.facts).where(e.consultation_id == consultation.id)
    return read(db, query.order_by(e.position), Earlier)


def has_earlier(db: Session, consultation: ConsultationView) -> bool:
    """Whether there are any."""
    mine = select(EarlierCommitment.id).where(EarlierCommitment.consultation_id == consultation.id)
    return db.execute(mine.limit(1)).first() is not None
