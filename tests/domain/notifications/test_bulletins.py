"""News that somebody writes."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import insert, select, update

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotAllowed, NotFound
from consulta.domain.ledger.log import By
from consulta.domain.notifications import bulletins, news
from consulta.models.news import Announcement, Subscriber
from consulta.models.outbox import OutboxMessage
from tests.support.audits import sound
from tests.support.consultations import a_consultation, load, said


def publish(
    database: Database, view: ConsultationView, now: datetime, key: str = "0a0b0c0d", mailed: bool = True
) -> None:
    """A piece of news."""
    with database.transaction() as db:
        bulletins.publish(
            db,
            view,
            key=key,
            title=said("Cambió el salón"),
            text=said("Nos vemos en el parque."),
            mailed=mailed,
            by=By(None, "equipo"),
            now=now,
        )


@pytest.mark.parametrize(("mailed", "mails"), [(True, 1), (False, 0)])
def test_it_reaches_who_follows_or_stands_on_the_page_alone(
    database: Database, consultation: ConsultationView, now: datetime, mailed: bool, mails: int
) -> None:
    with database.transaction() as db:
        who = {"consultation_id": consultation.id, "email": "a@x.example", "language": "es", "asked_on": now.date()}
        db.execute(insert(Subscriber).values(**who, confirmed=True, key="k" * 32))
    publish(database, consultation, now, mailed=mailed)
    with database.transaction() as db:
        while news.fan_out(db, now=now):
            pass
        sent = db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "news")).scalars().all()
        assert [one["text"]["es"] for one in sent] == ["Nos vemos en el parque."] * mails
    with database.session(read_only=True) as db:
        assert bulletins.one(db, consultation, "0a0b0c0d").content["title"] == said("Cambió el salón")
        assert news.latest(db, consultation)[0].content["what"] == "written"
    sound(database)


def test_the_same_form_sent_again_is_the_same_news(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    publish(database, consultation, now)
    with pytest.raises(Conflict):
        publish(database, consultation, now)
    publish(database, consultation, now, key="0a0b0c0e")
    sound(database)


def test_what_was_written_cannot_be_changed_unnoticed(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    publish(database, consultation, now)
    with database.transaction() as db:
        content = db.execute(select(Announcement.content)).scalar_one()
        db.execute(update(Announcement).values(content={**content, "text": said("Nos vemos en el palacio.")}))
    with database.session(read_only=True) as db:
        faults = check.check(db, consultation.log_id, consultation=consultation).faults
    assert any("news" in fault for fault in faults)


def test_a_record_tells_nothing_new_and_what_is_not_there_is_not_found(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    record = load(database, a_consultation("registro", kind="record"), now)
    with pytest.raises(NotAllowed):
        publish(database, record, now)
    with database.session(read_only=True) as db, pytest.raises(NotFound):
        bulletins.one(db, consultation, "nada")
