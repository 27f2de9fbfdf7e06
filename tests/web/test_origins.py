"""Requests under another name, and forms of other sites: they change nothing, and nothing of theirs is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from consulta.config import Settings
from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.web import origins
from tests.support.people import coordinator
from tests.support.visitor import Visitor
from tests.web.test_kept import unsafe

PUBLIC = "https://consulta.example"
HTML = "Texto de otro sitio"


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("consulta.example", True),
        ("CONSULTA.example:443", True),
        ("consulta.example.", True),
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("127.8.9.1:5000", True),
        ("[::1]:8000", True),
        ("otro.example", False),
        ("consulta.example:8443", False),
        ("consulta.example.otro.example", False),
        ("otro.example:80@consulta.example", False),
        ("127.0.0.1.otro.example", False),
        ("localhost.otro.example", False),
        ("consulta.example:", False),
        ("", False),
        ('consulta.example"><script>', False),
        ("consulta.example, otro.example", False),
    ],
)
def test_which_names_are_ours(settings: Settings, host: str, ours: bool) -> None:
    assert origins.is_ours(host, replace(settings, base_url=PUBLIC)) is ours


@pytest.mark.parametrize(
    "path", ["/", "/consultas/prueba", "/consultas/prueba/aportes.atom", "/cuenta/entrar", "/nada"]
)
def test_under_another_name_there_is_one_page_that_says_so(
    make_app: Callable[..., Flask], consultation: ConsultationView, path: str
) -> None:
    client = make_app(base_url=PUBLIC).test_client()
    answer = client.get(path, headers={"Host": "otro.example"})
    assert answer.status_code == 400
    assert "CONSULTA_BASE_URL" in answer.text
    assert "otro.example" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert client.get("/salud", headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_no_page_is_made_of_the_name_by_which_it_was_asked_for(
    make_app: Callable[..., Flask], consultation: ConsultationView
) -> None:
    """Kept pages would go to everybody."""
    client = make_app(base_url=PUBLIC).test_client()
    for path in ("", "/aportes.atom", "/foros.atom", "/novedades.atom"):
        for host in ("localhost:9999", "127.0.0.1"):
            page = client.get(f"/consultas/prueba{path}", headers={"Host": host}).text
            assert host not in page
            assert PUBLIC in page


FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://otro.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://vecino.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://otro.example"},
    {"Origin": "https://localhost.otro.example"},
    {"Origin": "http://["},
    {"Origin": "otro.example"},
]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("headers", FOREIGN, ids=lambda one: " ".join(one.values()))
def test_a_form_of_another_site_changes_nothing_on_any_route(
    app: Flask, consultation: ConsultationView, headers: dict[str, str]
) -> None:
    client = app.test_client(use_cookies=False)  # as a browser that keeps its cookies for itself
    for endpoint, path in unsafe(app):
        answer = client.post(f"{path}?lang=en", data={"body": HTML, "name": HTML}, headers=headers)
        assert answer.status_code == 403, endpoint
        assert "Set-Cookie" not in answer.headers, endpoint
        assert HTML not in answer.text, endpoint


def test_nobody_is_signed_out_from_elsewhere(app: Flask, database: Database, consultation: ConsultationView) -> None:
    desk = coordinator(app, database, consultation)
    token = desk.token()
    for given in ({}, {"csrf_token": token}):
        answer = desk.client.post("/cuenta/salir", data=given, headers=FOREIGN[0])
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    desk.get("/gestion/prueba")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_forms_arrive_and_one_with_an_old_token_keeps_its_text(
    app: Flask, consultation: ConsultationView, headers: dict[str, Any]
) -> None:
    visitor = Visitor(app)
    page = visitor.get("…/opinar").text
    given = {name: visitor.hidden(page, name) for name in ("csrf_token", "submission")} | {"body": "Falta agua aquí"}
    old = visitor.client.post("/consultas/prueba/opinar", data={**given, "csrf_token": "viejo"}, headers=headers)
    assert (old.status_code, "Falta agua aquí" in old.text) == (400, True)
    assert visitor.client.post("/consultas/prueba/opinar", data=given, headers=headers).status_code == 303


def test_the_page_leads_to_the_form_or_home(app: Flask, consultation: ConsultationView) -> None:
    client = app.test_client()
    shown = client.post("/consultas/prueba/opinar", headers=FOREIGN[0]).text
    assert 'href="/consultas/prueba/opinar"' in shown.partition("<main")[2]
    shown = client.post("/cuenta/salir", headers=FOREIGN[0]).text
    assert 'class="button" href="/"' in shown


def test_pages_that_are_asked_differently_are_kept_apart(app: Flask, consultation: ConsultationView) -> None:
    client, many = app.test_client(), "&".join(f"x{n}=1" for n in range(30))
    for same in (f"q={'a' * 250}", many):
        tags = {client.get(f"/consultas/prueba/aportes?{same}{end}").headers["ETag"] for end in ("", "uno", "&z=1")}
        assert len(tags) == 3
