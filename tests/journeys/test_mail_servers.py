"""Mail servers as they are: nothing goes out unencrypted, to nobody who is not who he says, and a refusal is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask

from consulta.config import SettingError, from_environment
from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import faults
from consulta.domain.notifications.faults import MailFault
from consulta.worker import mail, rounds
from tests.journeys.conftest import Sink
from tests.support.certificates import Authority
from tests.support.people import coordinator
from tests.support.servers import free_port
from tests.support.visitor import Visitor

SECRET = "la-clave-del-correo"


class Server(Sink):
    """Keeps what it is given, and whether it came encrypted; refuses whichever command it was told to."""

    def __init__(self, refuses: str = "", answer: str = "550 no") -> None:
        super().__init__()
        self.refuses, self.answer, self.logins, self.port = refuses, answer, list[tuple[bytes, bool]](), 0

    def __call__(self, server: SMTP, session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Who signs in, and whether that was encrypted."""
        self.logins.append((data.password, session.ssl is not None))
        return AuthResult(success=self.refuses != "AUTH", handled=False)

    async def handle_EHLO(self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: Any) -> Any:
        session.host_name = hostname
        return [self.answer] if self.refuses == "EHLO" else responses

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuses == "MAIL":
            return self.answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return self.answer if self.refuses == "DATA" else await super().handle_DATA(server, session, envelope)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One that this process trusts as if it were the system's."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@contextmanager
def serving(handler: Server, **how: Any) -> Iterator[Server]:
    """A server that runs; ``starttls`` or ``ssl_context``: how it encrypts."""
    handler.port = free_port()
    starttls = how.pop("starttls", None)
    controller = Controller(
        handler, hostname="127.0.0.1", port=handler.port, authenticator=handler, auth_require_tls=False,
        tls_context=starttls, **how,
    )  # fmt: skip
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def fault(database: Database) -> MailFault | None:
    """What is told."""
    with database.session(read_only=True) as db:
        return faults.last(db)


def delivered(make_app: Callable[..., Flask], visitor: Visitor, url: str, *, later: int = 0) -> None:
    """Give an opinion with an address, and let the worker try."""
    if not later:
        visitor.give(email="eva@persona.example")
    rounds.work(make_app(mail_url=url), now=datetime.now(UTC) + timedelta(minutes=later))


def address(server: Server, scheme: str = "smtp") -> str:
    """Its address with a password."""
    return f"{scheme}://avisos:{SECRET}@127.0.0.1:{server.port}?from=avisos@consulta.example"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_and_password_go_out_encrypted(
    make_app: Callable[..., Flask], visitor: Visitor, database: Database, authority: Authority, scheme: str
) -> None:
    context = authority.server("127.0.0.1")
    how = {"starttls": context} if scheme == "smtp" else {"ssl_context": context}
    with serving(Server(), **how) as server:
        delivered(make_app, visitor, address(server, scheme))
    assert [one["To"] for one in server.messages] == ["eva@persona.example"]
    assert [password for password, _ in server.logins] == [SECRET.encode()]
    assert scheme == "smtps" or server.logins[0][1]
    assert fault(database) is None


def test_a_server_without_encryption_gets_neither_mail_nor_password(
    app: Flask, make_app: Callable[..., Flask], visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    with serving(Server()) as server:
        delivered(make_app, visitor, address(server))
        assert (server.messages, server.logins, fault(database)) == ([], [], MailFault.NO_TLS)
        page = coordinator(app, database, consultation).get("/gestion/prueba").text
        assert "no ofrece cifrado (STARTTLS)" in page
        assert "todo está al día" not in page
        delivered(make_app, visitor, address(server, "smtp+plain"), later=5)
    assert len(server.messages) == 1
    assert fault(database) is None, "what is over is told no longer"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("who", ["another name", "nobody that is known"])
def test_a_server_that_is_not_who_it_says_gets_nothing(
    make_app: Callable[..., Flask], visitor: Visitor, database: Database, authority: Authority, tmp_path: Path,
    scheme: str, who: str,
) -> None:  # fmt: skip
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    signs = authority if who == "another name" else Authority(stranger)
    context = signs.server("correo.example" if who == "another name" else "127.0.0.1")
    how = {"starttls": context} if scheme == "smtp" else {"ssl_context": context}
    with serving(Server(), **how) as server:
        delivered(make_app, visitor, address(server, scheme))
    assert (server.messages, server.logins, fault(database)) == ([], [], MailFault.CERTIFICATE)


@pytest.mark.parametrize(
    ("command", "answer", "told"),
    [
        ("EHLO", "550 no", MailFault.NO_TLS),
        ("AUTH", "", MailFault.LOGIN),
        ("MAIL", "550 not you", MailFault.SENDER),
        ("MAIL", "451 later", MailFault.SENDER),
        ("DATA", "554 spam", MailFault.MESSAGE),
        ("DATA", "451 later", MailFault.MESSAGE),
    ],
)
def test_a_refusal_at_each_command_is_told_and_tried_again(
    make_app: Callable[..., Flask], visitor: Visitor, database: Database, authority: Authority,
    command: str, answer: str, told: MailFault,
) -> None:  # fmt: skip
    with serving(Server(command, answer), starttls=authority.server("127.0.0.1")) as server:
        delivered(make_app, visitor, address(server))
        assert (server.messages, fault(database)) == ([], told)
        server.refuses = ""
        delivered(make_app, visitor, address(server), later=5)
    assert len(server.messages) == 1
    assert fault(database) is None


def test_a_server_that_never_answers_is_waited_for_once_a_round(
    make_app: Callable[..., Flask], visitor: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    asked, silent = [], socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                asked.append(silent.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    for _ in range(4):
        visitor.give(email="eva@persona.example")
    delivered(make_app, visitor, f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    assert fault(database) is MailFault.UNREACHABLE
    assert len(asked) == 1
    silent.shutdown(socket.SHUT_RDWR)
    silent.close()


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("smtp+plain://127.0.0.1:25", True),
        ("smtp+plain://[::1]", True),
        ("smtp+plain://localhost", True),
        ("smtp+plain://correo.example", False),
        ("smtp+plain://127.0.0.1.correo.example", False),
        ("smtp+plain://", False),
        ("mailto:eva@persona.example", False),
    ],
)
def test_without_encryption_is_for_this_machine_alone(tmp_path: Path, url: str, taken: bool) -> None:
    given = {"CONSULTA_MAIL_URL": url, "CONSULTA_SECRET_KEY": "x" * 40, "CONSULTA_INSTANCE": str(tmp_path)}
    if taken:
        assert from_environment(given).mail_url == url
    else:
        with pytest.raises(SettingError, match="CONSULTA_MAIL_URL"):
            from_environment(given)
