"""A coordinator reminds whoever reviews of what is past its promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.models.accounts import Account, Role, RoleName
from consulta.models.base import Localized, table_of
from consulta.models.contributions import IS_WAITING, Contribution

from .waiting import MANY


@dataclass(frozen=True, kw_only=True)
class ReviewReminderMail(Mail):
    """How much waits within one's themes past what was promised."""

    template = "review_reminder"
    consultation: Localized
    slug: str
    overdue: int


def remind(db: Session, consultation: ConsultationView, *, now: datetime) -> int:
    """Write to each moderator with something overdue within their themes; how many were written to. Once a day: a
    second click, or another coordinator, writes to nobody twice."""
    event, told = f"review-reminder:{consultation.id}:{consultation.today(now)}", 0
    for account_id, language, themes in _moderators(db, consultation):
        overdue = _overdue(db, consultation, themes, now)
        to = Recipient.ACCOUNT.of(account_id)
        if not overdue or outbox.posted(db, event=event, to=to):
            continue
        mail = ReviewReminderMail(
            language=language, consultation=consultation.title, slug=consultation.slug, overdue=overdue
        )
        outbox.post_once(db, mail, event=event, to=to, now=now)
        told += 1
    return told


def _moderators(db: Session, consultation: ConsultationView) -> list[tuple[int, str, list[int] | None]]:
    """Account, language and themes (``None``: all) of whoever reviews here."""
    query = select(Account.id, Account.language, Role.theme_id).join(Role, Role.account_id == Account.id)
    mine = Role.consultation_id == consultation.id, Role.role == RoleName.MODERATOR, Role.suspended.is_(False)
    found: dict[int, tuple[str, list[int | None]]] = {}
    for id_, language, theme_id in db.execute(query.where(*mine, Account.suspended.is_(False)).order_by(Account.id)):
        found.setdefault(id_, (language, []))[1].append(theme_id)
    return [
        (id_, language, None if None in themes else [t for t in themes if t is not None])
        for id_, (language, themes) in found.items()
    ]


def _overdue(db: Session, consultation: ConsultationView, themes: list[int] | None, now: datetime) -> int:
    c = table_of(Contribution).c
    late = select(c.id).where(c.consultation_id == consultation.id, IS_WAITING, c.review_by < consultation.today(now))
    if themes is not None:
        late = late.where(c.theme_id.in_(themes) | c.theme_id.is_(None))
    return db.execute(select(func.count()).select_from(late.limit(MANY + 1).subquery())).scalar_one()
