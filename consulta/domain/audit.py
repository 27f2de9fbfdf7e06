"""``ledger check``: the chain, the tables against the entries, the figures recounted. It names what does not fit.

One pass over the entries with a few bytes of state per contribution, so a million entries fit into 200 MB.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.models.accounts import Pseudonym
from consulta.models.consultations import Reason, Theme
from consulta.models.contributions import Contribution, Contributor, Status
from consulta.models.ledger import Entry, Log
from consulta.models.moderation import Classification, Decision, DecisionNote, Mention
from consulta.models.opinions import Opinion
from consulta.models.results import Tally

from . import contributions, ledger, results
from .consultations import ConsultationView
from .ledger import Action

PIECE = 1000
STATUSES = list(Status)
FIELDS = ("title", "body", "department", "intake", "name", "email", *results.TRAITS)
GONE_WITH = {
    Action.ERASE: frozenset(FIELDS) - {"intake"},
    Action.REMOVE_NAME: frozenset({"name"}),
    Action.ERASE_EMAIL: frozenset({"email"}),
}
AFTER_REVIEW = frozenset({Action.PUBLISH, Action.REJECT, Action.WITHDRAW, Action.ASK_ERASURE, Action.ERASE})


@dataclass
class Report:
    """What was checked and what does not fit."""

    log: str
    entries: int = 0
    head: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return not self.faults

    def fault(self, text: str) -> None:
        """Note a fault; after a hundred only that there are more."""
        if len(self.faults) < 100:
            self.faults.append(text)


@dataclass
class _State:
    """By contribution number: what the entries say, in a few bytes each. ``missing``: fields whose salt is gone."""

    status: array[int] = field(default_factory=lambda: array("b", [-1]))
    theme: array[int] = field(default_factory=lambda: array("b", [-1]))
    ordinal: array[int] = field(default_factory=lambda: array("i", [0]))
    flags: array[int] = field(default_factory=lambda: array("b", [0]))
    missing: array[int] = field(default_factory=lambda: array("i", [0]))
    mentions: dict[int, frozenset[str]] = field(default_factory=dict)


def check(db: Session, log_id: int, *, consultation: ConsultationView | None, expected_head: str | None = None) -> Report:
    """Check one log; with ``expected_head`` (noted down earlier) also that no tail was cut off."""
    origin, length, head = db.execute(select(Log.origin, Log.length, Log.head).where(Log.id == log_id)).one()
    report = Report(log=origin)
    auditor = _Auditor(db, consultation, report) if consultation else None
    value, position, seen_head = ledger.GENESIS, 0, expected_head in (None, ledger.GENESIS.hex())
    for piece in _pieces(db, log_id):
        parsed = []
        for at, text, stored in piece:
            position += 1
            if at != position:
                report.fault(f"entry {position}: missing (found {at})")
                position = at
            value = ledger.next_head(value, text)
            if value != stored:
                report.fault(f"entry {at}: its bytes or its chain were changed")
                value = stored
            seen_head = seen_head or value.hex() == expected_head
            parsed.append((at, _parse(report, at, text)))
        if auditor:
            auditor.entries([(at, content) for at, content in parsed if content])
    if (position, value) != (length, head):
        report.fault(f"log {origin}: its head says {length} entries, there are {position}, or the hash differs")
    if not seen_head:
        report.fault(f"log {origin}: no entry ever made the head {expected_head}: the tail was cut or changed")
    if auditor:
        auditor.finish()
    report.entries, report.head = position, head.hex()
    return report


def _pieces(db: Session, log_id: int) -> Iterator[Sequence[Any]]:
    """Entries in pieces by position; a fresh query a piece, so that no driver holds a million rows."""
    last = 0
    while True:
        query = select(Entry.position, Entry.entry, Entry.head).where(Entry.log_id == log_id, Entry.position > last)
        piece = db.execute(query.order_by(Entry.position).limit(PIECE)).all()
        if not piece:
            return
        yield piece
        last = piece[-1].position


def _parse(report: Report, at: int, text: str) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(text)
    except ValueError:
        report.fault(f"entry {at}: not JSON")
        return None
    return content


class _Auditor:
    """Compares the tables of one consultation with what its entries say."""

    def __init__(self, db: Session, consultation: ConsultationView, report: Report) -> None:
        self.db, self.view, self.report = db, consultation, report
        self.slugs = [t.slug for t in consultation.themes]
        self.state = _State()
        self.decisions = self.classifications = 0

    def entries(self, piece: list[tuple[int, dict[str, Any]]]) -> None:
        """Replay a piece, then compare the rows that it touched."""
        received: dict[int, tuple[int, dict[str, Any]]] = {}
        acts: dict[int, list[tuple[int, dict[str, Any]]]] = {}
        for at, content in piece:
            subject, _, key = content["subject"].partition("/")
            if subject != "contribution":
                continue
            number, action = int(key), Action(content["action"])
            if action is Action.RECEIVE:
                received[number] = (at, content)
            elif action in (Action.PUBLISH, Action.REJECT, Action.CLASSIFY):
                acts.setdefault(number, []).append((at, content))
            self._replay(number, action, content["payload"], at)
        if received:
            self._compare_received(received)
        if acts:
            self._compare_acts(acts)

    def _replay(self, number: int, action: Action, payload: dict[str, Any], at: int) -> None:
        s = self.state
        if action is Action.RECEIVE:
            if number != len(s.status):
                self.report.fault(f"entry {at}: contribution {number} is out of order")
            while len(s.status) <= number:
                for column, empty in ((s.status, -1), (s.theme, -1), (s.ordinal, 0), (s.flags, 0), (s.missing, 0)):
                    column.append(empty)
            s.flags[number] = 0 if payload["status"] == Status.WITHDRAWN else 1
            s.theme[number] = self._slot(payload["theme"])
        elif number >= len(s.status) or s.status[number] < 0:
            self.report.fault(f"entry {at}: contribution {number} was never received")
            return
        if "status" in payload:
            s.status[number] = STATUSES.index(Status(payload["status"]))
        if "ordinal" in payload:
            if payload["ordinal"] != s.ordinal[number] + 1:
                self.report.fault(f"entry {at}: act {payload['ordinal']} upon contribution {number} is out of order")
            s.ordinal[number] = payload["ordinal"]
        if action is Action.CLASSIFY:
            s.theme[number] = self._slot(payload["theme"])
            s.mentions[number] = frozenset(payload["mentions"])
        if action in AFTER_REVIEW:
            s.flags[number] &= ~1
        if action is Action.TAKE_BACK_ERASURE:
            s.flags[number] = (s.flags[number] & ~1) | bool(payload["awaiting"])
        if action is Action.CONFIRM:
            s.flags[number] |= 2
        gone = frozenset(payload["fields"]) if action is Action.EXPIRE else GONE_WITH.get(action, frozenset())
        for name in gone:
            s.missing[number] |= 1 << FIELDS.index(name)
        if action is Action.ERASE:
            s.mentions.pop(number, None)

    def _slot(self, slug: str | None) -> int:
        return self.slugs.index(slug) if slug in self.slugs else -1

    def _compare_received(self, received: dict[int, tuple[int, dict[str, Any]]]) -> None:
        rows = {row["number"]: row for row in self._rows(min(received), max(received))}
        for number, (at, content) in received.items():
            row = rows.get(number)
            if row is None:
                self.report.fault(f"contribution {number}: its row is gone (entry {at})")
                continue
            said = content["payload"]
            clear = {
                "kind": row["kind"].value, "channel": row["channel"].value, "received": row["received_on"].isoformat(),
                "review_by": row["review_by"].isoformat(), "answer_by": row["answer_by"].isoformat(),
            }  # fmt: skip
            for name, value in clear.items():
                if said[name] != value:
                    self.report.fault(f"contribution {number}: {name} is {value}, entry {at} says {said[name]}")
            self._compare_commitments(number, row, said["commitments"], at)

    def _compare_commitments(self, number: int, row: dict[str, Any], said: dict[str, str], at: int) -> None:
        values = contributions.committed(row)
        for name in FIELDS:
            salt = row[f"{name}_salt"]
            if salt is None:
                self.state.missing[number] ^= 1 << (16 + FIELDS.index(name))
                if values[name] not in (None, [None, False], [None, None]):
                    self.report.fault(f"contribution {number}: {name} stands there though its salt is gone")
            elif ledger.commitment(salt, values[name]) != said[name]:
                self.report.fault(f"contribution {number}: {name} is not what arrived (entry {at})")

    def _rows(self, first: int, last: int) -> list[dict[str, Any]]:
        base: Any = Contribution.__table__
        opinion: Any = Opinion.__table__
        person: Any = Contributor.__table__
        query = (
            select(base, opinion.c.body, opinion.c.body_salt, *[c for c in person.c if c.name != "contribution_id"])
            .join(opinion, opinion.c.id == base.c.id)
            .join(person, person.c.contribution_id == base.c.id)
            .where(base.c.consultation_id == self.view.id, base.c.number.between(first, last))
        )
        return [dict(row) for row in self.db.execute(query).mappings()]

    def _compare_acts(self, acts: dict[int, list[tuple[int, dict[str, Any]]]]) -> None:
        numbers = iter(sorted(acts))
        while chunk := list(islice(numbers, 400)):
            decided, classified = self._decided(chunk), self._classified(chunk)
            for number in chunk:
                for at, content in acts[number]:
                    payload = content["payload"]
                    is_classification = content["action"] == Action.CLASSIFY
                    stored = (classified if is_classification else decided).get((number, payload["ordinal"]))
                    self.classifications += is_classification
                    self.decisions += not is_classification
                    if stored is None:
                        self.report.fault(f"contribution {number}: act {payload['ordinal']} is gone (entry {at})")
                    elif stored[0] != [content["actor"], content["recorded"], *_act(payload, content["action"])]:
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
        elif ledger.commitment(salt, note) != payload["commitments"]["note"]:
            self.report.fault(f"contribution {number}: the note of act {payload['ordinal']} is not that of entry {at}")

    def _decided(self, numbers: list[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
        base: Any = Contribution.__table__
        query = (
            select(
                base.c.number, Decision.ordinal, Decision.verdict, Decision.decided_at, Pseudonym.name, Reason.code,
                Reason.version, DecisionNote.note, DecisionNote.note_salt,
            )
            .join(base, base.c.id == Decision.contribution_id)
            .outerjoin(Reason, Reason.id == Decision.reason_id)
            .outerjoin(DecisionNote, DecisionNote.decision_id == Decision.id)
            .outerjoin(
                Pseudonym,
                (Pseudonym.account_id == Decision.account_id) & (Pseudonym.consultation_id == self.view.id),
            )
            .where(base.c.consultation_id == self.view.id, base.c.number.in_(numbers))
        )  # fmt: skip
        return {
            (r.number, r.ordinal): (
                [
                    r.name, r.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"), f"contribution:{r.verdict.value}",
                    f"{r.code}@{r.version}" if r.code else None,
                ],
                r.note, r.note_salt,
            )
            for r in self.db.execute(query)
        }  # fmt: skip

    def _classified(self, numbers: list[int]) -> dict[tuple[int, int], tuple[Any, ...]]:
        base: Any = Contribution.__table__
        query = (
            select(
                base.c.number, Classification.ordinal, Classification.mentions, Classification.decided_at,
                Pseudonym.name, Theme.slug,
            )
            .join(base, base.c.id == Classification.contribution_id)
            .outerjoin(Theme, Theme.id == Classification.theme_id)
            .outerjoin(
                Pseudonym,
                (Pseudonym.account_id == Classification.account_id) & (Pseudonym.consultation_id == self.view.id),
            )
            .where(base.c.consultation_id == self.view.id, base.c.number.in_(numbers))
        )  # fmt: skip
        return {
            (r.number, r.ordinal): (
                [r.name, r.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "contribution:classify", r.slug, r.mentions],
            )
            for r in self.db.execute(query)
        }

    def finish(self) -> None:
        """Compare what stands now: states, themes, acts without an entry, figures."""
        self._compare_now()
        base: Any = Contribution.__table__
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

    def _compare_now(self) -> None:
        s, base, last = self.state, Contribution.__table__.c, 0
        mentions: dict[int, set[str]] = {}
        for number, slug in self.db.execute(
            select(base.number, Theme.slug)
            .join(Mention, Mention.contribution_id == base.id)
            .join(Theme, Theme.id == Mention.theme_id)
            .where(base.consultation_id == self.view.id)
        ):
            mentions.setdefault(number, set()).add(slug)
        if {n: frozenset(m) for n, m in mentions.items()} != {n: m for n, m in s.mentions.items() if m}:
            self.report.fault("table mentions: it is not what the entries say")
        seen = 0
        while True:
            rows = self.db.execute(
                select(base.number, base.status, base.theme_id, base.ordinal, base.confirmed, base.awaiting_review)
                .where(base.consultation_id == self.view.id, base.number > last)
                .order_by(base.number)
                .limit(5000)
            ).all()
            if not rows:
                break
            for number, status, theme_id, ordinal, confirmed, awaiting in rows:
                seen += 1
                if number >= len(s.status):
                    self.report.fault(f"contribution {number}: there is no entry for it")
                    continue
                theme = self.view.theme_by_id(theme_id)
                stands = (status, self._slot(theme.slug if theme else None), ordinal, confirmed, awaiting)
                said = (
                    STATUSES[s.status[number]], s.theme[number], s.ordinal[number], bool(s.flags[number] & 2),
                    bool(s.flags[number] & 1),
                )  # fmt: skip
                if stands != said:
                    self.report.fault(f"contribution {number}: stands as {stands}, the entries say {said}")
                if (s.missing[number] >> 16) & ~s.missing[number]:
                    self.report.fault(f"contribution {number}: a salt was destroyed without an entry")
            last = rows[-1].number
        if seen != len(s.status) - 1:
            self.report.fault(f"table contributions: {seen} rows, the entries say {len(s.status) - 1}")

    def _compare_tally(self) -> None:
        stored = Counter(
            {tuple(r)[:-1]: r.n for r in self.db.execute(select(*Tally.__table__.c).where(Tally.consultation_id == self.view.id)) if r.n}
        )
        counted: Counter[Any] = Counter()
        for cell, n in recount(self.db, self.view):
            counted[cell] += n
        for cell in sorted(set(stored) | set(counted)):
            if stored[cell] != counted[cell]:
                self.report.fault(f"tally {'/'.join(map(str, cell[1:]))}: {stored[cell]}, counted {counted[cell]}")


def _act(payload: dict[str, Any], action: str) -> list[Any]:
    if action == Action.CLASSIFY:
        return [action, payload["theme"], payload["mentions"]]
    return [action, payload["reason"]]


def recount(db: Session, consultation: ConsultationView) -> Iterator[tuple[results.Cell, int]]:
    """Every cell of the figures, counted from the contributions themselves, by grouping in the database."""
    c: Any = Contribution.__table__.c
    person: Any = Contributor.__table__.c
    mine = c.consultation_id == consultation.id
    slug = {t.id: t.slug for t in consultation.themes}
    id_ = consultation.id
    for theme, kind, status, confirmed, n in db.execute(
        select(c.theme_id, c.kind, c.status, c.confirmed, func.count()).where(mine)
        .group_by(c.theme_id, c.kind, c.status, c.confirmed)
    ):  # fmt: skip
        yield (id_, "theme", "", "", slug.get(theme, ""), kind.value, status.value, confirmed), n
    for day, status, n in db.execute(
        select(c.received_on, c.status, func.count()).where(mine).group_by(c.received_on, c.status)
    ):
        yield (id_, "day", "", day.isoformat(), "", "", status.value, False), n
    columns = {"channel": c.channel, "department": c.department}
    columns |= {name: person[name] for name in results.TRAITS}
    for name, column in columns.items():
        query = select(column, c.kind, c.status, func.count()).where(mine).group_by(column, c.kind, c.status)
        if name in results.TRAITS:
            query = query.join(Contributor.__table__, person.contribution_id == c.id)
        for value, kind, status, n in db.execute(query):
            yield (id_, name, getattr(value, "value", value) or "", "", "", kind.value, status.value, False), n
    for theme, kind, status, n in db.execute(
        select(Mention.theme_id, c.kind, c.status, func.count()).join(Contribution.__table__, c.id == Mention.contribution_id)
        .where(mine).group_by(Mention.theme_id, c.kind, c.status)
    ):  # fmt: skip
        yield (id_, "mention", "", "", slug.get(theme, ""), kind.value, status.value, False), n
