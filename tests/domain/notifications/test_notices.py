"""Telling bodies: by mail where there is an address or an account, by telephone where there is only that."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.domain.notifications import notices
from consulta.domain.notifications.news import NewsMail
from consulta.domain.notifications.notices import Call
from consulta.models.forums import Registration
from consulta.models.news import Notice, NoticeState
from consulta.models.outbox import OutboxMessage
from tests.support.acts import listed
from tests.support.consultations import a_consultation, load
from tests.support.forums import announce, register
from tests.support.proposals import body

CONTENT = {"what": "new", "key": "mesa", "title": {"es": "Mesa técnica"}}
BY = By(None, "coordinación")


def tell(database: Database, view: ConsultationView, now: datetime, *slugs: str, event: str = "act:mesa@1") -> None:
    """Tell these bodies."""
    with database.transaction() as db:
        notices.tell(db, view, slugs, event=event, content=CONTENT, now=now)


def waiting(database: Database, view: ConsultationView) -> list[Call]:
    """Whom somebody has to call."""
    with database.session(read_only=True) as db:
        return notices.waiting(db, view)


def recipients(database: Database) -> list[str]:
    """To whom mail was posted."""
    with database.session(read_only=True) as db:
        query = select(OutboxMessage.recipient).where(OutboxMessage.template == NewsMail.template)
        return [to.partition(":")[0] for to in db.execute(query.order_by(OutboxMessage.id)).scalars()]


def test_a_body_with_an_address_is_written_to(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    listed(database, consultation, contact_email="agua@example.org", contact_phone="5555")
    for _ in range(2):
        tell(database, consultation, now, "agua", "vecinas", "nadie")
    assert recipients(database) == ["organization"], "once for one event"
    assert waiting(database, consultation) == []
    with database.session(read_only=True) as db:
        assert notices.unreachable(db, consultation).keys() == {"vecinas"}, "it has neither"


def test_a_body_with_members_is_told_through_them(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    body(database, consultation, "vecinas", now, ana=True, beto=False)
    tell(database, consultation, now, "vecinas")
    assert recipients(database) == ["account", "account"]
    with database.session(read_only=True) as db:
        assert notices.unreachable(db, consultation) == {}


def test_a_body_with_a_telephone_is_called(database: Database, consultation: ConsultationView, now: datetime) -> None:
    listed(database, consultation, contact_phone="5555 0000")
    for _ in range(2):
        tell(database, consultation, now, "agua")
    [call] = waiting(database, consultation)
    assert (call.slug, call.content, call.state) == ("agua", CONTENT, NoticeState.WAITING)
    assert "5555" not in str(call), "the list shows no telephone"
    with database.transaction() as db:
        assert notices.open_contact(db, consultation, call.id, by=BY, now=now) == ("agua", "5555 0000")
    with database.session(read_only=True) as db:
        entry = list(log.entries(db, consultation.log_id))[-1].content
    assert (entry["action"], entry["subject"]) == ("contact:look", "organization/agua")
    assert "5555" not in str(entry)


def test_what_came_of_a_call_is_noted_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    listed(database, consultation, contact_phone="5555 0000")
    tell(database, consultation, now, "agua")
    [call] = waiting(database, consultation)
    with database.transaction() as db:
        notices.settle(db, consultation, call.id, seen=call.state, state=NoticeState.NO_ANSWER, now=now)
    with pytest.raises(Conflict), database.transaction() as db:
        notices.settle(db, consultation, call.id, seen=call.state, state=NoticeState.TOLD, now=now)
    [again] = waiting(database, consultation)
    with database.transaction() as db:
        notices.settle(db, consultation, again.id, seen=again.state, state=NoticeState.TOLD, now=now)
    assert waiting(database, consultation) == []


def test_who_did_not_answer_comes_last(database: Database, consultation: ConsultationView, now: datetime) -> None:
    listed(database, consultation, contact_phone="5555 0000")
    for event in ("a", "b"):
        tell(database, consultation, now, "agua", event=event)
    first, second = waiting(database, consultation)
    with database.transaction() as db:
        notices.settle(db, consultation, first.id, seen=first.state, state=NoticeState.NO_ANSWER, now=now)
    assert [call.id for call in waiting(database, consultation)] == [second.id, first.id]


def test_a_notice_of_another_consultation_is_nobodys_here(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    listed(database, consultation, contact_phone="5555 0000")
    tell(database, consultation, now, "agua")
    [call] = waiting(database, consultation)
    with pytest.raises(NotFound), database.transaction() as db:
        notices.open_contact(db, other, call.id, by=BY, now=now)
    with pytest.raises(Conflict), database.transaction() as db:
        notices.settle(db, other, call.id, seen=call.state, state=NoticeState.TOLD, now=now)
    assert waiting(database, other) == []


def test_a_refused_address_becomes_a_call(database: Database, consultation: ConsultationView, now: datetime) -> None:
    listed(database, consultation, contact_email="agua@example.org", contact_phone="5555 0000")
    tell(database, consultation, now, "agua")
    with database.transaction() as db:
        row = db.execute(select(OutboxMessage.recipient, OutboxMessage.payload)).one()
        id_ = int(row.recipient.partition(":")[2])
        notices.returned(db, id_, row.payload, now=now)
        notices.returned(db, id_, row.payload, now=now)
        notices.returned(db, 10**6, row.payload, now=now)
        notices.returned(db, id_, {}, now=now)
    [call] = waiting(database, consultation)
    assert call.content == CONTENT


def test_calls_go_with_the_telephones(database: Database, consultation: ConsultationView, now: datetime) -> None:
    announce(database, consultation, now)
    register(database, consultation, now, "Ana", phone="5555 0000")
    with database.transaction() as db:
        id_ = db.execute(select(Registration.id)).scalar_one()
        notices.call_person(db, consultation.id, id_, "moved", CONTENT, now)
    [call] = [one for one in waiting(database, consultation) if one.slug is None]
    with database.transaction() as db:
        name, phone = notices.open_contact(db, consultation, call.id, by=BY, now=now)
        assert (name, phone) == ("Ana", "5555 0000")
        notices.forget(db, [id_])
        assert list(db.execute(select(Notice.id)).scalars()) == []
