"""What the ledger says of a published call, schedule or reason: one digest over everything that was published."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consulta.domain.acts import versions
from consulta.domain.forums import versions as forum_versions
from consulta.domain.management import digests
from consulta.domain.organizations import positions
from consulta.domain.plans import digests as plan_digests

NOUNS = ("consultation", "schedule", "reason", "act", "position", "forum", "commitment")
"""Of what the ledger holds a digest, compared by its check."""


def of_subject(db: Session, consultation_id: int, subject: str) -> str | None:
    """The digest of what a ledger subject names, as it is stored now."""
    noun, _, key = subject.partition("/")
    name, _, version = key.partition("@")
    if noun == "consultation":
        return digests.of_consultation(db, consultation_id)
    if noun == "schedule":
        return digests.of_schedule(db, consultation_id, int(key))
    if noun == "position":
        return positions.of_position(db, consultation_id, int(key))
    if noun == "commitment":
        return plan_digests.of_commitment(db, consultation_id, int(name), int(version))
    versioned = {"act": versions.of_act, "forum": forum_versions.of_forum, "reason": digests.of_reason}
    return versioned[noun](db, consultation_id, name, int(version))
