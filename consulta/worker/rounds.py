"""What happens without anybody asking: mail is delivered, what is due is erased, what is old is forgotten."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from consulta.backups import copies
from consulta.config import Settings
from consulta.domain import heartbeats
from consulta.domain.accounts import accounts, sessions
from consulta.domain.authors import erasure as author_erasure
from consulta.domain.authors import rights as author_rights
from consulta.domain.consultations import reading as consultations
from consulta.domain.errors import DomainError
from consulta.domain.forums import seats
from consulta.domain.forums import telling as forum_telling
from consulta.domain.intake import importing, uploads
from consulta.domain.intake import undo as intake_undo
from consulta.domain.moderation import returns
from consulta.domain.notifications import news, notices, outbox
from consulta.domain.notifications.outbox import Message
from consulta.domain.organizations import requests as organization_requests
from consulta.domain.organizations import verification
from consulta.domain.proposals import erasure as proposal_erasure
from consulta.domain.proposals import reminders
from consulta.models.outbox import GAVE_UP
from consulta.web.db import Database

from . import mail, printing

log = structlog.get_logger()
DAY = timedelta(days=1)


def work(app: Flask, *, now: datetime) -> int:
    """One round; how many things were done. Safe to run in several processes at once. A step that fails keeps none of
    the others from being done; its error is raised in the end."""
    database: Database = app.extensions["database"]
    settings: Settings = app.extensions["settings"]
    steps: list[Callable[[], int]] = [
        lambda: answer(database, now=now),
        lambda: deliver(app, now=now),
        lambda: printing.typeset(app, now=now),
        lambda: erase(database, now=now),
        lambda: take_in(database, now=now),
        lambda: note(database, settings, now=now),
        lambda: keep_copy(database, settings, now=now),
    ]
    done, first = 0, None
    for step in steps:
        try:
            done += step()
        except Exception as error:
            log.warning("worker", kind=type(error).__name__)
            first = first or error
    if first is not None:
        raise first
    return done


def note(database: Database, settings: Settings, *, now: datetime) -> int:
    """What authors did, into the register beside the copies; and that this worker is alive."""
    copies.register(database, settings)
    with database.transaction() as db:
        heartbeats.beat(db, heartbeats.WORKER, now=now)
    return 0


def answer(database: Database, *, now: datetime) -> int:
    """Requests that nobody answered in time; news to every subscriber, at most 200 a transaction."""
    done = 0
    while True:
        with database.transaction() as db:
            piece = verification.lapse(db, now=now) + news.fan_out(db, now=now)
            piece += forum_telling.tell(db, now=now) + seats.release(db, now=now)
            piece += returns.go_on(db, now=now) + proposal_erasure.expire(db, now=now)
            piece += reminders.remind(db, now=now)
        if not piece:
            return done
        done += piece


def take_in(database: Database, *, now: datetime) -> int:
    """Imports that were approved in the browser, and those that were taken back, in pieces."""
    done = 0
    while (waiting := _next_import(database)) is not None:
        done += _take_in(database, *waiting, now=now)
    while True:
        with database.transaction() as db:
            piece = intake_undo.withdraw_piece(db, now=now)
        if not piece:
            return done
        done += piece


def _next_import(database: Database) -> tuple[int, str] | None:
    with database.session(read_only=True) as db:
        return uploads.next_approved(db)


def _take_in(database: Database, import_id: int, slug: str, *, now: datetime) -> int:
    """One import; interrupted, the next round finds what is stored already and goes on."""
    try:
        with database.session(read_only=True) as db:
            view = consultations.find(db, slug).view
            found, channel = uploads.survey(db, view, import_id, now=now), uploads.channel(db, import_id)
    except DomainError as error:
        with database.transaction() as db:
            uploads.fail(db, import_id, str(error))
        return 1
    with database.transaction() as db:
        uploads.note_report(db, import_id, found)
    for piece in importing.pieces(found):
        with database.transaction() as db:
            importing.write(db, view, piece, import_id=import_id, channel=channel, now=now)
    with database.transaction() as db:
        uploads.finish(db, view, import_id, now=now)
    return len(found.taken)


def keep_copy(database: Database, settings: Settings, *, now: datetime) -> int:
    """The daily copy, if there is a key for it and the last is a day old; fourteen are kept."""
    if not settings.backup_key:
        return 0
    with database.transaction() as db:
        mine = heartbeats.claim(db, every=DAY, now=now)
    if not mine:
        return 0
    try:
        copies.write(database, settings, settings.backups / f"consulta-{now:%Y%m%d-%H%M%S}.age", now=now)
    except Exception:
        with database.transaction() as db:
            heartbeats.give_back(db, every=DAY, now=now)
        raise
    copies.rotate(settings.backups)
    return 1


def erase(database: Database, *, now: datetime) -> int:
    """Erase what is due, at most 200 rows a transaction, until nothing is left to do."""
    done = 0
    while True:
        with database.transaction() as db:
            piece = author_erasure.erase(db, now=now) + author_erasure.forget_contacts(db, today=now.date(), now=now)
            piece += forum_telling.forget(db, now=now)
        if not piece:
            break
        done += piece
    with database.transaction() as db:
        sessions.purge(db, now=now, today=now.date())
        news.forget_unconfirmed(db, today=now.date())
        uploads.forget_unapproved(db, now=now)
        organization_requests.forget(db, now=now)
    return done


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
        values["confirmation"] = author_rights.confirmation_code(settings.secret_key, values["folio"], message.to)
        values["title"] = accounts.title_of(db, values["slug"]).get(values["language"], "")
        values |= {name: date.fromisoformat(values[name]) for name in ("review_by", "answer_by")}
    if message.template in ("reminder", "decision"):
        values |= {name: date.fromisoformat(values[name]) for name in ("last", "due") if values.get(name)}
    if "subscriber" in values:
        values["token"] = news.token(settings.secret_key, values["subscriber"])
    if message.template in ("registration", "promotion"):
        values |= forum_telling.words(db, values["slug"], values["key"])
    if message.template == "organization":
        values["token"] = accounts.one_time_link(db, account_id=values["account"], now=now)
    if message.template == "reset":
        found = accounts.by_email(db, message.to)
        if found is None or found[2] or found[3]:
            return None
        values["token"] = accounts.one_time_link(db, account_id=found[0], now=now, valid=accounts.RESET_VALID)
    return values
