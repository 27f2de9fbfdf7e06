"""What is published as a whole, such as a call, a schedule, an act: one digest each, made by its own noun."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.acts import versions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import versions as forum_versions
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.management import digests
from consulta.domain.organizations import positions
from consulta.domain.plans import digests as plan_digests
from consulta.domain.plans import earlier
from consulta.domain.results import editions
from consulta.models.acts import Act, ActVersion, StoredFile
from consulta.models.consultations import Consultation, Reason, Schedule
from consulta.models.forums import Forum, ForumVersion
from consulta.models.plans import Commitment
from consulta.models.positions import Position
from consulta.models.results import TraitEdition
from consulta.models.sheets import SheetVersion

from .reader import Entry

Digest = Callable[[Session, int, str], str | None]
"""Session, consultation, key of the subject → the digest of what is stored now; ``None`` if it is gone."""


_SHA256 = re.compile(r'"sha256": "([0-9a-f]{64})"')


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


def _version_keys(parent: Any, child: Any, joined: Any, key: Any) -> Callable[[int], Any]:
    """The keys ``name@version`` of the versions of a noun."""

    def keys(consultation_id: int) -> Any:
        when = parent.published_at if parent is Commitment else child.published_at
        return select(key, child.version, when).join(parent, joined).where(parent.consultation_id == consultation_id)

    return keys


KEYS: dict[str, Callable[[int], Any]] = {
    "schedule": lambda id_: select(Schedule.version, Schedule.published_at).where(Schedule.consultation_id == id_),
    "position": lambda id_: select(Position.number, Position.published_at).where(Position.consultation_id == id_),
    "reason": lambda id_: select(Reason.code, Reason.version, Reason.published_on).where(Reason.consultation_id == id_),
    "act": _version_keys(Act, ActVersion, Act.id == ActVersion.act_id, Act.key),
    "forum": _version_keys(Forum, ForumVersion, Forum.id == ForumVersion.forum_id, Forum.key),
    "edition": lambda id_: select(TraitEdition.subject, TraitEdition.made_on, TraitEdition.made_on).where(
        TraitEdition.consultation_id == id_
    ),
    "commitment": _version_keys(
        Commitment, SheetVersion, Commitment.sheet_id == SheetVersion.sheet_id, Commitment.number
    ),
}
"""Of each noun but the consultation itself, which keys the tables hold, and when each was published: each needs an
entry that published it then."""


class Published:
    """The digest of every published version, against what is stored; and whatever is stored, against the entries."""

    subjects = frozenset(DIGESTS)

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.said: dict[tuple[str, str], tuple[int, str]] = {}
        self.entries: dict[tuple[str, str], Entry] = {}
        self.first: dict[str, Any] = {}

    def entry(self, entry: Entry) -> None:
        """One entry that carries a digest."""
        if "sha256" in entry.payload:
            self.said[entry.noun, entry.key] = (entry.at, entry.payload["sha256"])
            self.entries[entry.noun, entry.key] = entry
        if entry.action is Action.CONSULTATION_PUBLISH:
            self.first = {**entry.payload, "recorded": entry.recorded}

    def faults(self) -> Iterator[str]:
        """What is not what was published."""
        for (noun, key), (at, digest) in self.said.items():
            if DIGESTS[noun](self.db, self.view.id, key) != digest:
                yield f"{noun}/{key}: its texts are not what entry {at} says"
        for noun, query in KEYS.items():
            for row in self.db.execute(query(self.view.id)):
                key = "@".join(str(part) for part in row[:-1])
                if (noun, key) not in self.said:
                    yield f"{noun}/{key}: no entry says that it was published"
                elif not self._at(self.entries[noun, key], row[-1]):
                    yield f"{noun}/{key}: it was not published at {row[-1]}"
        yield from self._beginning()
        yield from self._documents()

    def _at(self, entry: Entry, when: datetime | date) -> bool:
        """Whether an entry was made then; a day is that of where the consultation is held."""
        if isinstance(when, datetime):
            return entry.recorded == ledger.instant(when)
        return entry.day(self.view) == when

    def _beginning(self) -> Iterator[str]:
        """Since when it is public, and the commitments of earlier plans, as its first entry says."""
        since = select(Consultation.published_at).where(Consultation.id == self.view.id)
        stored = self.db.execute(since).scalar_one()
        said = {self.first.get("published"), self.first.get("recorded")}  # as the file says, or when it was done
        if self.first.get("published") and (stored is None or ledger.instant(stored) not in said):
            yield "consultation: it is not public since the day that its first entry says"
        if self.first.get("earlier") not in (None, earlier.of_earlier(self.db, self.view.id)):
            yield "consultation: the commitments of earlier plans are not those that were loaded"

    def _documents(self) -> Iterator[str]:
        """The bytes of every document that an act or a position names: one after the other, for each may be large."""
        acts = select(ActVersion.content).join(Act, Act.id == ActVersion.act_id)
        said = [*self.db.execute(acts.where(Act.consultation_id == self.view.id)).scalars()]
        said += self.db.execute(select(Position.document).where(Position.consultation_id == self.view.id)).scalars()
        for sha256 in sorted({found for one in said for found in _SHA256.findall(json.dumps(one))}):
            content = self.db.execute(select(StoredFile.content).where(StoredFile.sha256 == sha256)).scalar()
            if content is None:
                yield f"document/{sha256}: it is gone"
            elif hashlib.sha256(content).hexdigest() != sha256:
                yield f"document/{sha256}: its bytes are others"
