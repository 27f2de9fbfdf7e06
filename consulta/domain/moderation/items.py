"""One contribution as the desk sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.comments import flags
from consulta.domain.comments.flags import ReceivedFlag
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import bodies, targets
from consulta.domain.contributions import status as contribution_status
from consulta.domain.contributions.targets import On, Quoted
from consulta.models.accounts import Pseudonym
from consulta.models.contributions import Channel, Contribution, Kind, Status
from consulta.models.moderation import Intake, Lease, Mention


@dataclass(frozen=True)
class Item:
    """One contribution as staff see it: no trait, no contact, no name. Of a comment also what it is ``on``, with the
    beginning of that while it is published, and what was reported about it."""

    id: int
    number: int
    kind: Kind
    title: str | None
    body: str | None
    status: Status
    awaiting_review: bool
    theme_id: int | None
    mentions: tuple[int, ...]
    channel: Channel
    department: str | None
    held_cause: str | None
    received_on: date
    review_by: date
    answer_by: date
    ordinal: int
    leased_by: str | None
    lease_is_mine: bool
    entered_by_me: bool
    on: On | None = None
    quoted: Quoted | None = None
    reports: tuple[ReceivedFlag, ...] = ()

    @property
    def reported(self) -> bool:
        """Published, and reported since a person last decided."""
        return self.status is Status.PUBLISHED and any(not one.settled for one in self.reports)


def item(db: Session, consultation: ConsultationView, number: int, *, account_id: int, now: datetime) -> Item:
    """One contribution for the desk; ``NotFound`` if the number does not exist."""
    row = contribution_status.by_number(db, consultation, number)
    found = db.execute(
        select(Contribution, Lease.account_id, Lease.until, Pseudonym.name, Intake.account_id.label("entered_by"))
        .outerjoin(Intake, Intake.contribution_id == Contribution.id)
        .outerjoin(Lease, Lease.contribution_id == Contribution.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Contribution.consultation_id),
        )
        .where(Contribution.id == row.id)
    ).one()
    c: Any = found[0]
    leased = found.until is not None and found.until > now
    mentions = db.execute(select(Mention.theme_id).where(Mention.contribution_id == row.id)).scalars().all()
    on = targets.of(db, row.id) if row.kind is Kind.COMMENT else None
    return Item(
        id=c.id,
        number=c.number,
        kind=c.kind,
        title=c.title,
        body=bodies.body(db, row.id),
        status=c.status,
        awaiting_review=c.awaiting_review,
        theme_id=c.theme_id,
        mentions=tuple(mentions),
        channel=c.channel,
        department=c.department,
        held_cause=c.held_cause,
        received_on=c.received_on,
        review_by=c.review_by,
        answer_by=c.answer_by,
        ordinal=c.ordinal,
        leased_by=found.name if leased else None,
        lease_is_mine=leased and found.account_id == account_id,
        entered_by_me=found.entered_by is not None and found.entered_by == account_id,
        on=on,
        quoted=targets.quoted(db, consultation, on.directly) if on and on.directly else None,
        reports=tuple(flags.of(db, row.id)) if on else (),
    )
