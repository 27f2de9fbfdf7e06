"""A contribution arrives, and its status moves. There is no other way in, and no other way to set a status."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.models.consultations import Consultation, Theme
from consulta.models.contributions import Channel, Contribution, Contributor, Kind, Status
from consulta.models.moderation import Mention
from consulta.models.opinions import Opinion

from . import ledger, results, search
from .consultations import ConsultationView, ThemeView
from .errors import NotFound
from .ledger import Action

CONTACT_DAYS = 365
"""Contact data go 12 months after sending at the latest (30 days after the plan's approval, once a plan is approved)."""


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


def sha256(value: str) -> bytes:
    """SHA-256 of a text; of submission keys and codes the database keeps only this."""
    return hashlib.sha256(value.encode()).digest()


def admit(
    db: Session, consultation: ConsultationView, incoming: Sequence[Admission], *, today: date, actor: str
) -> list[Admitted]:
    """Store contributions with their commitments, figures and ledger entries; at most 200 at a time.

    The counter is the first lock taken and gives numbers without a gap, for a transaction that fails gives its back.
    """
    count = len(incoming)
    last = db.execute(
        update(Consultation)
        .where(Consultation.id == consultation.id)
        .values(last_number=Consultation.last_number + count)
        .returning(Consultation.last_number)
    ).scalar_one()
    review_by = today + timedelta(days=int(consultation.settings["review_days"]))
    answer_by = today + timedelta(days=int(consultation.settings["answer_days"]))
    rows = []
    for number, one in enumerate(incoming, start=last - count + 1):
        rows.append(
            {
                "consultation_id": consultation.id, "number": number, "kind": one.kind, "channel": one.channel,
                "status": one.status, "theme_id": one.theme.id if one.theme else None, "title": one.title,
                "title_salt": ledger.new_salt(), "department": one.department, "department_salt": ledger.new_salt(),
                "received_on": one.received_on, "review_by": review_by, "answer_by": answer_by, "confirmed": False,
                "awaiting_review": one.status is not Status.WITHDRAWN, "ordinal": 0,
                "submission_hash": one.submission_hash, "folio_hash": one.folio_hash,
                "content_hash": one.content_hash, "held_cause": one.held_cause, "source": one.source,
                "external_id": one.external_id, "import_id": one.import_id, "intake_salt": ledger.new_salt(),
            }  # fmt: skip
        )
    table: Any = Contribution.__table__
    ids = db.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows).scalars().all()
    texts = [
        {"id": id_, "body": one.body, "body_salt": ledger.new_salt()} for id_, one in zip(ids, incoming, strict=True)
    ]
    db.execute(insert(Opinion.__table__), texts)  # type: ignore[arg-type]
    contact_until = today + timedelta(days=CONTACT_DAYS)
    people = [_contributor(id_, one, contact_until) for id_, one in zip(ids, incoming, strict=True)]
    db.execute(insert(Contributor), people)
    for one, row, words, person in zip(incoming, rows, texts, people, strict=True):
        results.move(db, None, _facts(consultation, one))
        record(
            db, consultation, actor=actor, action=Action.RECEIVE, number=int(row["number"]), recorded=today,
            payload={
                "kind": one.kind.value, "channel": one.channel.value, "theme": one.theme.slug if one.theme else None,
                "received": one.received_on.isoformat(), "review_by": review_by.isoformat(),
                "answer_by": answer_by.isoformat(), "status": one.status.value, "confirmed": False,
                **({"rule": "after"} if one.status is Status.PUBLISHED else {}),
                "commitments": commitments({**row, **words, **person}),
            },
        )  # fmt: skip
    shown = [(id_, one) for id_, one in zip(ids, incoming, strict=True) if one.status is Status.PUBLISHED]
    for id_, one in shown:
        search.add(db, consultation, contribution_id=id_, title=one.title, body=one.body, theme=one.theme,
                   department=one.department, kind=one.kind)  # fmt: skip
    return [
        Admitted(id=id_, number=int(row["number"]), review_by=review_by, answer_by=answer_by)
        for id_, row in zip(ids, rows, strict=True)
    ]


def commitments(row: dict[str, Any]) -> dict[str, str]:
    """The commitment of every erasable or internal field, from a row that joins a contribution with its tables."""
    return {
        field: ledger.commitment(row[f"{field}_salt"], value) for field, value in committed(row).items()
    }


def committed(row: dict[str, Any]) -> dict[str, Any]:
    """The value behind each commitment; ``intake`` gathers what is internal and never erased."""
    return {
        "title": row["title"],
        "body": row["body"],
        "department": row["department"],
        "intake": [
            row["submission_hash"].hex() if row["submission_hash"] else None,
            row["folio_hash"].hex() if row["folio_hash"] else None,
            row["content_hash"].hex() if row["content_hash"] else None,
            row["held_cause"], row["source"], row["external_id"], row["import_id"],
        ],
        "name": [row["name"], bool(row["publish_name"])],
        "email": [row["email"], row["mail_language"]],
        "taking_part_as": row["taking_part_as"],
        "age_group": row["age_group"],
        "gender": row["gender"],
        "language": row["language"],
    }  # fmt: skip


def _contributor(id_: int, one: Admission, contact_until: date) -> dict[str, Any]:
    values = {
        "contribution_id": id_, "name": one.name, "publish_name": one.publish_name, "email": one.email,
        "mail_language": one.mail_language, "taking_part_as": one.taking_part_as, "age_group": one.age_group,
        "gender": one.gender, "language": one.language, "erase_contact_on": contact_until,
    }  # fmt: skip
    salts = {f"{field}_salt": ledger.new_salt() for field in ("name", "email", *results.TRAITS)}
    return {**values, **salts}


def _facts(consultation: ConsultationView, one: Admission) -> results.Facts:
    return results.Facts(
        consultation_id=consultation.id, kind=one.kind, status=one.status, theme=one.theme.slug if one.theme else "",
        confirmed=False, day=one.received_on, channel=one.channel.value, department=one.department or "",
        taking_part_as=one.taking_part_as or "", age_group=one.age_group or "", gender=one.gender or "",
        language=one.language or "",
    )  # fmt: skip


def record(
    db: Session, consultation: ConsultationView, *, actor: str, action: Action, number: int,
    recorded: date | datetime, payload: dict[str, Any],
) -> None:  # fmt: skip
    """Collect the ledger entry of an act upon one contribution."""
    ledger.append(
        db, log_id=consultation.log_id, origin=consultation.origin, actor=actor, action=action,
        subject=f"contribution/{number}", payload=payload, recorded=recorded,
    )  # fmt: skip


def facts_of(db: Session, contribution_ids: Iterable[int]) -> dict[int, results.Facts]:
    """The facts of contributions as they are stored now, by id."""
    ids = list(contribution_ids)
    query = (
        select(
            Contribution.id, Contribution.consultation_id, Contribution.kind, Contribution.status,
            Theme.slug, Contribution.confirmed, Contribution.received_on, Contribution.channel,
            Contribution.department, Contributor.taking_part_as, Contributor.age_group, Contributor.gender,
            Contributor.language,
        )
        .join(Contributor, Contributor.contribution_id == Contribution.id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .where(Contribution.id.in_(ids))
    )  # fmt: skip
    mentions: dict[int, list[str]] = {}
    for id_, slug in db.execute(
        select(Mention.contribution_id, Theme.slug)
        .join(Theme, Theme.id == Mention.theme_id)
        .where(Mention.contribution_id.in_(ids))
        .order_by(Theme.position)
    ):
        mentions.setdefault(id_, []).append(slug)
    return {
        row.id: results.Facts(
            consultation_id=row.consultation_id, kind=row.kind, status=row.status, theme=row.slug or "",
            confirmed=row.confirmed, day=row.received_on, channel=row.channel.value, department=row.department or "",
            taking_part_as=row.taking_part_as or "", age_group=row.age_group or "", gender=row.gender or "",
            language=row.language or "", mentions=tuple(mentions.get(row.id, ())),
        )
        for row in db.execute(query)
    }  # fmt: skip


def change(
    db: Session, consultation: ConsultationView, *, contribution_id: int, status: Status | None = None,
    awaiting: bool | None = None, confirmed: bool | None = None, theme: ThemeView | None = None,
    mentions: Sequence[ThemeView] | None = None, classify: bool = False,
) -> None:  # fmt: skip
    """Move one contribution's status, confirmation or themes, with its figures and its place in search.

    The caller has locked the row by a conditional UPDATE and records the ledger entry.
    """
    before = facts_of(db, [contribution_id])[contribution_id]
    values: dict[str, Any] = {}
    if status is not None:
        values["status"] = status
    if awaiting is not None:
        values["awaiting_review"] = awaiting
    if confirmed is not None:
        values["confirmed"] = confirmed
    if classify:
        values["theme_id"] = theme.id if theme else None
        db.execute(delete(Mention).where(Mention.contribution_id == contribution_id))
        if mentions:
            db.execute(
                insert(Mention), [{"contribution_id": contribution_id, "theme_id": m.id} for m in mentions]
            )
    table: Any = Contribution.__table__
    db.execute(update(table).where(table.c.id == contribution_id).values(**values))
    after = facts_of(db, [contribution_id])[contribution_id]
    results.move(db, before, after)
    search.refresh(db, consultation, contribution_id)


@dataclass(frozen=True)
class Row:
    """What an act upon a contribution needs to know of it."""

    id: int
    consultation_id: int
    number: int
    status: Status
    awaiting_review: bool
    ordinal: int
    theme_id: int | None


def by_number(db: Session, consultation: ConsultationView, number: int) -> Row:
    """The contribution of this number; ``NotFound`` else."""
    row = db.execute(
        select(
            Contribution.id, Contribution.consultation_id, Contribution.number, Contribution.status,
            Contribution.awaiting_review, Contribution.ordinal, Contribution.theme_id,
        ).where(Contribution.consultation_id == consultation.id, Contribution.number == number)
    ).first()  # fmt: skip
    if row is None:
        raise NotFound("No hay ningún aporte con ese número.")
    return Row(*row)


def lock(db: Session, contribution_id: int, *, status: Status) -> bool:
    """Take the row if it still has this status; on PostgreSQL this waits for whoever has it."""
    table: Any = Contribution.__table__
    done = db.execute(
        update(table).where(table.c.id == contribution_id, table.c.status == status).values(status=status)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_mentions(db: Session, contribution_id: int) -> None:
    """Take away the secondary themes of what is being erased."""
    db.execute(delete(Mention).where(Mention.contribution_id == contribution_id))
