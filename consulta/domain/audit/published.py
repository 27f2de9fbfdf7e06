"""What is published as a whole, such as a call, a schedule, an act: one digest each, made by its own noun."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from consulta.domain.acts import versions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import versions as forum_versions
from consulta.domain.management import digests
from consulta.domain.organizations import positions
from consulta.domain.plans import digests as plan_digests
from consulta.domain.results import editions

from .reader import Entry

Digest = Callable[[Session, int, str], str | None]
"""Session, consultation, key of the subject → the digest of what is stored now; ``None`` if it is gone."""


def _versioned(of: Callable[[Session, int, str, int], str | None]) -> Digest:
    """For nouns whose key is ``name@version``."""

    def digest(db: Session, consultation_id: int, key: str) -> str | None:
        name, _, version = key.partition("@")
        return of(db, consultation_id, name, int(version))

    return digest


DIGESTS: dict[str, Digest] = {
    "consultation": lambda db, id_, _slug: digests.of_consultation(db, id_),
    "schedule": lambda db, id_, version: digests.of_schedule(db, id_, int(version)),
    "position": lambda db, id_, number: positions.of_position(db, id_, int(number)),
    "reason": _versioned(digests.of_reason),
    "act": _versioned(versions.of_act),
    "forum": _versioned(forum_versions.of_forum),
    "edition": editions.of_edition,
    "commitment": _versioned(plan_digests.of_commitment),
}


class Published:
    """The digest of every published version, against what is stored."""

    subjects = frozenset(DIGESTS)

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.said: dict[tuple[str, str], tuple[int, str]] = {}

    def entry(self, entry: Entry) -> None:
        """One entry that carries a digest."""
        if "sha256" in entry.payload:
            self.said[entry.noun, entry.key] = (entry.at, entry.payload["sha256"])

    def faults(self) -> Iterator[str]:
        """What is not what was published."""
        for (noun, key), (at, digest) in self.said.items():
            if DIGESTS[noun](self.db, self.view.id, key) != digest:
                yield f"{noun}/{key}: its texts are not what entry {at} says"
