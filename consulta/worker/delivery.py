"""The outbox, delivered: claimed by lease, sent at least once."""

from __future__ import annotations

import smtplib
from datetime import date, datetime
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from consulta.config import Settings
from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, links
from consulta.domain.authors import rights
from consulta.domain.consultations import reading as consultations
from consulta.domain.forums import telling
from consulta.domain.notifications import news, notices, outbox
from consulta.domain.notifications.outbox import Message
from consulta.models.outbox import GAVE_UP

from . import mail

log = structlog.get_logger()


def deliver(app: Flask, *, now: datetime) -> int:
    """Deliver what is due in the outbox; each message is settled in a transaction of its own."""
    database: Database = app.extensions["database"]
    settings: Settings = app.extensions["settings"]
    with database.transaction() as db:
        claimed = outbox.claim(db, now=now)
    for message in claimed:
        outcome = _deliver(app, settings, database, message, now)
        with database.transaction() as db:
            if outcome is None:
                outbox.retry_later(db, message.id, now=now)
            else:
                outbox.settle(db, message.id, outcome=outcome, now=now)
            kind, _, key = message.recipient.partition(":")
            if outcome == "refused" and kind == "organization":
                notices.returned(db, int(key), message.payload, now=now)
        log.info("mail", template=message.template, outcome=outcome or "later")
    return len(claimed)


def _deliver(app: Flask, settings: Settings, database: Database, message: Message, now: datetime) -> str | None:
    """``delivered``, why never, or ``None`` to try again later."""
    with database.transaction() as db:
        values = _values(db, settings, message, now)
    if values is None:
        return "no account"
    try:
        composed = mail.compose(
            app, settings, to=message.to, template=message.template, values=values, message_id=message.message_id
        )
    except Exception as error:  # whatever it is: one that cannot be written does not hold up the others
        log.warning("mail", template=message.template, kind=type(error).__name__)
        return GAVE_UP
    try:
        mail.send(settings, composed)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return "refused" if all(code >= 500 for code in codes) else None
    except OSError:
        return None
    return "delivered"


def _values(db: Session, settings: Settings, message: Message, now: datetime) -> dict[str, Any] | None:
    """What the template needs besides the payload: links and codes that are never stored."""
    values = dict(message.payload)
    if message.template == "receipt":
        values["confirmation"] = rights.confirmation_code(settings.secret_key, values["folio"], message.to)
        values["title"] = consultations.title_of(db, values["slug"]).get(values["language"], "")
        values |= {name: date.fromisoformat(values[name]) for name in ("review_by", "answer_by")}
    if message.template in ("reminder", "decision"):
        values |= {name: date.fromisoformat(values[name]) for name in ("last", "due") if values.get(name)}
    if "subscriber" in values:
        values["token"] = news.token(settings.secret_key, values["subscriber"])
    if message.template in ("registration", "promotion"):
        values |= telling.words(db, values["slug"], values["key"])
    if message.template == "organization":
        values["token"] = links.one_time_link(db, account_id=values["account"], now=now)
    if message.template == "reset":
        found = accounts.by_email(db, message.to)
        if found is None or found[2] or found[3]:
            return None
        values["token"] = links.one_time_link(db, account_id=found[0], now=now, valid=links.RESET_VALID)
    return values
