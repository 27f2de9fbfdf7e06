"""Signing in, being locked out by nobody, resetting without revealing anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consulta import create_app
from consulta.database.transactions import Database
from consulta.domain.accounts import links
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import Account, AccountSession
from consulta.models.contributions import Contribution
from consulta.worker import rounds
from tests.support.people import staff
from tests.support.visitor import PASSWORD, Visitor


@pytest.fixture
def ana(visitor: Visitor, database: Database, consultation: ConsultationView) -> int:
    """Somebody of the team."""
    return staff(database, consultation)


def test_a_session_is_listed_revoked_and_ended(app: Flask, ana: int) -> None:
    one, two = Visitor(app), Visitor(app)
    one.sign_in()
    two.sign_in()
    page = two.get("/cuenta/").text
    [other] = re.findall(r"/cuenta/sesiones/(\d+)/cerrar", page)
    two.post(f"/cuenta/sesiones/{other}/cerrar")
    one.get("/cuenta/", 303)
    two.post("/cuenta/salir")
    two.get("/cuenta/", 303)


def test_the_session_is_rotated_and_on_the_server_only_a_hash(app: Flask, ana: int, database: Database) -> None:
    visitor = Visitor(app)
    visitor.sign_in()
    first = visitor.client.get_cookie("session")
    visitor.sign_in()
    second = visitor.client.get_cookie("session")
    assert first
    assert second
    assert first.value != second.value
    with database.session(read_only=True) as db:
        assert len(db.execute(select(AccountSession.token_hash)).all()) == 2


def test_sessions_end_when_idle_and_after_a_week(app: Flask, ana: int) -> None:
    visitor = Visitor(app)
    start = datetime.now(UTC)
    with time_machine.travel(start):
        visitor.sign_in()
        visitor.get("/cuenta/")
    with time_machine.travel(start + timedelta(hours=9)):
        visitor.get("/cuenta/", 303)
    with time_machine.travel(start, tick=False) as clock:
        visitor.sign_in()
        for _ in range(25):
            clock.shift(timedelta(hours=7))
            last = visitor.client.get("/cuenta/").status_code
    assert last == 303


def test_a_wrong_password_and_an_unknown_account_read_alike(visitor: Visitor, ana: int) -> None:
    wrong = visitor.sign_in(password="no es esta", status=422).text
    unknown = visitor.sign_in("nadie@equipo.example", status=422).text
    clean = [re.sub(r'value="[^"]*"', "", page) for page in (wrong, unknown)]
    assert clean[0] == clean[1]


def test_guessing_slows_down_but_a_known_browser_is_let_in(app: Flask, ana: int) -> None:
    known, attacker = Visitor(app), Visitor(app)
    known.sign_in()
    for _ in range(4):
        attacker.sign_in(password="a ver si es esta", status=422)
    assert int(attacker.sign_in(status=429).headers["Retry-After"]) >= 1
    known.post("/cuenta/salir")
    known.sign_in()


def test_the_delay_ends_by_itself(app: Flask, ana: int) -> None:
    visitor = Visitor(app)
    for _ in range(4):
        visitor.sign_in(password="a ver si es esta", status=422)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        visitor.sign_in()


def test_a_suspended_account_does_not_sign_in(visitor: Visitor, ana: int, database: Database) -> None:
    with database.transaction() as db:
        db.execute(select(Account)).scalar_one().suspended = True
    visitor.sign_in(status=422)


def test_a_reset_reveals_nothing_and_its_link_works_once(
    app: Flask, visitor: Visitor, ana: int, tmp_path: object, database: Database
) -> None:
    known = visitor.post("/cuenta/restablecer", {"email": "ana@equipo.example"}, 200).text
    unknown = visitor.post("/cuenta/restablecer", {"email": "nadie@equipo.example"}, 200).text
    assert re.sub(r'(value|content)="[^"]*"', "", known) == re.sub(r'(value|content)="[^"]*"', "", unknown)
    rounds.work(app, now=datetime.now(UTC))
    mails = list((app.extensions["settings"].instance / "mail").glob("*.eml"))
    assert len(mails) == 1
    import email
    import email.policy

    message = email.message_from_bytes(mails[0].read_bytes(), policy=email.policy.default)
    assert message["To"] == "ana@equipo.example"
    token = re.search(r"/cuenta/clave/(\S+)", message.get_body().get_content())[1]  # type: ignore[union-attr, index]
    page = visitor.get(f"/cuenta/clave/{token}")
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    visitor.post(f"/cuenta/clave/{token}", {"password": "corta"}, 422)
    visitor.post(f"/cuenta/clave/{token}", {"password": "otra frase bien larga"})
    visitor.post(f"/cuenta/clave/{token}", {"password": "y otra frase más larga"}, 404)
    visitor.sign_in(password="otra frase bien larga")


def test_whoever_asks_a_hundred_times_sends_one_mail_and_stops_no_other_form(
    app: Flask, visitor: Visitor, ana: int, database: Database
) -> None:
    def mails() -> int:
        rounds.work(app, now=datetime.now(UTC))
        return len(list((app.extensions["settings"].instance / "mail").glob("*.eml")))

    with time_machine.travel(datetime.now(UTC), tick=False):  # within one quarter of an hour
        answers = {
            re.sub(r'(value|content)="[^"]*"', "", visitor.post("/cuenta/restablecer", {"email": email}, 200).text)
            for email in ["ana@equipo.example", "ANA@equipo.example "] * 50
        }
    assert len(answers) == 1, "it says always the same"
    assert mails() == 1
    visitor.give("Y este aporte no espera por eso")
    with database.session(read_only=True) as db:
        assert db.execute(select(Contribution.held_cause)).scalars().all() == [None]


def test_a_new_password_ends_every_session(app: Flask, ana: int, database: Database) -> None:
    visitor = Visitor(app)
    visitor.sign_in()
    now = datetime.now(UTC)
    with database.transaction() as db:
        token = links.one_time_link(db, account_id=ana, now=now)
    Visitor(app).post(f"/cuenta/clave/{token}", {"password": "una nueva y muy larga"})
    visitor.get("/cuenta/", 303)


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_sign_in_one_stays_on_this_site(visitor: Visitor, ana: int, wanted: str) -> None:
    answer = visitor.post("/cuenta/entrar", {"email": "ana@equipo.example", "password": PASSWORD, "siguiente": wanted})
    assert answer.headers["Location"] == "/gestion/prueba"


@pytest.mark.parametrize(
    ("enabled", "headers", "address", "status"),
    [
        (True, {}, "127.0.0.1", 303),
        (False, {}, "127.0.0.1", 422),
        (True, {"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 422),
        (True, {}, "192.0.2.7", 422),
    ],
)
def test_demo_accounts_sign_in_only_under_make_run(
    visitor: Visitor,
    ana: int,
    database: Database,
    make_app: Callable[..., Flask],
    enabled: bool,
    headers: dict[str, str],
    address: str,
    status: int,
) -> None:
    with database.transaction() as db:
        db.execute(select(Account)).scalar_one().demo = True
    other = Visitor(make_app(demo_sign_in=enabled))
    data = {"email": "ana@equipo.example", "password": PASSWORD, "csrf_token": other.token()}
    answer = other.client.post("/cuenta/entrar", data=data, headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_forwarded_addresses_count_only_from_known_proxies(
    app: Flask, ana: int, make_app: Callable[..., Flask]
) -> None:
    behind = make_app(trusted_proxies=1)
    for trusted, seen in ((app, "10.0.0.9"), (behind, "203.0.113.5")):
        from consulta.web import auth, limits

        found: list[str] = []
        if "probe" not in trusted.view_functions:
            view = auth.allow(auth.anyone)(lambda found=found: found.append(limits.network()) or "ok")
            trusted.add_url_rule("/probe", "probe", view)
        headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.5"}
        trusted.test_client().get("/probe", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"})
        assert found == [seen]


@pytest.mark.parametrize(
    ("address", "network"),
    [("2001:db8:1:2:3::9", "2001:db8:1:2::/64"), ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7")],
)
def test_ipv6_counts_by_its_64(app: Flask, visitor: Visitor, address: str, network: str) -> None:
    from consulta.web import limits

    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert limits.network() == network


def test_a_wrong_setting_stops_the_start_by_name() -> None:
    from consulta.config import SettingError, from_environment

    for name, value in {
        "CONSULTA_SECRET_KEY": "short",
        "CONSULTA_DATABASE_URL": "mysql://x",
        "CONSULTA_MAIL_URL": "gopher://x",
        "CONSULTA_TRUSTED_PROXIES": "many",
        "CONSULTA_TIMEZONE": "Mars/Olympus",
        "CONSULTA_BASE_URL": "ftp://x",
    }.items():
        with pytest.raises(SettingError, match=name):
            from_environment({"CONSULTA_SECRET_KEY": "k" * 40, "CONSULTA_INSTANCE": "instance", name: value})


def test_links_lead_to_where_the_program_answers() -> None:
    from consulta.config import from_environment

    given = {"CONSULTA_SECRET_KEY": "k" * 40, "PORT": "8123"}
    assert from_environment(given).base_url == "http://127.0.0.1:8123"
    assert from_environment({**given, "CONSULTA_BASE_URL": "https://x.example/"}).base_url == "https://x.example"


def test_the_cookie_is_secure_behind_https(settings: object, ana: int) -> None:
    app = create_app(replace(settings, base_url="https://consulta.example"))  # type: ignore[type-var]
    answer = app.test_client().get("/seguimiento")
    cookie = answer.headers["Set-Cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in cookie
    app.extensions["database"].dispose()
