"""Mail leaves in the transaction that causes it, once for each event and recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Delivery, Mail, Message, Recipient
from consulta.models.outbox import GAVE_UP, OutboxMessage

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DayMail(Mail):
    """A mail with a bit of everything."""

    template = "reset"
    day: date
    until: date | None = None
    count: int = 1
    words_of: dict[str, str] | None = None


FULL = DayMail(language="es", day=date(2026, 11, 28), until=None, count=3, words_of={"es": "Ñ"})


def test_what_is_stored_comes_back() -> None:
    assert DayMail.of(FULL.payload()) == FULL
    assert FULL.payload()["day"] == "2026-11-28"
    assert DayMail.of({"language": "en", "day": "2026-01-01", "of_another_version": 1}) == DayMail(
        language="en", day=date(2026, 1, 1)
    )


def test_the_words_are_the_fields(database: Database, now: datetime) -> None:
    with database.session(read_only=True) as db:
        words = FULL.words(db, Delivery("a@example.org", "s" * 40, now))
    assert words == {"language": "es", "day": date(2026, 11, 28), "until": None, "count": 3, "words_of": {"es": "Ñ"}}


@pytest.mark.parametrize("kind", Recipient)
def test_a_recipient_is_a_kind_and_a_key(kind: Recipient) -> None:
    assert kind.of(12) == f"{kind.value}:12"


def test_only_for_an_organisation_there_is_one() -> None:
    def message(recipient: str) -> Message:
        return Message(1, "a@example.org", "reset", {}, "<1@consulta>", recipient)

    assert message(Recipient.ORGANIZATION.of(7)).organization_id == 7
    assert message(Recipient.ACCOUNT.of(7)).organization_id is None


@pytest.fixture
def account(database: Database, now: datetime) -> str:
    """Somebody with an address, as a recipient."""
    with database.transaction() as db:
        return Recipient.ACCOUNT.of(accounts.ensure(db, email="Ana@Example.org ", now=now))


def posted(database: Database, to: str, now: datetime, *events: str) -> None:
    """Post a mail for each event."""
    with database.transaction() as db:
        for event in events:
            outbox.post(db, FULL, event=event, to=to, now=now)


def claimed(database: Database, now: datetime, **rest: Any) -> list[Message]:
    """What a worker takes."""
    with database.transaction() as db:
        return outbox.claim(db, now=now, **rest)


def states(database: Database) -> list[tuple[str | None, bool]]:
    """The outcome of every mail, and whether its words are still there."""
    with database.session(read_only=True) as db:
        query = select(OutboxMessage.outcome, OutboxMessage.payload).order_by(OutboxMessage.id)
        return [(outcome, payload is not None) for outcome, payload in db.execute(query)]


def test_the_address_is_looked_up_when_it_is_delivered(database: Database, account: str, now: datetime) -> None:
    posted(database, account, now, "e:1")
    (message,) = claimed(database, now)
    assert (message.to, message.template) == ("ana@example.org", "reset")
    assert DayMail.of(message.payload) == FULL
    assert message.message_id.endswith("@consulta>")


def test_an_event_reaches_somebody_once(database: Database, account: str, now: datetime) -> None:
    posted(database, account, now, "e:1")
    with pytest.raises(IntegrityError):
        posted(database, account, now, "e:1")
    with database.transaction() as db:
        outbox.post_once(db, FULL, event="e:1", to=account, now=now)
        outbox.post_once(db, FULL, event="e:2", to=account, now=now)
    assert len(claimed(database, now)) == 2


def test_what_one_worker_has_no_other_takes(database: Database, account: str, now: datetime) -> None:
    posted(database, account, now, "e:1", "e:2", "e:3")
    assert len(claimed(database, now, limit=2)) == 2
    assert len(claimed(database, now)) == 1
    assert claimed(database, now) == []
    assert len(claimed(database, now + outbox.LEASE + MINUTE)) == 3, "a worker that died loses its lease"


def test_what_was_delivered_is_forgotten(database: Database, account: str, now: datetime) -> None:
    posted(database, account, now, "e:1")
    (message,) = claimed(database, now)
    with database.transaction() as db:
        outbox.settle(db, message.id, outcome="sent", now=now)
    assert states(database) == [("sent", False)]
    assert claimed(database, now + timedelta(days=1)) == []


def test_where_there_is_no_address_any_more_nothing_is_sent(database: Database, account: str, now: datetime) -> None:
    posted(database, Recipient.ACCOUNT.of(999_999), now, "e:1")
    posted(database, Recipient.CONTRIBUTION.of(1), now, "e:1")
    posted(database, Recipient.SUBSCRIBER.of("x"), now, "e:1")
    posted(database, Recipient.ADDRESS.of("hash"), now, "e:1")
    assert claimed(database, now) == []
    assert states(database) == [("no address", False)] * 4


def test_a_mail_server_that_is_away_is_asked_ever_more_seldom(database: Database, account: str, now: datetime) -> None:
    posted(database, account, now, "e:1")
    waited, at = [], now
    while message := next(iter(claimed(database, at)), None):
        with database.transaction() as db:
            outbox.retry_later(db, message.id, now=at)
        with database.session(read_only=True) as db:
            outcome, due = db.execute(select(OutboxMessage.outcome, OutboxMessage.due_at)).one()
        if outcome:
            break
        assert claimed(database, due - MINUTE) == []
        waited.append(due - at)
        at = due
    assert waited[:4] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE]
    assert len(waited) == outbox.GIVE_UP_AFTER - 1
    assert states(database) == [(GAVE_UP, False)]


def test_a_mail_of_a_transaction_that_broke_off_was_never_posted(
    database: Database, account: str, now: datetime
) -> None:
    def broken_off() -> None:
        with database.transaction() as db:
            outbox.post(db, FULL, event="e:1", to=account, now=now)
            raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        broken_off()
    assert claimed(database, now) == []
