"""A real server in a thread, the demonstration loaded, and Chromium."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from consulta import Settings, create_app, reference
from consulta.domain.demonstration import contributions
from consulta.web.passwords import hasher
from tests.support.visitor import PASSWORD

from .install import chromium

WIDTHS = (360, 1280)
expect.set_options(timeout=30_000)
"""A machine may be busy: what is to come comes, but not within five seconds."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one, with the memory for Back that real browsers have."""
    found = chromium()
    real = {"args": ["--no-sandbox"], "ignore_default_args": ["--disable-back-forward-cache"]}
    return {**browser_type_launch_args, **real, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, blank: Callable[[str], str]) -> Iterator[Flask]:
    """The demonstration as ``make run`` serves it, one for each module of tests."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "consulta.db"
    path.write_bytes(Path(blank("sqlite").removeprefix("sqlite:///")).read_bytes())
    app = create_app(
        Settings(
            database_url=f"sqlite:///{path}",
            secret_key="the secret of the browser tests, long enough",
            instance=folder,
            mail_url=f"file://{folder}/mail",
            demo_sign_in=True,
        )
    )
    database = app.extensions["database"]
    reference.load(database, now=datetime.now(UTC))
    with database.transaction() as db:
        contributions.set_passwords(db, hasher.hash(PASSWORD))
    yield app
    database.dispose()


@pytest.fixture(scope="module")
def address(demo: Flask) -> Iterator[str]:
    """Where it is served."""
    server = make_server("127.0.0.1", 0, demo, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def open_context(browser: Browser, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """A fresh browser profile at a width, perhaps without JavaScript."""
    made: list[BrowserContext] = []

    def context(width: int = 1280, *, scripts: bool = True) -> BrowserContext:
        made.append(
            browser.new_context(
                base_url=address, viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="es-GT"
            )
        )
        return made[-1]

    yield context
    for one in made:
        one.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """One page at 1280 px."""
    return open_context().new_page()


def unfold(page: Page) -> None:
    """Open every line of a long list, by the keyboard."""
    closed = page.locator("details.item:not([open]) > summary")
    while closed.count():
        closed.first.press("Enter")


def sign_in(page: Page, email: str = "moderadora@demostracion.example") -> None:
    """Sign in as somebody of the demonstration."""
    page.goto("/cuenta/entrar")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main form button")
