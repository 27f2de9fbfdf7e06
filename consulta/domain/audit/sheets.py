"""What the entries say of sheets, against the tables: addresses and telephones of commitments, every version of every
proposal, whose it is and to what it answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.moderation import returns
from consulta.domain.plans import publishing
from consulta.domain.plans import reading as plans
from consulta.domain.proposals import dismissals, sending, sponsors
from consulta.domain.sheets import store
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.organizations import Organization
from consulta.models.plans import Commitment, EarlierCommitment
from consulta.models.proposals import Proposal, ProposalSource
from consulta.models.sheets import SheetVersion, StoredSheet

from .reader import Entry

PIECE = 100
_C = table_of(Contribution)
_P = table_of(Proposal)
_V = table_of(SheetVersion)


class Sheets:
    """Commitments and proposals: what they say in each version, whose they are, to what they answer."""

    subjects = frozenset({"commitment", "proposal", "contribution"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.private: dict[int, str] = {}
        self.versions: dict[tuple[int, int], dict[str, Any]] = {}
        self.sponsors: dict[int, set[str]] = defaultdict(set)
        self.notes: dict[int, str] = {}
        self.returned: dict[int, list[tuple[list[str], str]]] = defaultdict(list)

    def entry(self, entry: Entry) -> None:
        """One entry upon a commitment or a proposal; of a contribution only that it was given back."""
        action, payload = entry.action, entry.payload
        if entry.noun == "contribution" and action is not Action.RETURN:
            return
        number, _, version = entry.key.partition("@")
        if action in (Action.SPONSOR_CONFIRM, Action.SPONSOR_DECLINE):
            change = set.add if action is Action.SPONSOR_CONFIRM else set.discard
            change(self.sponsors[int(number)], payload["organization"])
        if action is Action.RETURN:
            self.returned[int(number)].append((payload["fields"], payload["due"]))
        if action is Action.PROPOSAL_WITHDRAW:
            self.notes[int(number)] = payload["commitments"]["note"]
        if action is Action.COMMITMENT_PUBLISH:
            self.private[int(number)] = payload["commitments"]["private"]
        if action is Action.PROPOSAL_VERSION:
            self.versions[int(number), int(version)] = {**payload, "day": entry.day(self.view)}
            self.sponsors[int(number)] = set(payload["sponsors"])

    def faults(self) -> Iterator[str]:
        """What does not fit."""
        yield from self._commitments(self.db, self.view)
        yield from self._proposals(self.db, self.view)

    def _commitments(self, db: Session, view: ConsultationView) -> Iterator[str]:
        if not self.private:
            return
        salted = select(Commitment.number, SheetVersion.salt).join(
            SheetVersion, (SheetVersion.sheet_id == Commitment.sheet_id) & (SheetVersion.version == 1)
        )
        salts = dict(db.execute(salted.where(Commitment.consultation_id == view.id)).all())
        for one in plans.read(db, view, private=True):
            said = self.private.get(one.number)
            if said is not None and ledger.fingerprint(salts[one.number] or b"", publishing.secrets_of(one)) != said:
                yield f"commitment {one.number}: private is not what was published"

    def _proposals(self, db: Session, view: ConsultationView) -> Iterator[str]:
        query = (
            select(
                _C.c.id,
                _C.c.number,
                _C.c.status,
                _C.c.title,
                _P.c.body,
                _P.c.unrelated,
                _P.c.sheet_id,
                _P.c.withdrawal,
                _V.c.id.label("version_id"),
                _V.c.version,
                _V.c.salt,
                _V.c.written_on,
                StoredSheet.version.label("last"),
                Organization.slug,
            )
            .join(_P, _P.c.id == _C.c.id)
            .join(StoredSheet, StoredSheet.id == _P.c.sheet_id)
            .join(_V, _V.c.sheet_id == _P.c.sheet_id)
            .outerjoin(Organization, Organization.id == _P.c.organization_id)
            .where(_C.c.consultation_id == view.id)
            .order_by(_V.c.id)
        )
        seen, last = set(), 0
        while rows := db.execute(query.where(_V.c.id > last).limit(PIECE)).all():
            sheets = store.load(db, view, [row.version_id for row in rows], private=True)
            for row in rows:
                seen.add((row.number, row.version))
                yield from self._version(db, row, sheets[row.version_id])
            last = rows[-1].version_id
        for number, version in sorted(self.versions.keys() - seen):
            yield f"proposal {number}: its version {version} is gone"

    def _version(self, db: Session, row: Row[*tuple[Any, ...]], sheet: Any) -> Iterator[str]:
        said, name = self.versions.get((row.number, row.version)), f"proposal {row.number}"
        if said is None:
            yield f"{name}: there is no entry for its version {row.version}"
            return
        if row.salt is None:
            if row.status is not Status.ERASED:
                yield f"{name}: the salt of version {row.version} is gone"
            return
        committed = sending.committed(row.salt, sheet, row.unrelated, dismissals.of(db, row.sheet_id))
        if committed["sheet"] != said["commitments"]["sheet"]:
            yield f"{name}: version {row.version} is not what was sent"
        if said["day"] != row.written_on:
            yield f"{name}: version {row.version} was not written on {row.written_on}"
        if said["organization"] != row.slug:
            yield f"{name}: it is of {row.slug}, the entry says {said['organization']}"
        if row.version == row.last:
            if (row.title, row.body) != (sheet.title, sending.in_words(sheet)):
                yield f"{name}: title and text are not those of its sheet"
            if committed["dismissed"] != said["commitments"]["dismissed"]:
                yield f"{name}: what was waived is not what the entry says"
            if self.notes.get(row.number) != _note(row.salt, row.withdrawal):
                yield f"{name}: the note of its withdrawal is not what the entry says"
            if returns.all_of(db, row.id) != self.returned[row.number]:
                yield f"{name}: what was asked to be corrected is not what the entries say"
            if {one.slug for one in sponsors.of_proposal(db, row.id)} != self.sponsors[row.number]:
                yield f"{name}: who stands behind it is not what the entries say"
            if _answers(db, row.id) != said["answers"] or committed["unrelated"] != said["commitments"]["unrelated"]:
                yield f"{name}: to what it answers is not what the entry says"


def _note(salt: bytes, note: str | None) -> str | None:
    return ledger.fingerprint(salt, ["withdrawal", note]) if note is not None else None


def _answers(db: Session, proposal_id: int) -> list[str]:
    s, e = ProposalSource, EarlierCommitment
    query = (
        select(_C.c.number, e.plan, e.key)
        .select_from(s)
        .outerjoin(_C, _C.c.id == s.contribution_id)
        .outerjoin(e, e.id == s.earlier_id)
        .where(s.proposal_id == proposal_id)
        .order_by(s.id)
    )
    rows = db.execute(query).all()
    numbers = [str(row.number) for row in rows if row.number is not None]
    return [*numbers, *(f"{row.plan}/{row.key}" for row in rows if row.plan is not None)]
