"""The outbox, delivered: claimed by lease, sent at least once."""

from __future__ import annotations

import smtplib
from datetime import datetime

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consulta.config import Settings
from consulta.database.transactions import Database
from consulta.domain.accounts.links import InvitationMail, ResetMail
from consulta.domain.accounts.role_requests import RoleAnswerMail
from consulta.domain.contributions.submission import ReceiptMail
from consulta.domain.forums.telling import PromotionMail, RegistrationMail
from consulta.domain.management.reminding import ReviewReminderMail
from consulta.domain.moderation.telling import DecisionMail
from consulta.domain.notifications import faults, notices, outbox
from consulta.domain.notifications.faults import MailFault
from consulta.domain.notifications.news import NewsMail, SubscriptionMail
from consulta.domain.notifications.outbox import Delivery, Mail, Message
from consulta.domain.organizations.membership import MembershipMail
from consulta.domain.organizations.requests import RequestMail
from consulta.domain.organizations.succession import SuccessionMail
from consulta.domain.organizations.verification import StandingMail
from consulta.domain.proposals.drafting import DraftCodeMail
from consulta.domain.proposals.reminders import ReminderMail
from consulta.models.outbox import GAVE_UP

from . import mail

MAILS: tuple[type[Mail], ...] = (
    ReceiptMail,
    DecisionMail,
    ReviewReminderMail,
    RegistrationMail,
    PromotionMail,
    NewsMail,
    SubscriptionMail,
    ReminderMail,
    DraftCodeMail,
    RequestMail,
    StandingMail,
    MembershipMail,
    SuccessionMail,
    RoleAnswerMail,
    InvitationMail,
    ResetMail,
)
BY_TEMPLATE = {one.template: one for one in MAILS}
log = structlog.get_logger()


def deliver(app: Flask, *, now: datetime) -> int:
    """Deliver what is due in the outbox; each message is settled in a transaction of its own."""
    database: Database = app.extensions["database"]
    settings: Settings = app.extensions["settings"]
    with database.transaction() as db:
        claimed = outbox.claim(db, now=now)
    fault: MailFault | None = None
    for message in claimed:
        if fault is None or not fault.of_the_server:
            outcome, fault = _deliver(app, settings, database, message, now)
        else:
            outcome = None  # the server takes nothing now: each further try might wait for all of its time
        with database.transaction() as db:
            _tell(db, outcome, fault, now)
            if outcome is None:
                outbox.retry_later(db, message.id, now=now)
            else:
                outbox.settle(db, message.id, outcome=outcome, now=now)
            if outcome == "refused" and message.organization_id is not None:
                notices.returned(db, message.organization_id, message.payload, now=now)
        log.info("mail", template=message.template, outcome=outcome or "later", fault=fault)
    return len(claimed)


def _tell(db: Session, outcome: str | None, fault: MailFault | None, now: datetime) -> None:
    """Who coordinates learns why the server takes nothing, and no longer when it does."""
    if fault is not None:
        faults.note(db, fault, now=now)
    elif outcome in ("delivered", "refused") and faults.last(db):
        faults.clear(db)


def _deliver(
    app: Flask, settings: Settings, database: Database, message: Message, now: datetime
) -> tuple[str | None, MailFault | None]:
    """``delivered``, why never, or ``None`` to try again later; and why the server did not take it."""
    try:
        with database.transaction() as db:
            delivery = Delivery(to=message.to, secret=settings.secret_key, now=now)
            words = BY_TEMPLATE[message.template].of(message.payload).words(db, delivery)
        if words is None:
            return "no account", None
        composed = mail.compose(
            app, settings, to=message.to, template=message.template, values=words, message_id=message.message_id
        )
    except Exception as error:  # whatever it is: one that cannot be written does not hold up the others
        log.warning("mail", template=message.template, kind=type(error).__name__)
        return (None if isinstance(error, DBAPIError) else GAVE_UP), None
    try:
        mail.send(settings, composed)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return ("refused" if all(code >= 500 for code in codes) else None), None
    except mail.NotTaken as error:
        return None, error.kind
    return "delivered", None
