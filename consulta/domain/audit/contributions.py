"""Comparing the tables of one consultation with what its entries say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, fingerprints
from consulta.domain.contributions.storing import CONTACT_DAYS
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.comments import Report as ReportRow
from consulta.models.consultations import Theme
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.moderation import Classification, Decision, Mention
from consulta.models.results import Tally

from .reader import MAX_FAULTS, Entry
from .recount import recount
from .replay import FIELDS, STATUSES, State
from .stored import act, classified, decided, in_clear, received

PIECE = 1000
STANDING = (
    "number",
    "status",
    "theme_id",
    "ordinal",
    "confirmed",
    "awaiting_review",
    "published_on",
    "published_order",
)
ACTS = frozenset({Action.PUBLISH, Action.REJECT, Action.RETURN, Action.CLASSIFY})


class Contributions:
    """Arrivals, decisions, classifications, where each contribution stands, and the figures.

    Entries are read in pieces: the rows of which a piece speaks are fetched together.
    """

    subjects = frozenset({"contribution", "report"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.found: list[str] = []
        self.state = State([t.slug for t in view.themes], self._fault)
        self.decisions = self.classifications = 0
        self.waiting: list[Entry] = []

    def entry(self, entry: Entry) -> None:
        """One entry upon a contribution, or a report of one."""
        self.waiting.append(entry)
        if len(self.waiting) >= PIECE:
            self._settle()

    def faults(self) -> Iterator[str]:
        """What does not fit: in what happened, in what stands now, in the figures."""
        self._settle()
        self._compare_now()
        self._compare_mentions()
        self._compare_counts()
        self._compare_tally()
        yield from self.found

    def _fault(self, text: str) -> None:
        if len(self.found) < MAX_FAULTS:
            self.found.append(text)

    def _settle(self) -> None:
        """Replay what waits, then compare the rows that it touched."""
        reported = self._reported([entry.key for entry in self.waiting if entry.noun == "report"])
        arrived: dict[int, Entry] = {}
        acts: dict[int, list[Entry]] = {}
        for entry in self.waiting:
            try:
                number = reported.get(entry.key) if entry.noun == "report" else int(entry.key)
                if number is None:
                    continue
                if entry.action is Action.RECEIVE:
                    arrived[number] = entry
                elif entry.action in ACTS:
                    acts.setdefault(number, []).append(entry)
                comes = self._comes_into_public(number, entry)
                self.state.apply(number, entry.action, entry.payload, entry.at)
                if comes:
                    self.state.published[number] = entry.day(self.view).toordinal()
            except (ValueError, KeyError):
                self._fault(f"entry {entry.at}: says nothing that is known")
        self.waiting.clear()
        if arrived:
            self._compare_received(arrived)
        if acts:
            self._compare_acts(acts)

    def _comes_into_public(self, number: int, entry: Entry) -> bool:
        """On arrival, or because staff publishes it; what its author takes back into public stays where it was."""
        if entry.payload.get("status") != Status.PUBLISHED:
            return False
        if entry.action is Action.RECEIVE:
            return True
        status = self.state.status
        already = number < len(status) and status[number] == STATUSES.index(Status.PUBLISHED)
        return entry.recorded.endswith("Z") and not already

    def _reported(self, refs: list[str]) -> dict[str, int]:
        """The numbers of the comments that these reports are about."""
        if not refs:
            return {}
        r, c = table_of(ReportRow).c, table_of(Contribution).c
        query = select(r.ref, c.number).join(table_of(Contribution), c.id == r.comment_id)
        return {row.ref: row.number for row in self.db.execute(query.where(r.ref.in_(refs)))}

    def _compare_received(self, arrived: dict[int, Entry]) -> None:
        rows = {row["number"]: row for row in received(self.db, self.view, min(arrived), max(arrived))}
        for number, entry in arrived.items():
            row, said = rows.get(number), entry.payload
            if row is None:
                self._fault(f"contribution {number}: its row is gone (entry {entry.at})")
                continue
            for name, value in in_clear(self.view, row).items():
                if said.get(name) != value:
                    self._fault(f"contribution {number}: {name} is {value}, entry {entry.at} says {said.get(name)}")
            if row["erase_contact_on"].toordinal() != entry.day(self.view).toordinal() + CONTACT_DAYS:
                self._fault(f"contribution {number}: its contact is not erased a year after it came")
            self._compare_fingerprints(number, row, said["commitments"], entry.at)

    def _compare_fingerprints(self, number: int, row: dict[str, Any], said: dict[str, str], at: int) -> None:
        values = fingerprints.values(row)
        hashed = None if row["body"] is row["title"] is None else bodies.text_hash(row["title"], row["body"])
        if row["kind"] is Kind.OPINION and row["text_hash"] != hashed:
            self._fault(f"contribution {number}: the hash of its words is not theirs")
        for name in FIELDS:
            if row["kind"] is Kind.PROPOSAL and name in ("title", "body"):
                continue  # a corrected one says something else: its versions are compared one by one
            salt = row[f"{name}_salt"]
            if salt is None:
                self.state.missing[number] ^= 1 << (16 + FIELDS.index(name))
                if values[name] not in (None, [None, False], [None, None]):
                    self._fault(f"contribution {number}: {name} stands there though its salt is gone")
            elif ledger.fingerprint(salt, values[name]) != said[name]:
                self._fault(f"contribution {number}: {name} is not what arrived (entry {at})")

    def _compare_acts(self, acts: dict[int, list[Entry]]) -> None:
        numbers = iter(sorted(acts))
        while chunk := list(islice(numbers, 400)):
            decisions = decided(self.db, self.view, chunk)
            classifications = classified(self.db, self.view, chunk)
            for number in chunk:
                for entry in acts[number]:
                    is_classification = entry.action is Action.CLASSIFY
                    self.classifications += is_classification
                    self.decisions += not is_classification
                    stored = classifications if is_classification else decisions
                    self._compare_act(number, entry, stored.get((number, entry.payload["ordinal"])))

    def _compare_act(self, number: int, entry: Entry, stored: tuple[Any, ...] | None) -> None:
        name = f"contribution {number}: act {entry.payload['ordinal']}"
        if stored is None:
            self._fault(f"{name} is gone (entry {entry.at})")
        elif stored[0] != [entry.actor, entry.recorded, *act(entry.payload, entry.action)]:
            self._fault(f"{name} is not what entry {entry.at} says")
        elif entry.action is not Action.CLASSIFY:
            self._compare_note(number, entry.payload, stored, entry.at)

    def _compare_note(self, number: int, payload: dict[str, Any], stored: tuple[Any, ...], at: int) -> None:
        _, note, salt = stored
        if salt is None:
            if note is not None or self.state.status[number] != STATUSES.index(Status.ERASED):
                self._fault(f"contribution {number}: the note of act {payload['ordinal']} lost its salt")
        elif ledger.fingerprint(salt, note) != payload["commitments"]["note"]:
            self._fault(f"contribution {number}: the note of act {payload['ordinal']} is not that of entry {at}")

    def _compare_counts(self) -> None:
        base = table_of(Contribution)
        for model, said in ((Decision, self.decisions), (Classification, self.classifications)):
            count = self.db.execute(
                select(func.count())
                .select_from(model)
                .join(base, base.c.id == model.contribution_id)
                .where(base.c.consultation_id == self.view.id)
            ).scalar_one()
            if count != said:
                self._fault(f"table {model.__tablename__}: {count} rows, the entries say {said}")

    def _compare_now(self) -> None:
        base, last, seen = table_of(Contribution).c, 0, 0
        while True:
            rows = self.db.execute(
                select(*(base[name] for name in STANDING))
                .where(base.consultation_id == self.view.id, base.number > last)
                .order_by(base.number)
                .limit(5000)
            ).all()
            if not rows:
                break
            for row in rows:
                self._compare_state(*row)
            seen += len(rows)
            last = rows[-1].number
        if seen != len(self.state.status) - 1:
            self._fault(f"table contributions: {seen} rows, the entries say {len(self.state.status) - 1}")

    def _compare_state(
        self,
        number: int,
        status: Status,
        theme_id: int | None,
        ordinal: int,
        confirmed: bool,
        awaiting: bool,
        published_on: date | None,
        place: int | None,
    ) -> None:
        s = self.state
        if number >= len(s.status):
            self._fault(f"contribution {number}: there is no entry for it")
            return
        theme = self.view.theme_by_id(theme_id)
        in_force = (status, s.slot(theme.slug if theme else None), ordinal, confirmed, awaiting)
        flags = s.flags[number]
        said = (STATUSES[s.status[number]], s.theme[number], s.ordinal[number], bool(flags & 2), bool(flags & 1))
        if in_force != said:
            self._fault(f"contribution {number}: stands as {in_force}, the entries say {said}")
        if status is Status.PUBLISHED and (
            place is None or published_on is None or published_on.toordinal() != s.published[number]
        ):
            self._fault(f"contribution {number}: it was not published on {published_on}")
        if (s.missing[number] >> 16) & ~s.missing[number]:
            self._fault(f"contribution {number}: a salt was destroyed without an entry")

    def _compare_mentions(self) -> None:
        base = table_of(Contribution).c
        stored: dict[int, set[str]] = {}
        for number, slug in self.db.execute(
            select(base.number, Theme.slug)
            .join(Mention, Mention.contribution_id == base.id)
            .join(Theme, Theme.id == Mention.theme_id)
            .where(base.consultation_id == self.view.id)
        ):
            stored.setdefault(number, set()).add(slug)
        said = {number: set(slugs) for number, slugs in self.state.mentions.items() if slugs}
        for number in sorted(set(stored) | set(said)):
            if stored.get(number) != said.get(number):
                self._fault(f"contribution {number}: its secondary themes are not what the entries say")

    def _compare_tally(self) -> None:
        stored = Counter(
            {
                tuple(r)[:-1]: r.n
                for r in self.db.execute(select(*table_of(Tally).c).where(Tally.consultation_id == self.view.id))
                if r.n
            }
        )
        counted: Counter[Any] = Counter()
        for cell, n in recount(self.db, self.view):
            counted[cell] += n
        for cell in sorted(set(stored) | set(counted)):
            if stored[cell] != counted[cell]:
                self._fault(f"tally {'/'.join(map(str, cell[1:]))}: {stored[cell]}, counted {counted[cell]}")
