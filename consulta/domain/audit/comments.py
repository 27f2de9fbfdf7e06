"""What the entries say of support for comments and of reports of them, against the tables; and their counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from consulta.domain.comments import flags, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.comments import Comment, Report, Support
from consulta.models.contributions import Contribution, Status

_C = table_of(Contribution).c
_K = table_of(Comment)
_S = table_of(Support)
_R = table_of(Report)
SIGN = {Action.SUPPORT: 1, Action.TAKE_BACK_SUPPORT: -1}
ROUND = 2**64


class Echoes:
    """Reads the entries one by one; ``faults`` names what the tables say otherwise.

    Of the supports of a comment it keeps their number and a sum of their commitments, not each of them.
    """

    def __init__(self) -> None:
        self.count: Counter[int] = Counter()
        self.sum: Counter[int] = Counter()
        self.reports: set[str] = set()
        self.wrong: list[str] = []

    def support(self, action: Action, number: int, payload: dict[str, Any]) -> None:
        """Somebody supports a comment, or no longer."""
        self.count[number] += SIGN[action]
        self.sum[number] = (self.sum[number] + SIGN[action] * _weight(payload["mark"])) % ROUND

    def rows(self, db: Session, view: ConsultationView, piece: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
        """The stored reports of which a piece of entries speaks, by their public identifier."""
        refs = [content["subject"][7:] for _at, content in piece if content["subject"].startswith("report/")]
        if not refs:
            return {}
        query = select(_R, _C.number, _C.status).join(table_of(Contribution), _C.id == _R.c.comment_id)
        rows = db.execute(query.where(_R.c.ref.in_(refs), _C.consultation_id == view.id)).mappings()
        return {row["ref"]: row for row in rows}

    def report(self, ref: str, content: dict[str, Any], row: Any) -> int | None:
        """One report with its row; the number of the comment that it is about, if it can be known."""
        self.reports.add(ref)
        if row is None:
            self.wrong.append(f"report {ref}: its row is gone")
            return None
        payload, said = content["payload"], flags.fingerprints(row)
        clear = (payload["ground"], content["recorded"], payload["commitments"]["about"])
        if clear != (row["ground"].value, row["reported_on"].isoformat(), said["about"]):
            self.wrong.append(f"report {ref}: its reason, its day or its comment is not what arrived")
        if said["line"] is None and row["status"] is not Status.ERASED:
            self.wrong.append(f"report {ref}: the salt of its line is gone before its day")
        elif said["line"] is not None and said["line"] != payload["commitments"]["line"]:
            self.wrong.append(f"report {ref}: its line is not what arrived")
        number: int = row["number"]
        return number

    def faults(self, db: Session, view: ConsultationView) -> list[str]:
        """What does not fit."""
        mine = select(func.count()).select_from(_R.join(table_of(Contribution), _C.id == _R.c.comment_id))
        stored = db.execute(mine.where(_C.consultation_id == view.id)).scalar_one()
        if stored > len(self.reports):
            self.wrong.append(f"table reports: {stored} rows, the entries say {len(self.reports)}")
        return self.wrong + self._supports(db, view) + _counts(db, view)

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


def _weight(commitment: str) -> int:
    return int.from_bytes(hashlib.sha256(commitment.encode()).digest()[:8])


def _counts(db: Session, view: ConsultationView) -> list[str]:
    """Whether what is shown as a comment is published, and how many replies are shown under each."""
    reply: Any = aliased(_K, name="reply")
    count = select(func.count()).where(reply.c.parent_id == _K.c.id, reply.c.shown).correlate(_K).scalar_subquery()
    shown = _C.status == Status.PUBLISHED
    rows = db.execute(
        select(_C.number)
        .join(_K, _K.c.id == _C.id)
        .where(_C.consultation_id == view.id, (_K.c.shown != shown) | (_K.c.replies != count))
        .order_by(_C.number)
    ).scalars()
    return [f"contribution {n}: where it stands as a comment, or its count of replies, is not true" for n in rows]
