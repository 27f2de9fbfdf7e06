"""The coordinator's desk: which consultations are theirs, and what needs them today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, StageView, ThemeView
from consulta.domain.notifications import faults
from consulta.domain.notifications.faults import MailFault
from consulta.models.accounts import Account, Role, RoleName
from consulta.models.base import table_of
from consulta.models.contributions import IS_WAITING, Contribution
from consulta.models.moderation import Decision
from consulta.models.news import Notice, NoticeState
from consulta.models.organizations import Organization, Standing
from consulta.models.outbox import GAVE_UP, OutboxMessage

SOON = timedelta(days=7)
MANY = 1000
"""Counts stop here: a desk needs to know that it is many, not how many."""
LATE_MAIL = timedelta(hours=1)


@dataclass(frozen=True)
class Needs:
    """What needs the coordinator. ``overdue``, ``due_soon`` and ``later`` count contributions whose promised review
    date passed, comes within a week, or comes after it; counts stop at 1,001."""

    overdue: int
    due_soon: int
    later: int
    oldest: date | None
    unattended: tuple[ThemeView, ...]
    late_mail: int
    failed_mail: int
    mail_fault: MailFault | None
    opening: tuple[StageView, ...]
    closing: tuple[StageView, ...]
    requests: int
    calls: int

    @property
    def nothing(self) -> bool:
        """Whether all is well today."""
        return not any(
            (
                self.overdue,
                self.due_soon,
                self.later,
                self.unattended,
                self.late_mail,
                self.failed_mail,
                self.mail_fault,
                self.opening,
                self.closing,
                self.requests,
                self.calls,
            )
        )


def needs(db: Session, consultation: ConsultationView, *, now: datetime) -> Needs:
    """What needs the coordinator today; its cost does not grow with the number of contributions."""
    today, base = consultation.today(now), table_of(Contribution).c
    oldest = db.execute(
        select(base.review_by)
        .where(base.consultation_id == consultation.id, IS_WAITING)
        .order_by(base.review_by, base.id)
        .limit(1)
    ).scalar_one_or_none()
    unsent, o, n = OutboxMessage.outcome.is_(None), Organization, Notice
    return Needs(
        overdue=_waiting(db, consultation, base.review_by < today),
        due_soon=_waiting(db, consultation, base.review_by >= today, base.review_by < today + SOON),
        later=_waiting(db, consultation, base.review_by >= today + SOON),
        oldest=oldest,
        unattended=_unattended(db, consultation),
        late_mail=_some(db, select(OutboxMessage.id).where(unsent, OutboxMessage.created_at < now - LATE_MAIL)),
        failed_mail=_some(db, select(OutboxMessage.id).where(OutboxMessage.outcome == GAVE_UP)),
        mail_fault=faults.last(db),
        opening=tuple(s for s in consultation.stages if now < s.starts_at <= now + SOON),
        closing=tuple(s for s in consultation.stages if s.opens and now < s.ends_at <= now + SOON),
        requests=_some(
            db,
            select(o.id).where(
                o.consultation_id == consultation.id,
                o.asked_on.is_not(None),
                o.standing.in_((Standing.ASKED, Standing.APPEALED)),
            ),
        ),
        calls=_some(db, select(n.id).where(n.consultation_id == consultation.id, n.state == NoticeState.WAITING)),
    )


def _waiting(db: Session, consultation: ConsultationView, *conditions: ColumnElement[bool]) -> int:
    """What nobody has decided upon yet: what was reported after a decision waits, too, but its promise was kept."""
    base = table_of(Contribution).c
    decided = exists().where(Decision.contribution_id == base.id)
    return _some(db, select(base.id).where(base.consultation_id == consultation.id, IS_WAITING, ~decided, *conditions))


def _some(db: Session, query: Select[Any]) -> int:
    return db.execute(select(func.count()).select_from(query.limit(MANY + 1).subquery())).scalar_one()


def _unattended(db: Session, consultation: ConsultationView) -> tuple[ThemeView, ...]:
    """Themes for which no moderator with a live account is named; one without a theme has them all."""
    found = db.execute(
        select(Role.theme_id)
        .join(Account, Account.id == Role.account_id)
        .where(
            Role.consultation_id == consultation.id,
            Role.role == RoleName.MODERATOR,
            Role.suspended.is_(False),
            Account.suspended.is_(False),
            or_(Account.password_hash.is_not(None), Account.demo.is_(True)),
        )
    ).scalars()
    held = set(found)
    return () if None in held else tuple(t for t in consultation.themes if t.id not in held)
