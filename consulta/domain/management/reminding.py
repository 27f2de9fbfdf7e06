"""A coordinator reminds whoever reviews of what is past its promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.models.accounts import Account, Role, RoleName
from consulta.models.base import Localized, table_of
from consulta.models.contributions import Contribution

from .waiting import up_to_many, within


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
        late = within(consultation, themes).where(table_of(Contribution).c.review_by < consultation.today(now))
        overdue = db.execute(up_to_many(late)).scalar_one()
        to = Recipient.ACCOUNT.of(account_id)
        if not overdue or outbox.posted(db, event=event, to=to):
            continue
        mail = ReviewReminderMail(
            language=language, consultation=consultation.title, slug=consultation.slug, overdue=overdue
        )
        outbox.post_once(db, mail, event=event, to=to, now=now)
        told += 1
    return told


def _moderators(db: Session, consultation: ConsultationView) -> list[tuple[int, str, list[int | None]]]:
    """Account, language and themes (``None`` among them: all) of whoever reviews here."""
    query = select(Account.id, Account.language, Role.theme_id).join(Role, Role.account_id == Account.id)
    mine = Role.consultation_id == consultation.id, Role.role == RoleName.MODERATOR, Role.suspended.is_(False)
    found: dict[int, tuple[str, list[int | None]]] = {}
    for id_, language, theme_id in db.execute(query.where(*mine, Account.suspended.is_(False)).order_by(Account.id)):
        found.setdefault(id_, (language, []))[1].append(theme_id)
    return [(id_, language, themes) for id_, (language, themes) in found.items()]
