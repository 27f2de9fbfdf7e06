"""Tables of traits, published in steps (foundations 3): a dated edition, renewed at most once a day, and only when at
least ten joined or left since. A live table would tell the traits of each who arrives, by subtraction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import digests, log
from consulta.domain.ledger.actions import Action
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.results import TraitEdition

from . import tally
from .suppression import Shown, suppressed

STEP = 10
"""How many must have joined or left since the last edition."""
CONTRIBUTIONS = "contributions"
_E = table_of(TraitEdition)
_C = table_of(Contribution)
Tables = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Edition:
    """Tables of traits as they were published: by trait its values (empty: not said) with their figures as they may be
    shown; ``total``: of how many."""

    made_on: date
    total: int
    tables: Mapping[str, Mapping[str, Shown]]


def latest(db: Session, consultation: ConsultationView, subject: str = CONTRIBUTIONS) -> Edition | None:
    """The edition in force; ``None`` until there is a first."""
    mine = (_E.c.consultation_id == consultation.id) & (_E.c.subject == subject)
    query = select(_E.c.made_on, _E.c.total, _E.c.tables).where(mine)
    row = db.execute(query.order_by(_E.c.made_on.desc()).limit(1)).first()
    return Edition(row.made_on, row.total, row.tables) if row else None


def renew(
    db: Session,
    consultation: ConsultationView,
    subject: str,
    *,
    members: Callable[[], Iterable[int]],
    tables: Callable[[], Tables],
    today: date,
) -> bool:
    """Publish the next edition, if a day went by and enough joined or left; whether it was. ``members``: the numbers of
    those who are counted; the two are only asked where they are needed."""
    mine = (_E.c.consultation_id == consultation.id) & (_E.c.subject == subject)
    last = db.execute(select(_E.c.made_on, _E.c.members).where(mine).order_by(_E.c.made_on.desc()).limit(1)).first()
    if last is not None and last.made_on >= today:
        return False
    now = _packed(members())
    before = int.from_bytes(last.members, "little") if last else 0
    if (now ^ before).bit_count() < STEP:
        return False
    counted = tables()
    row = {
        "consultation_id": consultation.id,
        "subject": subject,
        "made_on": today,
        "total": now.bit_count(),
        "members": now.to_bytes((now.bit_length() + 7) // 8, "little"),
        "tables": {name: suppressed({"": 0, **values}) for name, values in counted.items()},
    }
    db.execute(insert(_E).values(**row))
    log.note(
        db,
        consultation,
        actor=log.SYSTEM,
        action=Action.EDITION_PUBLISH,
        subject=f"edition/{subject}@{today}",
        payload={"total": row["total"], "sha256": of_edition(db, consultation.id, f"{subject}@{today}")},
        recorded=today,
    )
    return True


def of_edition(db: Session, consultation_id: int, key: str) -> str | None:
    """The digest of an edition, ``SUBJECT@DAY``, as it is stored; ``None`` if it is gone."""
    subject, _, day = key.rpartition("@")
    mine = (_E.c.consultation_id == consultation_id) & (_E.c.subject == subject)
    query = select(_E.c.total, _E.c.tables).where(mine, _E.c.made_on == date.fromisoformat(day))
    row = db.execute(query).first()
    return digests.digest({"total": row.total, "tables": row.tables}) if row else None


def renew_contributions(db: Session, consultation: ConsultationView, *, today: date) -> bool:
    """The same for the contributions of a consultation: all that arrived, but those of an annulled import, and those
    whose authors had everything erased."""
    gone = (Status.ANNULLED, Status.ERASED)

    def members() -> Iterable[int]:
        mine = (_C.c.consultation_id == consultation.id) & _C.c.status.not_in(gone)
        return db.execute(select(_C.c.number).where(mine)).scalars()

    def tables() -> Tables:
        found: dict[str, dict[str, int]] = {name: {} for name in tally.TRAITS}
        for cell in tally.read(db, consultation.id, tally.TRAITS):
            if cell.status not in gone:
                values = found[cell.dimension]
                values[cell.value] = values.get(cell.value, 0) + cell.n
        return found

    return renew(db, consultation, CONTRIBUTIONS, members=members, tables=tables, today=today)


def _packed(numbers: Iterable[int]) -> int:
    """A set of numbers as one: bit n for number n."""
    marks = bytearray()
    for number in numbers:
        if number // 8 >= len(marks):
            marks.extend(bytes(number // 8 + 1 - len(marks)))
        marks[number // 8] |= 1 << number % 8
    return int.from_bytes(marks, "little")
