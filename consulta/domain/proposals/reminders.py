"""Three days before proposals are no longer taken, whoever has one unsent is told, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, String, cast, literal, or_, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView, StageView
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.rows import changed
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.organizations import OrganizationMember
from consulta.models.outbox import OutboxMessage
from consulta.models.proposals import ProposalDraft
from consulta.models.sheets import SheetVersion

BEFORE, PIECE = timedelta(days=3), 50
DELIVERED_WITHIN = timedelta(days=7)
_D = table_of(ProposalDraft)


@dataclass(frozen=True, kw_only=True)
class ReminderMail(Mail):
    """A proposal is written and not sent; ``key`` opens it for those who act for an organisation."""

    template = "reminder"
    slug: str
    last: date
    key: str | None = None
    title: str | None = None


def remind(db: Session, *, now: datetime) -> int:
    """Tell the owners of unsent drafts, at most ``PIECE`` of them; how many drafts."""
    open_ = select(Consultation.slug).where(
        Consultation.id.in_(select(_D.c.consultation_id).where(_D.c.submitted.is_(False), _D.c.reminded_on.is_(None)))
    )
    for slug in db.execute(open_).scalars().all():
        view = consultations.find(db, slug).view
        window = view.window("proposal", now)
        if window.open and window.stage is not None and window.stage.ends_at - now <= BEFORE:
            done = _remind(db, view, window.stage, now)
            if done:
                return done
    return 0


def forget(db: Session, *, now: datetime) -> int:
    """Drop addresses that no reminder will need: of what was sent, and a week after the one that went out or the day on
    which proposals were last taken; of how many drafts. Whatever is on its way to them arrives first."""
    over = [view.id for view in _with_addresses(db) if not _will_take(view, now)]
    told = _D.c.reminded_on < (now - DELIVERED_WITHIN).date()
    unneeded = or_(_D.c.contribution_id.is_not(None), told, _D.c.consultation_id.in_(over))
    o, prefix = OutboxMessage, Recipient.DRAFT.of(0).removesuffix("0")
    theirs = o.recipient == literal(prefix) + cast(_D.c.id, String)
    on_its_way = select(o.id).where(theirs, o.outcome.is_(None)).exists()
    return changed(db, update(_D).where(_D.c.email.is_not(None), unneeded, ~on_its_way).values(email=None))


def _with_addresses(db: Session) -> list[ConsultationView]:
    query = select(Consultation.slug).where(
        Consultation.id.in_(select(_D.c.consultation_id).where(_D.c.email.is_not(None)))
    )
    return [consultations.find(db, slug).view for slug in db.execute(query).scalars().all()]


def _will_take(view: ConsultationView, now: datetime) -> bool:
    """Whether proposals are taken now, later, or were taken in the last week."""
    return any(stage.ends_at > now - DELIVERED_WITHIN for stage in view.stages if "proposal" in stage.opens)


def _remind(db: Session, view: ConsultationView, stage: StageView, now: datetime) -> int:
    waiting = (_D.c.consultation_id == view.id) & _D.c.submitted.is_(False) & _D.c.reminded_on.is_(None)
    query = select(_D.c.id, _D.c.key, _D.c.organization_id, _D.c.email, _D.c.language, SheetVersion.title)
    unsent = query.join(SheetVersion, SheetVersion.sheet_id == _D.c.sheet_id).where(
        waiting, _D.c.contribution_id.is_(None)
    )
    rows = db.execute(unsent.order_by(_D.c.id).limit(PIECE)).all()
    for row in rows:
        db.execute(update(_D).where(_D.c.id == row.id).values(reminded_on=view.today(now)))
        for recipient in _whom(db, row):
            mail = ReminderMail(
                slug=view.slug,
                key=row.key if row.organization_id else None,
                title=row.title,
                language=row.language,
                last=stage.last_day,
            )
            outbox.post_once(db, mail, event=f"reminder:{row.key}", to=recipient, now=now)
    return len(rows)


def _whom(db: Session, row: Row[Any]) -> list[str]:
    if row.organization_id is None:
        return [Recipient.DRAFT.of(row.id)] if row.email else []
    m = OrganizationMember
    mine = select(m.account_id).where(m.organization_id == row.organization_id, m.wished_on.is_(None))
    return [Recipient.ACCOUNT.of(id_) for id_ in db.execute(mine).scalars()]
