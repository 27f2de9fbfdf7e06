"""A contribution arrives. There is no other way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from consulta.models.consultations import Consultation
from consulta.models.contributions import Channel, Contribution, Contributor, Kind, Status
from consulta.models.opinions import Opinion

from . import results, search
from .commitments import commitments
from .contributions import record
from .ledger import Action, new_salt
from .search import Shown
from .snapshots import ConsultationView, ThemeView

CONTACT_DAYS = 365
"""Contact data go 12 months after sending at the latest."""


_CONSULTATIONS: Any = Consultation.__table__
_TABLE: Any = Contribution.__table__
_OPINIONS: Any = Opinion.__table__
_CONTRIBUTORS: Any = Contributor.__table__
_COUNT = (
    update(_CONSULTATIONS)
    .where(_CONSULTATIONS.c.id == bindparam("consultation"))
    .values(last_number=_CONSULTATIONS.c.last_number + bindparam("count"))
    .returning(_CONSULTATIONS.c.last_number)
)
_INSERT = insert(_TABLE)
_INSERT_OPINION, _INSERT_CONTRIBUTOR = insert(_OPINIONS), insert(_CONTRIBUTORS)


@dataclass(frozen=True)
class Admission:
    """What comes in, checked already. ``folio_hash`` and ``submission_hash`` only where there is a receipt."""

    kind: Kind
    channel: Channel
    status: Status
    theme: ThemeView | None
    body: str | None
    received_on: date
    title: str | None = None
    department: str | None = None
    name: str | None = None
    publish_name: bool = False
    email: str | None = None
    mail_language: str | None = None
    taking_part_as: str | None = None
    age_group: str | None = None
    gender: str | None = None
    language: str | None = None
    folio_hash: bytes | None = None
    submission_hash: bytes | None = None
    content_hash: bytes | None = None
    held_cause: str | None = None
    source: str | None = None
    external_id: str | None = None
    import_id: int | None = None


@dataclass(frozen=True)
class Admitted:
    """What the counter and the calendar gave it."""

    id: int
    number: int
    review_by: date
    answer_by: date


def admit(
    db: Session, consultation: ConsultationView, incoming: Sequence[Admission], *, today: date, actor: str
) -> list[Admitted]:
    """Store contributions with their commitments, figures and ledger entries; at most 200 at a time.

    The counter is the first lock taken and gives numbers without a gap, for a transaction that fails gives its back.
    """
    given = {"consultation": consultation.id, "count": len(incoming)}
    last = db.connection().execute(_COUNT, given).scalar_one()
    numbers = range(last - len(incoming) + 1, last + 1)
    rows = [_contribution(consultation, one, number, today) for number, one in zip(numbers, incoming, strict=True)]
    ids = _insert(db, consultation, rows)
    texts = [{"id": id_, "body": one.body, "body_salt": new_salt()} for id_, one in zip(ids, incoming, strict=True)]
    people = [_contributor(id_, one, today) for id_, one in zip(ids, incoming, strict=True)]
    db.connection().execute(_INSERT_OPINION, texts)
    db.connection().execute(_INSERT_CONTRIBUTOR, people)
    for one, row, words, person in zip(incoming, rows, texts, people, strict=True):
        results.move(db, None, _facts(consultation, one))
        record(
            db, consultation, actor=actor, action=Action.RECEIVE, number=row["number"], recorded=today,
            payload=_payload(one, row, commitments({**row, **words, **person})),
        )  # fmt: skip
    published = [(id_, one) for id_, one in zip(ids, incoming, strict=True) if one.status is Status.PUBLISHED]
    search.add(db, consultation, [Shown(id_, o.title, o.body, o.theme, o.department, o.kind) for id_, o in published])
    return [
        Admitted(id_, row["number"], row["review_by"], row["answer_by"]) for id_, row in zip(ids, rows, strict=True)
    ]


def _insert(db: Session, consultation: ConsultationView, rows: list[dict[str, Any]]) -> Sequence[int]:
    """Ids in the order of the rows. Many go without RETURNING, whose statement of 5,000 values is slow to parse."""
    connection = db.connection()
    if len(rows) == 1:
        return connection.execute(_INSERT.returning(_TABLE.c.id), rows[0]).scalars().all()
    connection.execute(_INSERT, rows)
    mine = _TABLE.c.number.between(rows[0]["number"], rows[-1]["number"])
    query = select(_TABLE.c.id).where(_TABLE.c.consultation_id == consultation.id, mine)
    return connection.execute(query.order_by(_TABLE.c.number)).scalars().all()


def _contribution(consultation: ConsultationView, one: Admission, number: int, today: date) -> dict[str, Any]:
    return {
        "consultation_id": consultation.id, "number": number, "kind": one.kind, "channel": one.channel,
        "status": one.status, "theme_id": one.theme.id if one.theme else None, "title": one.title,
        "title_salt": new_salt(), "department": one.department, "department_salt": new_salt(),
        "received_on": one.received_on, "confirmed": False, "ordinal": 0,
        "review_by": today + timedelta(days=int(consultation.settings["review_days"])),
        "answer_by": today + timedelta(days=int(consultation.settings["answer_days"])),
        "awaiting_review": one.status is not Status.WITHDRAWN, "submission_hash": one.submission_hash,
        "folio_hash": one.folio_hash, "content_hash": one.content_hash, "held_cause": one.held_cause,
        "source": one.source, "external_id": one.external_id, "import_id": one.import_id, "intake_salt": new_salt(),
    }  # fmt: skip


def _payload(one: Admission, row: dict[str, Any], committed: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": one.kind.value, "channel": one.channel.value, "theme": one.theme.slug if one.theme else None,
        "received": one.received_on.isoformat(), "review_by": row["review_by"].isoformat(),
        "answer_by": row["answer_by"].isoformat(), "status": one.status.value, "confirmed": False,
        **({"rule": "after"} if one.status is Status.PUBLISHED else {}), "commitments": committed,
    }  # fmt: skip


def _contributor(id_: int, one: Admission, today: date) -> dict[str, Any]:
    values = {
        "contribution_id": id_, "name": one.name, "publish_name": one.publish_name, "email": one.email,
        "mail_language": one.mail_language, "taking_part_as": one.taking_part_as, "age_group": one.age_group,
        "gender": one.gender, "language": one.language, "erase_contact_on": today + timedelta(days=CONTACT_DAYS),
    }  # fmt: skip
    salts = {f"{field}_salt": new_salt() for field in ("name", "email", *results.TRAITS)}
    return {**values, **salts}


def _facts(consultation: ConsultationView, one: Admission) -> results.Facts:
    return results.Facts(
        consultation_id=consultation.id, kind=one.kind, status=one.status, theme=one.theme.slug if one.theme else "",
        confirmed=False, day=one.received_on, channel=one.channel.value, department=one.department or "",
        taking_part_as=one.taking_part_as or "", age_group=one.age_group or "", gender=one.gender or "",
        language=one.language or "",
    )  # fmt: skip
