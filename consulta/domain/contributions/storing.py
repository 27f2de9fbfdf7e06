"""How a contribution is put down: its row, its contributor, its text, in as few statements as there can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import new_salt
from consulta.domain.results import tally
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution, Contributor, Kind, Status
from consulta.models.opinions import Opinion

from . import bodies, latest
from .fingerprints import of_row
from .incoming import Admission

CONTACT_DAYS = 365
"""Contact data go 12 months after sending at the latest."""
_CONSULTATIONS = table_of(Consultation)
_TABLE = table_of(Contribution)
_OPINIONS = table_of(Opinion)
_CONTRIBUTORS = table_of(Contributor)
_COUNT = (
    update(_CONSULTATIONS)
    .where(_CONSULTATIONS.c.id == bindparam("consultation_id"))
    .values(last_number=_CONSULTATIONS.c.last_number + bindparam("count"))
    .returning(_CONSULTATIONS.c.last_number)
)

_INSERT, _INSERT_CONTRIBUTOR = insert(_TABLE), insert(_CONTRIBUTORS)
_INSERT_TEXT = {kind: insert(table) for kind, table in bodies.TABLES.items()}


@dataclass(frozen=True)
class Made:
    """Everything of one contribution that does not wait for its number, made before the counter is locked."""

    row: dict[str, Any]
    text: dict[str, Any]
    person: dict[str, Any]
    payload: dict[str, Any]
    facts: tally.Facts

    @classmethod
    def of(cls, consultation: ConsultationView, one: Admission, today: date) -> Made:
        row, text = _contribution(consultation, one, today), {"body": one.body, "body_salt": new_salt()}
        if one.kind is Kind.OPINION:
            text["text_hash"] = bodies.text_hash(one.title, one.body)
        text |= one.on.columns(shown=one.status is Status.PUBLISHED) if one.on else one.child
        person = _contributor(one, today)
        payload = _payload(one, row, of_row({**row, **text, **person}))
        return cls(row, text, person, payload, _facts(consultation, one))

    def values(self) -> dict[str, Any]:
        """For the one statement of PostgreSQL."""
        values = {f"new_{name}": value for name, value in {**self.row, **self.text, **self.person}.items()}
        return {**values, "consultation_id": self.row["consultation_id"], "count": 1}


def store(db: Session, consultation: ConsultationView, made: Sequence[Made]) -> list[tuple[int, int]]:
    """Ids and numbers, in the order given."""
    connection = db.connection()
    counted = {"consultation_id": consultation.id, "count": len(made)}
    last = connection.execute(_COUNT, counted).scalar_one()
    numbers = range(last - len(made) + 1, last + 1)
    rows = [{**one.row, "number": number} for number, one in zip(numbers, made, strict=True)]
    _place(db, consultation.id, rows)
    ids = _insert(connection, consultation, rows)
    texts = [{"id": id_, **one.text} for id_, one in zip(ids, made, strict=True)]
    connection.execute(_INSERT_TEXT[made[0].row["kind"]], texts)
    people = [{"contribution_id": id_, **one.person} for id_, one in zip(ids, made, strict=True)]
    connection.execute(_INSERT_CONTRIBUTOR, people)
    return list(zip(ids, numbers, strict=True))


def _place(db: Session, consultation_id: int, rows: list[dict[str, Any]]) -> None:
    """What is published at once takes its places in the order of publication."""
    shown = [row for row in rows if row["status"] is Status.PUBLISHED]
    if shown:
        first = latest.next_place(db, consultation_id)
        for n, row in enumerate(shown):
            row["published_order"] = first + n


def _insert(connection: Connection, consultation: ConsultationView, rows: list[dict[str, Any]]) -> Sequence[int]:
    """Ids in the order of the rows. Many go without RETURNING, whose statement of 5,000 values is slow to parse."""
    if len(rows) == 1:
        return connection.execute(_INSERT.returning(_TABLE.c.id), rows[0]).scalars().all()
    connection.execute(_INSERT, rows)
    mine = _TABLE.c.number.between(rows[0]["number"], rows[-1]["number"])
    query = select(_TABLE.c.id).where(_TABLE.c.consultation_id == consultation.id, mine)
    return connection.execute(query.order_by(_TABLE.c.number)).scalars().all()


def store_one(db: Session, made: Made) -> list[tuple[int, int]]:
    """On PostgreSQL the counter and three rows in one statement: others wait for the counter, so it is held briefly."""
    _place(db, made.row["consultation_id"], [made.row])
    row = db.connection().execute(_one_statement(), made.values()).one()
    return [(row.id, row.number)]


@cache
def _one_statement() -> Any:
    _counted, given, parts = storing()
    return select(given.c.id, given.c.number).add_cte(*parts)


def storing() -> tuple[Any, Any, tuple[Any, ...]]:
    """The parts of PostgreSQL's one statement: the counter, the contribution with its number, its text and contributor.

    The parameters bear a prefix, for SQLAlchemy would also put one that is named like a column into the UPDATE.
    """
    counted = _COUNT.cte("counted")
    row = {"number": counted.c.last_number, **_new(_TABLE, "id", "number")}
    given = _put(_TABLE, row).returning(_TABLE.c.id, _TABLE.c.number).cte("given")
    person = {"contribution_id": given.c.id, **_new(_CONTRIBUTORS, "contribution_id")}
    text = _put(_OPINIONS, {"id": given.c.id, **_new(_OPINIONS, "id")})
    return counted, given, (text.cte("put_text"), _put(_CONTRIBUTORS, person).cte("put_person"))


def _new(table: Any, *except_: str) -> dict[str, Any]:
    return {c.name: bindparam(f"new_{c.name}", type_=c.type) for c in table.c if c.name not in except_}


def _put(table: Any, values: dict[str, Any]) -> Any:
    return insert(table).from_select(list(values), select(*values.values()), include_defaults=False)


def _contribution(consultation: ConsultationView, one: Admission, today: date) -> dict[str, Any]:
    return {
        "consultation_id": consultation.id,
        "kind": one.kind,
        "channel": one.channel,
        "status": one.status,
        "theme_id": one.theme.id if one.theme else None,
        "title": one.title,
        "title_salt": new_salt(),
        "department": one.department,
        "department_salt": new_salt(),
        "received_on": one.received_on,
        "published_on": today if one.status is Status.PUBLISHED else None,
        "published_order": None,
        "confirmed": False,
        "ordinal": 0,
        "review_by": today + timedelta(days=int(consultation.settings["review_days"])),
        "answer_by": today + timedelta(days=int(consultation.settings["answer_days"])),
        "awaiting_review": _awaits(one),
        "submission_hash": one.submission_hash,
        "folio_hash": one.folio_hash,
        "content_hash": one.content_hash,
        "held_cause": one.held_cause,
        "source": one.source,
        "external_id": one.external_id,
        "import_id": one.import_id,
        "intake_salt": new_salt(),
    }


def _awaits(one: Admission) -> bool:
    """Whether a person is to look at it."""
    return one.status is not Status.WITHDRAWN


def _payload(one: Admission, row: dict[str, Any], committed: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "channel": one.channel.value,
        "theme": one.theme.slug if one.theme else None,
        "received": one.received_on.isoformat(),
        "review_by": row["review_by"].isoformat(),
        "answer_by": row["answer_by"].isoformat(),
        "status": one.status.value,
        "confirmed": False,
        **({"rule": "after"} if one.status is Status.PUBLISHED else {}),
        "commitments": committed,
        **({"mentions": [theme.slug for theme in one.mentions], **one.on.payload()} if one.on else {}),
    }


def _contributor(one: Admission, today: date) -> dict[str, Any]:
    values = {
        "name": one.name,
        "publish_name": one.publish_name,
        "email": one.email,
        "mail_language": one.mail_language,
        "taking_part_as": one.taking_part_as,
        "age_group": one.age_group,
        "gender": one.gender,
        "language": one.language,
        "erase_contact_on": today + timedelta(days=CONTACT_DAYS),
    }
    salts = {f"{field}_salt": new_salt() for field in ("name", "email", *tally.TRAITS)}
    return {**values, **salts}


def _facts(consultation: ConsultationView, one: Admission) -> tally.Facts:
    return tally.Facts(
        consultation_id=consultation.id,
        kind=one.kind,
        status=one.status,
        theme=one.theme.slug if one.theme else "",
        confirmed=False,
        day=one.received_on,
        channel=one.channel.value,
        department=one.department or "",
        taking_part_as=one.taking_part_as or "",
        age_group=one.age_group or "",
        gender=one.gender or "",
        language=one.language or "",
        mentions=tuple(theme.slug for theme in one.mentions),
        awaiting=_awaits(one),
    )
