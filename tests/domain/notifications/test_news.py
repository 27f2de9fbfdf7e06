"""News: asked for, confirmed, sent in pieces, stopped; nobody is written to who did not confirm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.domain.notifications import news
from consulta.domain.notifications.news import NewsMail
from consulta.models.news import Announcement, Subscriber
from consulta.models.outbox import OutboxMessage

SECRET = "s" * 40
CONTENT = {"what": "schedule", "version": 2, "reason": {"es": "Más tiempo."}}


def posted(database: Database) -> list[tuple[str, str]]:
    """Template and recipient of what is in the outbox."""
    query = select(OutboxMessage.template, OutboxMessage.recipient).order_by(OutboxMessage.id)
    with database.session(read_only=True) as db:
        return [(template, to) for template, to in db.execute(query)]


def subscribers(database: Database) -> list[tuple[str | None, bool]]:
    """Address and confirmation of every subscriber."""
    with database.session(read_only=True) as db:
        return [
            tuple(row) for row in db.execute(select(Subscriber.email, Subscriber.confirmed).order_by(Subscriber.id))
        ]


def subscribe(database: Database, view: ConsultationView, now: datetime, email: str = "eva@persona.example") -> str:
    """Ask for news; the key."""
    with database.transaction() as db:
        news.subscribe(db, view, email=email, language="es", now=now)
        key: str = db.execute(select(Subscriber.key).where(Subscriber.email == email.strip().lower())).scalar_one()
    return key


def confirmed(database: Database, view: ConsultationView, count: int) -> None:
    """So many confirmed subscribers."""
    with database.transaction() as db:
        for n in range(count):
            values: dict[str, Any] = {"email": f"p{n}@persona.example", "key": f"{n:032x}", "confirmed": True}
            about = {"consultation_id": view.id, "language": "es", "asked_on": view.today(datetime.now().astimezone())}
            db.execute(insert(Subscriber).values(**values, **about))


def test_asking_twice_a_day_is_one_mail_and_one_row(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    first = subscribe(database, consultation, now)
    assert subscribe(database, consultation, now, " EVA@persona.example") == first
    assert posted(database) == [("subscription", f"subscriber:{first}")]
    assert subscribers(database) == [("eva@persona.example", False)]
    subscribe(database, consultation, now + timedelta(days=1))
    assert len(posted(database)) == 2, "the next day once more, if the first was lost"


def test_who_has_confirmed_is_not_asked_again(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    key = subscribe(database, consultation, now)
    with database.transaction() as db:
        news.confirm(db, key)
    subscribe(database, consultation, now + timedelta(days=3))
    assert subscribers(database) == [("eva@persona.example", True)]
    assert len(posted(database)) == 1


def test_a_link_is_signed(consultation: ConsultationView) -> None:
    good = news.token(SECRET, "k" * 32)
    assert news.read_token(SECRET, good) == "k" * 32
    for bad in ("", "-", good[:-1], good + "0", good.replace("k", "l"), news.token("t" * 40, "k" * 32), "ñ-ñ"):
        with pytest.raises(NotFound):
            news.read_token(SECRET, bad)


def test_stopping_erases_the_address_and_leaves_a_key_for_the_register(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    key = subscribe(database, consultation, now)
    with database.transaction() as db:
        news.confirm(db, key)
        news.stop(db, key)
        news.confirm(db, key)
    assert subscribers(database) == [(None, False)], "an old link does not bring it back"
    with database.transaction() as db:
        assert news.stopped(db) == [key]
        news.forget_stopped(db, [key])
        assert news.stopped(db) == []
    assert subscribers(database) == []


def test_what_nobody_confirmed_goes_after_a_week(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    key = subscribe(database, consultation, now)
    subscribe(database, consultation, now, "otra@persona.example")
    with database.transaction() as db:
        news.confirm(db, key)
    for days, left in ((7, 2), (8, 1)):
        with database.transaction() as db:
            news.forget_unconfirmed(db, today=consultation.today(now) + timedelta(days=days))
        assert len(subscribers(database)) == left
    assert subscribers(database) == [("eva@persona.example", True)]


def test_an_announcement_reaches_everybody_once_in_pieces(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    confirmed(database, consultation, 2 * news.PIECE + 3)
    subscribe(database, consultation, now, "sin-confirmar@persona.example")
    with database.transaction() as db:
        news.announce(db, consultation, event="schedule:2", content=CONTENT, now=now)
    rounds = []
    while True:
        with database.transaction() as db:
            done = news.fan_out(db, now=now)
        if not done:
            break
        rounds.append(done)
    assert rounds == [news.PIECE, news.PIECE, 3]
    sent = [to for template, to in posted(database) if template == "news"]
    assert len(sent) == len(set(sent)) == 2 * news.PIECE + 3
    with database.session(read_only=True) as db:
        assert list(db.execute(select(Announcement.finished)).scalars()) == [True]


def test_with_no_subscribers_an_announcement_is_finished_at_once(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        news.announce(db, consultation, event="schedule:2", content=CONTENT, now=now)
        assert news.fan_out(db, now=now) == 1
        assert news.fan_out(db, now=now) == 0
        [item] = news.latest(db, consultation)
    assert (item.event, item.content) == ("schedule:2", CONTENT)


def test_a_mail_keeps_what_it_tells_apart_from_whom() -> None:
    mail = NewsMail.about(CONTENT, slug="prueba", consultation={"es": "Prueba"}, language="es", subscriber="k")
    assert (mail.what, mail.version, mail.reason) == ("schedule", 2, {"es": "Más tiempo."})
    assert NewsMail.content(mail.payload()) == CONTENT
    assert NewsMail.of(mail.payload()) == mail
