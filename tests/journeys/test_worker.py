"""Mail by a real SMTP server, at least once, and nothing of it kept."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from consulta import worker
from consulta.db import Database
from consulta.domain.snapshots import ConsultationView
from consulta.models.moderation import Verdict
from consulta.models.outbox import OutboxMessage
from tests.domain.test_moderation import decide
from tests.support import Visitor, free_port, staff


class Sink:
    """Keeps what it is given, after refusing as often as it was told to."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.refusals: list[str] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refusals:
            return self.refusals.pop()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    """The server and its address."""
    handler = Sink()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}?from=avisos@consulta.example"
    controller.stop()


@pytest.mark.parametrize(("language", "subject"), [("es", "Recibimos su opinión"), ("en", "We received your opinion")])
def test_a_receipt_goes_out_and_leaves_nothing_behind(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, sink: tuple[Sink, str], language: str,
    subject: str,
) -> None:  # fmt: skip
    handler, url = sink
    visitor.get(f"…/opinar?lang={language}")
    visitor.give("Quiero recibir noticias", email="eva@persona.example")
    folio = visitor.folio()
    assert worker.work(make_app(mail_url=url), now=datetime.now(UTC)) == 1
    [message] = handler.messages
    assert message["Subject"].startswith(subject)
    assert message["To"] == "eva@persona.example"
    assert message["From"] == "avisos@consulta.example"
    assert f"/seguimiento#{folio}." in message.get_body().get_content()
    with database.session(read_only=True) as db:
        assert db.execute(select(OutboxMessage.payload, OutboxMessage.outcome)).all() == [(None, "delivered")]
    assert worker.work(make_app(mail_url=url), now=datetime.now(UTC)) == 0


def test_a_decision_is_told_with_its_reason_in_plain_text(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, consultation: ConsultationView,
    sink: tuple[Sink, str],
) -> None:  # fmt: skip
    handler, url = sink
    visitor.give("No será publicada", email="eva@persona.example")
    account = staff(database, consultation)
    decide(database, consultation, account, verdict=Verdict.REJECT, reason="off-topic", note="O'Brien & <co>")
    worker.work(make_app(mail_url=url), now=datetime.now(UTC))
    body = "".join(message.get_body().get_content() for message in handler.messages)
    assert "No es del tema" in body
    assert "O'Brien & <co>" in body


def test_a_server_that_is_away_is_asked_again(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    now = datetime.now(UTC)
    away = make_app(mail_url="smtp://127.0.0.1:1")
    worker.work(away, now=now)
    worker.work(make_app(mail_url=url), now=now)
    assert handler.messages == []
    handler.refusals = ["451 later"]
    worker.work(make_app(mail_url=url), now=now + timedelta(minutes=3))
    worker.work(make_app(mail_url=url), now=now + timedelta(minutes=30))
    assert len(handler.messages) == 1


def test_an_address_that_is_refused_for_good_is_given_up(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    handler.refusals = ["550 no such person"]
    worker.work(make_app(mail_url=url), now=datetime.now(UTC))
    with database.session(read_only=True) as db:
        assert db.execute(select(OutboxMessage.payload, OutboxMessage.outcome)).all() == [(None, "refused")]


def test_an_erased_address_gets_nothing(
    visitor: Visitor, make_app: Callable[..., Flask], sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    visitor.follow(visitor.folio(), act="erase-email", sure="1")
    worker.work(make_app(mail_url=url), now=datetime.now(UTC))
    assert handler.messages == []
