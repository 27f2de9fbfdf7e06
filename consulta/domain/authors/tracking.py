"""Following a contribution by its code: every step in four words, each decision with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, targets
from consulta.domain.contributions.targets import On
from consulta.domain.moderation import history
from consulta.domain.moderation.history import Step
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Contributor, Erasure, Kind, Status

from . import rights


@dataclass(frozen=True)
class Followed:
    """All that the holder of a code sees."""

    folio: str
    consultation: ConsultationView
    number: int
    kind: Kind
    status: Status
    title: str | None
    body: str | None
    theme_id: int | None
    received_on: date
    review_by: date
    answer_by: date
    awaiting_review: bool
    name: str | None
    publish_name: bool
    has_email: bool
    confirmed: bool
    erase_due: datetime | None
    steps: list[Step]
    on: On | None = None


def follow(db: Session, folio: str) -> Followed:
    """The contribution of a code with its history; ``NotFound`` for an unknown one."""
    mine = rights.own(db, folio)
    query = targets.with_target(
        bodies.with_body(
            select(
                Contribution.kind,
                Contribution.title,
                bodies.BODY,
                Contribution.theme_id,
                Contribution.received_on,
                Contribution.review_by,
                Contribution.answer_by,
                Contribution.confirmed,
                Contributor.name,
                Contributor.publish_name,
                Contributor.email,
                Erasure.due_at,
                *targets.COLUMNS,
            )
            .select_from(table_of(Contribution))
            .join(Contributor, Contributor.contribution_id == Contribution.id)
            .outerjoin(Erasure, Erasure.contribution_id == Contribution.id)
        )
    ).where(Contribution.id == mine.id)
    r = db.execute(query).one()
    steps = history.history(db, mine.consultation, mine.id)
    decided = any(step.kind != "classify" for step in steps)  # then it waits for a report, which is not its author's
    return Followed(
        folio=folio,
        consultation=mine.consultation,
        number=mine.number,
        kind=r.kind,
        status=mine.status,
        title=r.title,
        body=r.body,
        theme_id=r.theme_id,
        received_on=r.received_on,
        review_by=r.review_by,
        answer_by=r.answer_by,
        awaiting_review=mine.awaiting_review and not decided,
        name=r.name,
        publish_name=r.publish_name,
        has_email=bool(r.email),
        confirmed=r.confirmed,
        erase_due=r.due_at,
        on=targets.on_of(r),
        steps=steps,
    )
