"""Mail by a real SMTP server, at least once, and nothing of it kept."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.organizations.verification import StandingMail
from consulta.models.moderation import Verdict
from consulta.models.outbox import OutboxMessage
from consulta.worker import rounds
from tests.support.consultations import said
from tests.support.forums import announce, change
from tests.support.moderation import decide
from tests.support.people import staff
from tests.support.servers import free_port
from tests.support.visitor import Visitor

from .conftest import Sink


@pytest.mark.parametrize(("language", "subject"), [("es", "Recibimos su opinión"), ("en", "We received your opinion")])
def test_a_receipt_goes_out_and_leaves_nothing_behind(
    visitor: Visitor,
    make_app: Callable[..., Flask],
    database: Database,
    sink: tuple[Sink, str],
    language: str,
    subject: str,
) -> None:
    handler, url = sink
    visitor.get(f"…/opinar?lang={language}")
    visitor.give("Quiero recibir noticias", email="eva@persona.example")
    folio = visitor.folio()
    assert rounds.work(make_app(mail_url=url), now=datetime.now(UTC)) == 1
    [message] = handler.messages
    assert message["Subject"].startswith(subject)
    assert message["To"] == "eva@persona.example"
    assert message["From"] == "avisos@consulta.example"
    assert f"/seguimiento#{folio}." in message.get_body().get_content()
    with database.session(read_only=True) as db:
        assert db.execute(select(OutboxMessage.payload, OutboxMessage.outcome)).all() == [(None, "delivered")]
    assert rounds.work(make_app(mail_url=url), now=datetime.now(UTC)) == 0


def test_a_decision_is_told_with_its_reason_in_plain_text(
    visitor: Visitor,
    make_app: Callable[..., Flask],
    database: Database,
    consultation: ConsultationView,
    sink: tuple[Sink, str],
) -> None:
    handler, url = sink
    visitor.give("No será publicada", email="eva@persona.example")
    account = staff(database, consultation)
    decide(database, consultation, account, verdict=Verdict.REJECT, reason="off-topic", note="O'Brien & <co>")
    rounds.work(make_app(mail_url=url), now=datetime.now(UTC))
    body = "".join(message.get_body().get_content() for message in handler.messages)
    assert "No es del tema" in body
    assert "O'Brien & <co>" in body


def test_a_server_that_is_away_is_asked_again(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    now = datetime.now(UTC)
    away = make_app(mail_url="smtp+plain://127.0.0.1:1")
    rounds.work(away, now=now)
    rounds.work(make_app(mail_url=url), now=now)
    assert handler.messages == []
    handler.refusals = ["451 later"]
    rounds.work(make_app(mail_url=url), now=now + timedelta(minutes=3))
    rounds.work(make_app(mail_url=url), now=now + timedelta(minutes=30))
    assert len(handler.messages) == 1


def test_an_address_that_is_refused_for_good_is_given_up(
    visitor: Visitor, make_app: Callable[..., Flask], database: Database, sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    handler.refusals = ["550 no such person"]
    rounds.work(make_app(mail_url=url), now=datetime.now(UTC))
    with database.session(read_only=True) as db:
        assert db.execute(select(OutboxMessage.payload, OutboxMessage.outcome)).all() == [(None, "refused")]


def test_an_erased_address_gets_nothing(
    visitor: Visitor, make_app: Callable[..., Flask], sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    visitor.give(email="eva@persona.example")
    visitor.follow(visitor.folio(), act="erase-email", sure="1")
    rounds.work(make_app(mail_url=url), now=datetime.now(UTC))
    assert handler.messages == []


class WithoutTemplate(Mail):
    """A mail of which a later version knows, and this one does not."""

    template = "nada"


def test_one_message_that_cannot_be_written_holds_up_no_other(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, sink: tuple[Sink, str]
) -> None:
    handler, url = sink
    now = datetime.now(UTC)
    fine = StandingMail(
        name="Una\u2028organización", standing="verified", slug="prueba", consultation={"es": "Prueba"}, language="es"
    )
    with database.transaction() as db:
        to = Recipient.ACCOUNT.of(accounts.ensure(db, email="ana@equipo.example", now=now))
        outbox.post(db, WithoutTemplate(language="es"), event="1", to=to, now=now)
        outbox.post(db, fine, event="2", to=to, now=now)
    app = make_app(mail_url=url)
    with contextlib.suppress(Exception):
        rounds.work(app, now=now)
    [message] = handler.messages
    assert message["Subject"].startswith("Una organización")
    with database.session(read_only=True) as db:
        assert db.execute(select(OutboxMessage.outcome).order_by(OutboxMessage.id)).scalars().all() == [
            "gave up",
            "delivered",
        ]


def test_delivered_mail_is_not_late_and_refused_mail_is(
    make_app: Callable[..., Flask], database: Database, visitor: Visitor
) -> None:
    from consulta.domain import heartbeats as operations

    now = datetime.now(UTC)
    visitor.give("Quiero recibir noticias", email="eva@persona.example")
    silent = make_app(mail_url=f"smtp+plain://127.0.0.1:{free_port()}")
    for hours in (0, 1, 2):
        rounds.work(silent, now=now + timedelta(hours=hours))
    with database.session(read_only=True) as db:
        late = operations.late(operations.ages(db, now=now + timedelta(hours=2)).items())
    assert "mail" in late
    rounds.work(make_app(), now=now + timedelta(hours=20))
    with database.session(read_only=True) as db:
        assert operations.ages(db, now=now + timedelta(hours=30))["mail"] == timedelta()


def test_a_copy_that_fails_is_made_an_hour_later(make_app: Callable[..., Flask], database: Database) -> None:
    from consulta.backups import copies as backups
    from consulta.backups.copies import BackupError

    now = datetime.now(UTC)
    with pytest.raises(BackupError):
        rounds.work(make_app(backup_key="no es una clave"), now=now)
    app = make_app(backup_key=backups.new_key())
    rounds.work(app, now=now + timedelta(hours=2))
    assert len(list(app.extensions["settings"].backups.glob("consulta-*.age"))) == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_mails_of_a_forum_say_all_that_is_needed(
    visitor: Visitor,
    make_app: Callable[..., Flask],
    database: Database,
    consultation: ConsultationView,
    sink: tuple[Sink, str],
    now: datetime,
    language: str,
) -> None:
    handler, url = sink
    app = make_app(mail_url=url)
    announce(database, consultation, now, capacity=2)
    parties = (("eva@persona.example", ("Eva", "Beto")), ("ida@persona.example", ("Ida",)))
    for email_, names in parties:
        page = visitor.get(f"…/foros/foro/inscripcion?lang={language}&personas={len(names)}").text
        given = {f"name-{n}": name for n, name in enumerate(names, 1)} | {"people": str(len(names)), "email": email_}
        visitor.post("…/foros/foro/inscripcion", {**given, "submission": visitor.hidden(page, "submission")})
    rounds.work(app, now=datetime.now(UTC))
    family, waiting = handler.messages
    codes = re.findall(r"#([0-9A-Z-]{19})", family.get_body().get_content())
    assert len(set(codes)) == 2
    assert (
        family["Subject"]
        == {
            "es": "Su lugar está confirmado: Foro de prueba",
            "en": "Your seat is confirmed: Foro de prueba (en)",
        }[language]
    )
    assert waiting["Subject"].startswith({"es": "Está en la lista de espera", "en": "You are on the waiting"}[language])
    visitor.post("/seguimiento/inscripcion", {"folio": codes[0], "act": "cancel", "sure": "1"}, 200)
    change(database, consultation, 1, now, texts={"place": said("Escuela")})
    handler.messages.clear()
    rounds.work(app, now=datetime.now(UTC))
    rounds.work(app, now=datetime.now(UTC))
    by_subject = {message["Subject"]: message for message in handler.messages}
    promoted = {"es": "Ya tiene lugar en el foro", "en": "You now have a seat at the forum"}[language]
    moved = {"es": "Cambió la fecha o el lugar del foro", "en": "The date or place of the forum changed"}[language]
    [told] = [message for subject, message in by_subject.items() if subject.startswith(promoted)]
    assert told["To"] == "ida@persona.example"
    assert "/seguimiento" in told.get_body().get_content()
    assert "#" not in told.get_body().get_content()
    change_ = [message for message in handler.messages if message["Subject"].startswith(moved)]
    assert {message["To"] for message in change_} == {"eva@persona.example", "ida@persona.example"}
    for message in change_:
        body = message.get_body().get_content()
        assert "Escuela" in body
        assert "/consultas/prueba/foros/foro" in body
        assert "30" in body
