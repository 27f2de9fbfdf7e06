"""What happens without anybody asking: mail is delivered, what is due is erased, what is old is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import Flask

from consulta.backups import copies, register
from consulta.config import Settings
from consulta.database import traces
from consulta.database.transactions import Database
from consulta.documents.press import KEPT_SECONDS, Press
from consulta.domain import heartbeats
from consulta.domain.accounts import sessions
from consulta.domain.authors import erasure as author_erasure
from consulta.domain.consultations import reading as consultations
from consulta.domain.errors import DomainError
from consulta.domain.files import staged
from consulta.domain.forums import erasure as forum_erasure
from consulta.domain.forums import seats, telling, turnout
from consulta.domain.intake import importing, undo, uploads
from consulta.domain.moderation import returns
from consulta.domain.notifications import news
from consulta.domain.organizations import requests, verification
from consulta.domain.proposals import erasure, reminders
from consulta.domain.results import editions

from . import delivery, printing

log = structlog.get_logger()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def work(app: Flask, *, now: datetime) -> int:
    """One round; how many things were done. Safe to run in several processes at once. A step that fails keeps none of
    the others from being done; its error is raised in the end."""
    database: Database = app.extensions["database"]
    settings: Settings = app.extensions["settings"]
    steps: list[Callable[[], int]] = [
        lambda: answer(database, now=now),
        lambda: delivery.deliver(app, now=now),
        lambda: printing.typeset(app, now=now),
        lambda: clean(database, app.extensions["press"], now=now),
        lambda: take_in(database, now=now),
        lambda: publish_editions(database, now=now),
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
    register.register(database, settings)
    with database.transaction() as db:
        heartbeats.beat(db, heartbeats.WORKER, now=now)
    return 0


def answer(database: Database, *, now: datetime) -> int:
    """Requests that nobody answered in time; news to every subscriber, at most 200 a transaction."""
    done = 0
    while True:
        with database.transaction() as db:
            piece = verification.lapse(db, now=now) + news.fan_out(db, now=now)
            piece += telling.tell(db, now=now) + seats.release(db, now=now)
            piece += returns.go_on(db, now=now) + erasure.expire(db, now=now)
            piece += reminders.remind(db, now=now)
        if not piece:
            return done
        done += piece


def publish_editions(database: Database, *, now: datetime) -> int:
    """The next editions of the tables of traits, where a day went by and enough joined or left; looked at hourly."""
    with database.transaction() as db:
        if not heartbeats.claim(db, every=HOUR, now=now, name=heartbeats.EDITIONS):
            return 0
        slugs = [slug for slug, _title, _kind, _at in consultations.published(db)]
    done = 0
    for slug in slugs:
        with database.transaction() as db:
            view = consultations.find(db, slug).view
            done += editions.renew_contributions(db, view, today=view.today(now))
            done += turnout.renew(db, view, now=now)
    return done


def take_in(database: Database, *, now: datetime) -> int:
    """Imports that were approved in the browser, and those that were taken back, in pieces."""
    done = 0
    while (waiting := _next_import(database)) is not None:
        done += _take_in(database, *waiting, now=now)
    while True:
        with database.transaction() as db:
            piece = undo.withdraw_piece(db, now=now)
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


def clean(database: Database, press: Press, *, now: datetime) -> int:
    """Erase what is due, and every kept document that may still hold it; of the others those that are a day old."""
    done = erase(database, now=now)
    press.forget(older=0 if done else KEPT_SECONDS)
    return done


def erase(database: Database, *, now: datetime) -> int:
    """Erase what is due, at most 200 rows a transaction, until nothing is left to do."""
    done = 0
    while True:
        with database.transaction() as db:
            piece = author_erasure.erase(db, now=now) + author_erasure.forget_contacts(db, today=now.date(), now=now)
            piece += forum_erasure.forget(db, now=now)
        if not piece:
            break
        done += piece
    if done:
        traces.forget(database)
    with database.transaction() as db:
        sessions.purge(db, now=now, today=now.date())
        news.forget_unconfirmed(db, today=now.date())
        uploads.forget_unapproved(db, now=now)
        staged.forget(db, now=now)
        requests.forget(db, now=now)
        reminders.forget(db, now=now)
    return done
