"""Cookies under HTTPS: no neighbour under the same domain can set one of ours, and each says how it may be used."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.people import staff
from tests.support.visitor import PASSWORD, Visitor

HTTPS = "https://consulta.example"


def cookies(answer: TestResponse) -> SimpleCookie:
    """What an answer sets."""
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        found.load(line)
    return found


@pytest.mark.parametrize("secure", [True, False])
def test_every_cookie_is_ours_alone(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, secure: bool
) -> None:
    staff(database, consultation)
    client = make_app(base_url=HTTPS if secure else "http://localhost").test_client()
    place = {"base_url": HTTPS if secure else "http://localhost"}
    shown = client.get("/cuenta/entrar?lang=en", **place)
    given = {
        "email": "ana@equipo.example",
        "password": PASSWORD,
        "csrf_token": Visitor.hidden(shown.text, "csrf_token"),
    }
    entered = client.post("/cuenta/entrar", data=given, **place)
    assert entered.status_code == 303
    found = {**cookies(shown), **cookies(entered)}
    before = "__Host-" if secure else ""
    assert set(found) == {f"{before}{name}" for name in ("session", "lang", "known")}
    for one in found.values():
        assert (one["path"], one["domain"], one["samesite"]) == ("/", "", "Lax")
        assert bool(one["secure"]) is secure
        assert one["httponly"]
    assert client.get("/cuenta/", **place).status_code == 200
    assert 'lang="en"' in client.get("/cuenta/", **place).text
