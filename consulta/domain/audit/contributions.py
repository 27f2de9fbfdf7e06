"""Comparing the tables of one consultation with what its entries say."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import fingerprints
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.consultations import Theme
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.moderation import Classification, Decision, Mention
from consulta.models.results import Tally

from . import published
from .comments import SIGN, Echoes
from .forums import Seatings
from .organizations import VOICES, Standings
from .recount import recount
from .replay import FIELDS, STATUSES, Report, State
from .sheets import SheetAudit
from .stored import act, classified, decided, in_clear, received


class Auditor:
    """Compares the tables of one consultation with what its entries say."""

    def __init__(self, db: Session, consultation: ConsultationView, report: Report) -> None:
        self.db, self.view, self.report = db, consultation, report
        self.state = State([t.slug for t in consultation.themes], report)
        self.decisions = self.classifications = 0
        self.published: dict[str, tuple[int, str]] = {}
        self.standings, self.seatings = Standings(), Seatings()
        self.echoes, self.sheets = Echoes(), SheetAudit()

    def entries(self, piece: list[tuple[int, dict[str, Any]]]) -> None:
        """Replay a piece, then compare the rows that it touched."""
        arrived: dict[int, tuple[int, dict[str, Any]]] = {}
        reported = self.echoes.rows(self.db, self.view, piece)
        acts: dict[int, list[tuple[int, dict[str, Any]]]] = {}
        for at, content in piece:
            subject, _, key = content["subject"].partition("/")
            if "sha256" in content["payload"] and subject in published.NOUNS:
                self.published[content["subject"]] = (at, content["payload"]["sha256"])
            try:
                action = Action(content["action"])
                if subject == "organization" or action in VOICES:
                    self.standings.entry(action, key, content)
                elif subject in ("commitment", "proposal") or action is Action.RETURN:
                    self.sheets.entry(action, key, content["payload"])
                elif subject in ("registration", "forum"):
                    self.seatings.entry(action, key, content["payload"])
            except (ValueError, KeyError):
                self.report.fault(f"entry {at}: says nothing that is known")
                continue
            about = self.echoes.report(key, content, reported.get(key)) if action is Action.REPORT else None
            if subject != "contribution" and about is None:
                continue
            number = about or int(key)
            if action in SIGN:
                self.echoes.support(action, number, content["payload"])
            if action is Action.RECEIVE:
                arrived[number] = (at, content)
            elif action in (Action.PUBLISH, Action.REJECT, Action.RETURN, Action.CLASSIFY):
                acts.setdefault(number, []).append((at, content))
            self.state.apply(number, action, content["payload"], at)
        if arrived:
            self._compare_received(arrived)
        if acts:
            self._compare_acts(acts)

    def _compare_received(self, arrived: dict[int, tuple[int, dict[str, Any]]]) -> None:
        rows = {row["number"]: row for row in received(self.db, self.view, min(arrived), max(arrived))}
        for number, (at, content) in arrived.items():
            row = rows.get(number)
            if row is None:
                self.report.fault(f"contribution {number}: its row is gone (entry {at})")
                continue
            said = content["payload"]
            for name, value in in_clear(self.view, row).items():
                if said.get(name) != value:
                    self.report.fault(f"contribution {number}: {name} is {value}, entry {at} says {said.get(name)}")
            self._compare_commitments(number, row, said["commitments"], at)

    def _compare_commitments(self, number: int, row: dict[str, Any], said: dict[str, str], at: int) -> None:
        values = fingerprints.values(row)
        for name in FIELDS:
            if row["kind"] is Kind.PROPOSAL and name in ("title", "body"):
                continue  # a mended one says something else: its versions are compared one by one
            salt = row[f"{name}_salt"]
            if salt is None:
                self.state.missing[number] ^= 1 << (16 + FIELDS.index(name))
                if values[name] not in (None, [None, False], [None, None]):
                    self.report.fault(f"contribution {number}: {name} stands there though its salt is gone")
            elif log.fingerprint(salt, values[name]) != said[name]:
                self.report.fault(f"contribution {number}: {name} is not what arrived (entry {at})")

    def _compare_acts(self, acts: dict[int, list[tuple[int, dict[str, Any]]]]) -> None:
        numbers = iter(sorted(acts))
        while chunk := list(islice(numbers, 400)):
            decisions = decided(self.db, self.view, chunk)
            classifications = classified(self.db, self.view, chunk)
            for number in chunk:
                for at, content in acts[number]:
                    payload = content["payload"]
                    is_classification = content["action"] == Action.CLASSIFY
                    stored = (classifications if is_classification else decisions).get((number, payload["ordinal"]))
                    self.classifications += is_classification
                    self.decisions += not is_classification
                    if stored is None:
                        self.report.fault(f"contribution {number}: act {payload['ordinal']} is gone (entry {at})")
                    elif stored[0] != [
                        content["actor"],
                        content["recorded"],
                        *act(payload, content["action"]),
                    ]:
                        self.report.fault(
                            f"contribution {number}: act {payload['ordinal']} is not what entry {at} says"
                        )
                    elif not is_classification:
                        self._compare_note(number, payload, stored, at)

    def _compare_note(self, number: int, payload: dict[str, Any], stored: tuple[Any, ...], at: int) -> None:
        _, note, salt = stored
        if salt is None:
            if note is not None or self.state.status[number] != STATUSES.index(Status.ERASED):
                self.report.fault(f"contribution {number}: the note of act {payload['ordinal']} lost its salt")
        elif log.fingerprint(salt, note) != payload["commitments"]["note"]:
            self.report.fault(f"contribution {number}: the note of act {payload['ordinal']} is not that of entry {at}")

    def finish(self) -> None:
        """Compare what stands now: states, themes, acts without an entry, figures."""
        self._compare_published()
        for reader in (self.standings, self.seatings, self.echoes, self.sheets):
            for fault in reader.faults(self.db, self.view):
                self.report.fault(fault)
        self._compare_now()
        self._compare_mentions()
        base = table_of(Contribution)
        for model, said in ((Decision, self.decisions), (Classification, self.classifications)):
            count = self.db.execute(
                select(func.count())
                .select_from(model)
                .join(base, base.c.id == model.contribution_id)
                .where(base.c.consultation_id == self.view.id)
            ).scalar_one()
            if count != said:
                self.report.fault(f"table {model.__tablename__}: {count} rows, the entries say {said}")
        self._compare_tally()

    def _compare_published(self) -> None:
        for subject, (at, said) in self.published.items():
            if published.of_subject(self.db, self.view.id, subject) != said:
                self.report.fault(f"{subject}: its texts are not what entry {at} says")

    def _compare_now(self) -> None:
        base, last, seen = table_of(Contribution).c, 0, 0
        while True:
            rows = self.db.execute(
                select(base.number, base.status, base.theme_id, base.ordinal, base.confirmed, base.awaiting_review)
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
            self.report.fault(f"table contributions: {seen} rows, the entries say {len(self.state.status) - 1}")

    def _compare_state(
        self, number: int, status: Status, theme_id: int | None, ordinal: int, confirmed: bool, awaiting: bool
    ) -> None:
        s = self.state
        if number >= len(s.status):
            self.report.fault(f"contribution {number}: there is no entry for it")
            return
        theme = self.view.theme_by_id(theme_id)
        in_force = (status, s.slot(theme.slug if theme else None), ordinal, confirmed, awaiting)
        flags = s.flags[number]
        said = (STATUSES[s.status[number]], s.theme[number], s.ordinal[number], bool(flags & 2), bool(flags & 1))
        if in_force != said:
            self.report.fault(f"contribution {number}: stands as {in_force}, the entries say {said}")
        if (s.missing[number] >> 16) & ~s.missing[number]:
            self.report.fault(f"contribution {number}: a salt was destroyed without an entry")

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
                self.report.fault(f"contribution {number}: its secondary themes are not what the entries say")

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
                self.report.fault(f"tally {'/'.join(map(str, cell[1:]))}: {stored[cell]}, counted {counted[cell]}")
