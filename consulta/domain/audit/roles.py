"""Who held which role, as the entries say, against the table; and that whoever decided was a moderator then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.accounts import Pseudonym, Role, RoleName

from .reader import Entry

DECISIONS = frozenset({Action.PUBLISH, Action.REJECT, Action.RETURN, Action.CLASSIFY})
SUSPENSION = {Action.ROLE_SUSPEND: True, Action.ROLE_RESUME: False}
GIVEN_OR_TAKEN = {Action.ROLE_GRANT, Action.ROLE_REVOKE, *SUSPENSION}
Key = tuple[str, str]
"""How somebody is called in this log, and a role."""


@dataclass
class Held:
    """A role as the entries leave it."""

    sector: str | None = None
    suspended: bool = False
    organization: str | None = None
    languages: set[str] = field(default_factory=set)


class Roles:
    """Grants, suspensions and revocations, replayed in their order."""

    subjects = frozenset({"person", "contribution"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.held: dict[Key, Held] = {}
        self.wrong: list[str] = []

    def entry(self, entry: Entry) -> None:
        """One entry upon somebody's role, or a decision."""
        if entry.noun == "contribution":
            if entry.action in DECISIONS and entry.actor not in (ledger.SYSTEM, ledger.PUBLIC):
                self._decided(entry)
            return
        if entry.action not in GIVEN_OR_TAKEN:
            return
        key = (entry.key, entry.payload["role"])
        if entry.action is Action.ROLE_GRANT:
            held = self.held.setdefault(key, Held())
            held.sector = entry.payload.get("sector", held.sector)
            if "theme" in entry.payload:  # the whole grant, not that some of its themes went
                held.organization = entry.payload.get("organization")
            held.languages |= {one for one in [entry.payload.get("language")] if one}
        elif entry.action is Action.ROLE_REVOKE:
            if key[1] != RoleName.TRANSLATOR:  # who may have it for another language still
                self.held.pop(key, None)
        elif key in self.held:
            self.held[key].suspended = SUSPENSION[entry.action]

    def _decided(self, entry: Entry) -> None:
        held = self.held.get((entry.actor, RoleName.MODERATOR))
        if held is None or held.suspended:
            self.wrong.append(f"entry {entry.at}: {entry.actor} decided and was no moderator then")

    def faults(self) -> Iterator[str]:
        """Decisions of nobody who might, and roles that the entries do not say."""
        yield from self.wrong
        mine = (Pseudonym.account_id == Role.account_id) & (Pseudonym.consultation_id == Role.consultation_id)
        columns = (Pseudonym.name, Role.role, Role.sector, Role.suspended, Role.organization, Role.language)
        query = select(*columns).outerjoin_from(Role, Pseudonym, mine)
        rows = defaultdict(list)
        for name, role, sector, *rest in self.db.execute(query.where(Role.consultation_id == self.view.id)):
            rows[str(name), role.value].append((sector.value if sector else None, *rest))
        for key in sorted(rows.keys() | self.held.keys()):
            if key not in self.held:
                yield f"person/{key[0]}: is {key[1]}, and no entry says so"
            elif key not in rows and key[1] != RoleName.TRANSLATOR:
                yield f"person/{key[0]}: its role {key[1]} is gone, and no entry says so"
            elif rows[key] and not self._fits(key[1], self.held[key], rows[key]):
                yield f"person/{key[0]}: its role {key[1]} is not as the entries say"

    @staticmethod
    def _fits(role: str, held: Held, rows: list[tuple[Any, ...]]) -> bool:
        """A theme that was given while the role was suspended is not, so one row that is says it of all. Entries of
        before say no language."""
        sectors, suspended, bodies, languages = (set(column) for column in zip(*rows, strict=True))
        unsaid = role == RoleName.TRANSLATOR and not held.languages
        spoken = unsaid or languages - {None} <= held.languages
        as_granted = (sectors, bodies) == ({held.sector}, {held.organization})
        return as_granted and spoken and any(suspended) == held.suspended
