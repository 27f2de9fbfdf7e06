"""What the entries say of support for comments and of reports of them, against the tables; and their counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from consulta.domain.comments import flags, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.comments import Comment, Report, Support
from consulta.models.contributions import Contribution, Status

from .reader import Entry

_C = table_of(Contribution).c
_K = table_of(Comment)
_S = table_of(Support)
_R = table_of(Report)
SIGN = {Action.SUPPORT: 1, Action.TAKE_BACK_SUPPORT: -1}
ROUND = 2**64


class Comments:
    """Support for comments, reports of them, and their counts.

    Of the supports of a comment it keeps their number and a sum of their fingerprints, not each of them.
    """

    subjects = frozenset({"contribution", "report"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.count: Counter[int] = Counter()
        self.sum: Counter[int] = Counter()
        self.reports: dict[str, Entry] = {}

    def entry(self, entry: Entry) -> None:
        """Somebody supports a comment, or no longer, or reports it."""
        if entry.action is Action.REPORT:
            self.reports[entry.key] = entry
        elif entry.action in SIGN:
            number, sign = int(entry.key), SIGN[entry.action]
            self.count[number] += sign
            self.sum[number] = (self.sum[number] + sign * _weight(entry.payload["mark"])) % ROUND

    def faults(self) -> Iterator[str]:
        """What does not fit."""
        query = select(_R, _C.number, _C.status).join(table_of(Contribution), _C.id == _R.c.comment_id)
        said, stored = len(self.reports), 0
        for row in self.db.execute(query.where(_C.consultation_id == self.view.id)).mappings():
            stored += 1
            if (entry := self.reports.pop(row["ref"], None)) is not None:
                yield from _report(entry, row)
        yield from (f"report {ref}: its row is gone" for ref in self.reports)
        if stored > said:
            yield f"table reports: {stored} rows, the entries say {said}"
        yield from self._supports(self.db, self.view)
        yield from _counts(self.db, self.view)

    def _supports(self, db: Session, view: ConsultationView) -> list[str]:
        count: Counter[int] = Counter()
        sums: Counter[int] = Counter()
        query = select(_C.number, _S.c.mark, _S.c.salt).join(_S, _S.c.comment_id == _C.id)
        for number, mark, salt in db.execute(query.where(_C.consultation_id == view.id)):
            count[number] += 1
            sums[number] = (sums[number] + _weight(supports.fingerprint(mark, salt))) % ROUND
        counted = select(_C.number, _K.c.supports).join(_K, _K.c.id == _C.id)
        in_force = {n: k for n, k in db.execute(counted.where(_C.consultation_id == view.id)).all()}  # noqa: C416
        return [
            f"contribution {n}: {in_force.get(n, 0)} supports, {count[n]} rows of them, the entries say {self.count[n]}"
            for n in sorted(in_force.keys() | count.keys() | self.count.keys())
            if not (in_force.get(n, 0) == count[n] == self.count[n] and sums[n] == self.sum[n])
        ]


def _report(entry: Entry, row: RowMapping) -> Iterator[str]:
    """One report, against its row."""
    name, payload = f"report {entry.key}", entry.payload
    said = flags.fingerprints(dict(row))
    clear = (payload["ground"], entry.recorded, payload["commitments"]["about"])
    if clear != (row["ground"].value, row["reported_on"].isoformat(), said["about"]):
        yield f"{name}: its reason, its day or its comment is not what arrived"
    if said["line"] is None and row["status"] is not Status.ERASED:
        yield f"{name}: the salt of its line is gone before its day"
    elif said["line"] is not None and said["line"] != payload["commitments"]["line"]:
        yield f"{name}: its line is not what arrived"


def _weight(fingerprint: str) -> int:
    return int.from_bytes(hashlib.sha256(fingerprint.encode()).digest()[:8])


def _counts(db: Session, view: ConsultationView) -> list[str]:
    """Whether what is shown as a comment is published, and how many replies are shown under each."""
    reply = _K.alias("reply")
    count = select(func.count()).where(reply.c.parent_id == _K.c.id, reply.c.shown).correlate(_K).scalar_subquery()
    shown = _C.status == Status.PUBLISHED
    rows = db.execute(
        select(_C.number)
        .join(_K, _K.c.id == _C.id)
        .where(_C.consultation_id == view.id, (_K.c.shown != shown) | (_K.c.replies != count))
        .order_by(_C.number)
    ).scalars()
    return [f"contribution {n}: where it stands as a comment, or its count of replies, is not true" for n in rows]
