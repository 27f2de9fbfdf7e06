"""The coordinator's desk: which consultations are theirs, and what needs them today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from consulta.domain.accounts.team import SIGNS_IN
from consulta.domain.consultations.snapshots import ConsultationView, StageView, ThemeView
from consulta.domain.notifications import faults
from consulta.domain.notifications.faults import MailFault
from consulta.domain.rows import together
from consulta.models.accounts import Account, Role, RoleName
from consulta.models.base import table_of
from consulta.models.contributions import IS_WAITING, Contribution
from consulta.models.moderation import Decision
from consulta.models.news import Notice, NoticeState
from consulta.models.organizations import Organization, Standing
from consulta.models.outbox import GAVE_UP, OutboxMessage

from .waiting import MANY, up_to_many

SOON = timedelta(days=7)
COUNTED = ("late_mail", "failed_mail", "requests", "calls")
LATE_MAIL = timedelta(hours=1)


@dataclass(frozen=True)
class Needs:
    """What needs the coordinator. ``overdue``, ``due_soon`` and ``later`` count contributions whose promised review
    date passed, comes within a week, or comes after it, among the 1,001 first due. ``invited``: who was asked to review
    and did not choose a password yet: account and theme, ``None`` for all.
    ``asked_on``, ``called_at``: since when the first waits."""

    overdue: int
    due_soon: int
    later: int
    oldest: date | None
    unattended: tuple[ThemeView, ...]
    invited: frozenset[tuple[int, int | None]]
    late_mail: int
    failed_mail: int
    mail_fault: MailFault | None
    opening: tuple[StageView, ...]
    closing: tuple[StageView, ...]
    requests: int
    asked_on: date | None
    calls: int
    called_at: datetime | None

    def asked_for(self, theme_id: int | None = None) -> int:
        """How many were asked to review this theme, or any, and did not come yet."""
        return len({account for account, theme in self.invited if theme_id is None or theme in (theme_id, None)})

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
    """What needs the coordinator today, in one statement; its cost does not grow with the number of contributions."""
    today = consultation.today(now)
    found = together(db, _queries(consultation, today, now))
    n = {name: rows[0]["n"] for name, rows in found.items() if name in COUNTED}
    (waiting,) = found["waiting"]
    return Needs(
        overdue=waiting["overdue"] or 0,
        due_soon=waiting["due_soon"] or 0,
        later=waiting["later"] or 0,
        oldest=next((row["review_by"] for row in found["oldest"]), None),
        unattended=_unattended(consultation, {row["theme_id"] for row in found["attended"]}),
        invited=frozenset((row["account_id"], row["theme_id"]) for row in found["invited"]),
        late_mail=n["late_mail"],
        failed_mail=n["failed_mail"],
        mail_fault=next((faults.named(row["name"]) for row in found["fault"]), None),
        opening=tuple(s for s in consultation.stages if now < s.starts_at <= now + SOON),
        closing=tuple(s for s in consultation.stages if s.opens and now < s.ends_at <= now + SOON),
        requests=n["requests"],
        asked_on=next((row["asked_on"] for row in found["asked"]), None),
        calls=n["calls"],
        called_at=next((row["changed_at"] for row in found["called"]), None),
    )


def _queries(consultation: ConsultationView, today: date, now: datetime) -> dict[str, Select[Any]]:
    base, o, n, m = table_of(Contribution).c, Organization, Notice, OutboxMessage
    mine = base.consultation_id == consultation.id
    # What nobody has decided upon yet: what was reported after a decision waits, too, but its promise was kept.
    undecided = select(base.review_by).where(mine, IS_WAITING, ~exists().where(Decision.contribution_id == base.id))
    asks = (
        o.consultation_id == consultation.id,
        o.asked_on.is_not(None),
        o.standing.in_((Standing.ASKED, Standing.APPEALED)),
    )
    calls = n.consultation_id == consultation.id, n.state == NoticeState.WAITING
    return {
        "waiting": _by_promise(undecided, today),
        "oldest": select(base.review_by).where(mine, IS_WAITING).order_by(base.review_by, base.id).limit(1),
        "attended": _attended(consultation),
        "invited": _invited(consultation),
        "late_mail": up_to_many(select(m.id).where(m.outcome.is_(None), m.created_at < now - LATE_MAIL)),
        "failed_mail": up_to_many(select(m.id).where(m.outcome == GAVE_UP)),
        "fault": faults.QUERY,
        "requests": up_to_many(select(o.id).where(*asks)),
        "asked": select(o.asked_on).where(*asks).order_by(o.asked_on).limit(1),
        "calls": up_to_many(select(n.id).where(*calls)),
        "called": select(n.changed_at).where(*calls).order_by(n.id).limit(1),
    }


def _by_promise(undecided: Select[Any], today: date) -> Select[int, int, int]:
    """How many of the first 1,001 are past their promise, near it, or have time: one look at the index."""
    base = table_of(Contribution).c
    first = undecided.order_by(base.review_by, base.id).limit(MANY + 1).subquery()
    by, soon = first.c.review_by, today + SOON

    def how_many(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(*conditions), 1), else_=0), type_=Integer)

    return select(
        how_many(by < today).label("overdue"),
        how_many(by >= today, by < soon).label("due_soon"),
        how_many(by >= soon).label("later"),
    )


def _attended(consultation: ConsultationView) -> Select[int, int | None]:
    """The themes for which a moderator with a live account is named; ``NULL``: all."""
    return _reviewers(consultation).where(SIGNS_IN)


def _invited(consultation: ConsultationView) -> Select[int, int | None]:
    return _reviewers(consultation).where(~SIGNS_IN).limit(MANY)


def _reviewers(consultation: ConsultationView) -> Select[int, int | None]:
    able = Role.suspended.is_(False), Account.suspended.is_(False)
    joined = select(Role.account_id, Role.theme_id).join(Account, Account.id == Role.account_id)
    return joined.where(Role.consultation_id == consultation.id, Role.role == RoleName.MODERATOR, *able)


def _unattended(consultation: ConsultationView, held: set[int | None]) -> tuple[ThemeView, ...]:
    return () if None in held else tuple(t for t in consultation.themes if t.id not in held)
