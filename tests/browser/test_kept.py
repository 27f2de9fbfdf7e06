"""What was typed survives in a real browser: Enter, a reload, an ended session, lost cookies, a locked database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from consulta.models.accounts import AccountSession
from tests.support.accessibility import check
from tests.support.files import PDF
from tests.support.visitor import PASSWORD

from .conftest import WIDTHS, sign_in, unfold

HOME = "/consultas/demostracion"
COORDINATOR = "coordinadora@demostracion.example"
AGREEMENTS = "\n".join(f"Acuerdo {n}: se publica cada mes" for n in range(1, 13))


@pytest.mark.parametrize(
    ("path", "field", "arrives"),
    [
        (f"{HOME}/opinar", "#email", "/comprobante"),
        (f"{HOME}/aportes/3/comentar", "#email", "/comprobante"),
        (f"{HOME}/foros/foro-de-ejemplo/inscripcion", "#name-1", "/comprobante"),
    ],
)
def test_enter_sends_what_was_written(page: Page, path: str, field: str, arrives: str) -> None:
    page.goto(path)
    for fold in page.query_selector_all("main details:not([open]) > summary"):
        fold.click()
    if page.query_selector("#body"):
        page.fill("#body", "Falta agua en mi colonia desde marzo.")
    if not page.query_selector("input[name=themes]:checked") and page.query_selector("input[name=themes]"):
        page.check("input[name=themes] >> nth=0")
    page.fill(field, "eva@persona.example" if field == "#email" else "Ana López")
    page.press(field, "Enter")
    page.wait_for_url(re.compile(arrives))
    expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_reload_empties_no_form_and_a_form_that_was_taken_is_empty_again(page: Page) -> None:
    page.goto(f"{HOME}/opinar")
    page.fill("#body", "A medio escribir: falta agua en mi colonia.")
    page.check("input[name=theme] >> nth=1")
    page.click("main details summary >> nth=0")
    page.fill("#email", "eva@persona.example")
    page.reload()
    expect(page.locator("#body")).to_have_value("A medio escribir: falta agua en mi colonia.")
    expect(page.locator("input[name=theme] >> nth=1")).to_be_checked()
    expect(page.locator("#email")).to_have_value("eva@persona.example")
    expect(page.locator("#email")).to_be_visible()
    page.click("main form button.big")
    page.wait_for_url(re.compile("/comprobante"))
    page.goto(f"{HOME}/opinar")
    expect(page.locator("#body")).to_have_value("")


def test_neither_codes_nor_passwords_stay_in_the_tab(page: Page) -> None:
    page.goto("/seguimiento")
    page.fill("#folio", "7K3M-9QXT-2B4D-HZ8P")
    page.goto("/cuenta/entrar")
    page.fill("#email", "eva@persona.example")
    page.fill("#password", "una clave secreta")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def ended(demo: Flask) -> None:
    """Every session is ended, as from another device."""
    with demo.extensions["database"].transaction() as db:
        db.execute(update(AccountSession).values(revoked_at=AccountSession.created_at))


@contextmanager
def locked(demo: Flask) -> Iterator[None]:
    """Somebody else holds the database's lock."""
    path = demo.extensions["settings"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def write_act(page: Page, title: str) -> None:
    """An act with a PDF and twelve agreements."""
    page.goto("/gestion/demostracion/actos/nuevo")
    page.fill("#title_es", title)
    page.select_option("#kind", "technical")
    page.fill("#held_from", "2026-06-01")
    page.fill("#agreements_es", AGREEMENTS)
    page.fill("#minutes_es", "Se leyó todo.\n\nY se acordó responder.")
    page.set_input_files("#document", {"name": "acta firmada.pdf", "mimeType": "application/pdf", "buffer": PDF})


def published(page: Page) -> None:
    """The act stands there whole."""
    page.click(".told a")
    text = page.inner_text("main")
    assert all(f"Acuerdo {n}:" in text for n in range(1, 13))
    assert "Y se acordó responder." in text
    assert "acta firmada.pdf" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_an_act_is_published_whole_although_the_session_ended(
    demo: Flask, open_context: Callable[..., BrowserContext], width: int, tmp_path: Path
) -> None:
    page = open_context(width).new_page()
    sign_in(page, COORDINATOR)
    write_act(page, f"Mesa con sesión cerrada {width}")
    ended(demo)
    page.click("button:text-is('Publicar el acto')")
    expect(page.locator("h1")).to_have_text("Entre otra vez")
    check(page)
    page.fill("input[name=entrar-email]", COORDINATOR)
    page.fill("input[name=entrar-password]", PASSWORD)
    page.press("input[name=entrar-password]", "Enter")
    page.wait_for_url(re.compile("/gestion/demostracion/actos$"))
    published(page)


def test_an_act_is_published_whole_after_the_database_was_locked(
    demo: Flask, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(1280, scripts=False).new_page()
    sign_in(page, COORDINATOR)
    write_act(page, "Mesa con la base ocupada")
    with locked(demo):
        page.click("button:text-is('Publicar el acto')")
        expect(page.locator("h1")).to_have_text("Ahora no se pudo", timeout=60_000)
    page.click("button:text-is('Enviar otra vez')")
    if page.locator("input[type=file]").count():  # what could not be kept is asked for, in words
        page.set_input_files(
            "input[type=file]", {"name": "acta firmada.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        page.click("button.big")
    page.wait_for_url(re.compile("/gestion/demostracion/actos$"))
    published(page)


def test_a_schedule_of_many_fields_is_published_whole_with_a_token_of_another_session(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context(1280, scripts=False).new_page()
    sign_in(page, COORDINATOR)
    page.goto("/gestion/demostracion/cronograma")
    count = page.locator("main form [name]").count()
    assert count > 90
    unfold(page)
    page.fill("#reason_es", "La gente pidió más tiempo para leer.")
    titles = page.locator("main form input[name$=-title_es]")
    last = titles.count() - 1
    titles.nth(last).fill("La última etapa, con otro nombre")
    tab = page.context.new_page()
    sign_in(tab, COORDINATOR)
    page.click("button:text-is('Publicar la nueva versión')")
    expect(page.locator("h1")).to_have_text("No entendimos lo que pidió")
    page.click("button.big")
    page.wait_for_url(re.compile("/gestion/demostracion$|/cronograma"))
    page.goto("/gestion/demostracion/cronograma")
    expect(page.locator("main form input[name$=-title_es]").nth(last)).to_have_value("La última etapa, con otro nombre")
    assert page.locator("main form input[name$=-title_es]").count() == last + 1


def test_twelve_milestones_are_saved_whole_by_a_browser_whose_cookies_are_gone(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context(360, scripts=False).new_page()
    page.goto(f"{HOME}/propuestas/nueva")
    page.click("button:text-is('Empezar')")
    code = page.inner_text("#folio")
    draft = page.url.removesuffix("/codigo")
    page.goto(f"{draft}/metas")
    for n in range(12):
        field = page.locator("textarea[name^=meta-][name$=-text]").last
        field.fill(f"Meta {n + 1}: publicar el informe número {n + 1} con sus datos")
        if n < 11:
            page.click("button[value='add:']")
    page.context.clear_cookies()
    page.click("button.big")
    page.click("button.big")  # the token went with the cookies: the page confirms
    page.fill("input[name=entrar-folio]", f"Mi código: {code}")
    page.click("button.big")
    page.goto(f"{draft}/metas")
    texts = page.locator("textarea[name^=meta-][name$=-text]").evaluate_all("all => all.map(one => one.value)")
    assert [text.partition(":")[0] for text in texts if text] == [f"Meta {n}" for n in range(1, 13)]
