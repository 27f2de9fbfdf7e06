"""The headers of our answers by the published rules of the MDN HTTP Observatory (scoring as of its version 1.4):
100 to begin with, points off for what is missing; points on count only for whoever has 90 without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import Headers

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView

HTTPS = "https://consulta.example"
SIX_MONTHS = 15_768_000


def directives(policy: str) -> dict[str, list[str]]:
    """A content policy, each directive with its sources."""
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: sources for name, *sources in parts}


def points(sent: Headers, *, session_cookie: str = "") -> dict[str, int]:
    """What each of the Observatory's tests gives or takes."""
    policy = directives(sent["Content-Security-Policy"])
    unsafe = {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*"}
    safe = not any(unsafe & set(sources) for sources in policy.values())
    years = int(sent["Strict-Transport-Security"].split("=")[1].split(";")[0])
    marks = {"Secure", "HttpOnly", "SameSite=Lax"}
    return {
        "csp": (10 if policy["default-src"] == ["'none'"] else 5) if safe else -20,
        "cookies": (5 if marks <= set(session_cookie.split("; ")) else -20) if session_cookie else 0,
        "corp": {"same-origin": 10, "same-site": 10, "cross-origin": 0}[sent["Cross-Origin-Resource-Policy"]],
        "hsts": 0 if years >= SIX_MONTHS else -10,
        "referrer": 5 if sent["Referrer-Policy"] in ("no-referrer", "same-origin", "strict-origin") else 0,
        "nosniff": 0 if sent["X-Content-Type-Options"] == "nosniff" else -5,
        "frames": 5 if policy.get("frame-ancestors") == ["'none'"] else -20,
        "cors": -50 if sent.get("Access-Control-Allow-Origin") == "*" and "Set-Cookie" in sent else 0,
    }


def score(found: dict[str, int]) -> int:
    """The score: what is given counts only if 90 are there without it."""
    base = 100 + sum(value for value in found.values() if value < 0)
    return base + (sum(value for value in found.values() if value > 0) if base >= 90 else 0)


@pytest.mark.parametrize(
    "path", ["/", "/prueba/", "/prueba/opinar", "/seguimiento", "/nada", "/cuenta/entrar", "/salud"]
)
def test_every_page_has_at_least_130(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, path: str
) -> None:
    answer = make_app(base_url=HTTPS).test_client().get(path, base_url=HTTPS)
    found = points(answer.headers, session_cookie=answer.headers.get("Set-Cookie", ""))
    assert score(found) >= 130, found
    assert "Server" not in answer.headers


def test_the_rules_see_what_is_missing(make_app: Callable[..., Flask], database: Database) -> None:
    sent = make_app(base_url=HTTPS).test_client().get("/", base_url=HTTPS).headers
    loose = Headers(sent)
    loose["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"
    assert score(points(loose)) < 90


def test_files_are_as_strict_as_pages(make_app: Callable[..., Flask], database: Database) -> None:
    answer = make_app(base_url=HTTPS).test_client().get("/static/style.css", base_url=HTTPS)
    assert answer.status_code == 200
    sent = answer.headers
    found = points(Headers({"Referrer-Policy": "", **dict(sent)}))
    assert score({**found, "referrer": 0}) >= 125, found


@pytest.mark.parametrize(("subdomains", "end"), [(False, "max-age=63072000"), (True, "; includeSubDomains")])
def test_https_alone_for_two_years_and_for_names_under_it_if_so_set(
    make_app: Callable[..., Flask], database: Database, subdomains: bool, end: str
) -> None:
    client = make_app(base_url=HTTPS, hsts_subdomains=subdomains).test_client()
    for path in ("/", "/static/style.css"):
        assert client.get(path, base_url=HTTPS).headers["Strict-Transport-Security"].endswith(end)


def test_without_https_nothing_is_said_of_it(app: Flask) -> None:
    for path in ("/", "/static/style.css"):
        assert "Strict-Transport-Security" not in app.test_client().get(path).headers
