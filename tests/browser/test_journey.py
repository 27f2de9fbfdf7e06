"""The whole way: an opinion is given, followed, decided upon, counted, withdrawn, erased."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from .conftest import sign_in

HOME = "/consultas/demostracion"


def give(page: Page, text: str, *, language: str = "es") -> str:
    """Give an opinion from the home page; the code on the receipt."""
    page.goto(f"/?lang={language}")
    page.click(".hero .button")
    page.fill("#body", text)
    page.check("input[name=theme][value=innovacion-tecnologica]")
    page.click("#opinion-form .button.big")
    expect(page.locator("#folio")).to_have_text(re.compile(r"^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$"))
    return page.locator("#folio").inner_text()


def follow(page: Page, code: str) -> None:
    """Type a code."""
    page.goto("/seguimiento")
    page.fill("#folio", code)
    page.click("main form .button")


def open_at_desk(page: Page, text: str) -> None:
    """Find a text in the queue and open it."""
    page.goto("/moderacion/demostracion")
    while not page.locator(".queue-row", has_text=text).count():
        page.click("a[rel=next]")
    page.locator(".queue-row", has_text=text).get_by_role("button").click()


def received(page: Page) -> int:
    """The first figure of the home page."""
    page.goto(HOME)
    return int(page.locator(".figures dd").first.inner_text())


@pytest.mark.parametrize(
    ("language", "published", "rejected", "withdrawn", "erased"),
    [
        ("es", "Revisado y publicado", "Revisado y no publicado", "fue retirado", "72 horas"),
        ("en", "Reviewed and published", "Reviewed and not published", "was withdrawn", "72 hours"),
    ],
)
def test_the_whole_way(
    open_context: Callable[..., BrowserContext],
    language: str,
    published: str,
    rejected: str,
    withdrawn: str,
    erased: str,
) -> None:
    citizen, desk = open_context(360).new_page(), open_context().new_page()
    before = received(citizen)
    first, second = f"Quiero trámites sencillos ({language})", f"Esto no se publicará nunca ({language})"
    codes = [give(citizen, text, language=language) for text in (first, second)]
    assert received(citizen) == before + 2
    sign_in(desk)
    open_at_desk(desk, first)
    desk.get_by_role("button", name="Publicar P", exact=True).click()
    open_at_desk(desk, second)
    desk.select_option("#reason", "off-topic")
    desk.fill("#note", "Gracias por escribir.")
    desk.get_by_role("button", name="No publicar R", exact=True).click()
    citizen.goto(f"{HOME}/aportes?q={first.split('(')[0]}")
    expect(citizen.locator("article.opinion").first).to_contain_text("trámites sencillos")
    follow(citizen, codes[0])
    expect(citizen.locator(".steps")).to_contain_text(published)
    follow(citizen, codes[1])
    expect(citizen.locator(".steps")).to_contain_text(rejected)
    expect(citizen.locator(".steps")).to_contain_text("Gracias por escribir.")
    citizen.click("button[value=erase]")
    citizen.click("button.danger")
    expect(citizen.get_by_role("status")).to_contain_text(erased)
    follow(citizen, codes[0])
    citizen.click("button[value=withdraw]")
    citizen.click("button.danger")
    expect(citizen.get_by_role("status")).to_contain_text(withdrawn)
    citizen.goto(f"{HOME}/aportes?q={first.split('(')[0]}")
    expect(citizen.locator("article.opinion")).to_have_count(0)


def send_and_lose(page: Page, lose: Callable[[Route], None]) -> None:
    """Press the button on a line that breaks."""
    page.route("**/opinar?*", lambda route: lose(route) if route.request.method == "POST" else route.continue_())
    with suppress(Error), page.expect_navigation(timeout=5000):
        page.click("#opinion-form .button.big", no_wait_after=True)
    page.unroute_all()


def test_a_cut_during_the_post_keeps_the_text(page: Page) -> None:
    page.goto(f"{HOME}/opinar")
    page.fill("#body", "Se corta la señal en mi aldea")
    send_and_lose(page, lambda route: route.abort())
    page.go_back(wait_until="commit")
    expect(page.locator("#body")).to_have_value("Se corta la señal en mi aldea")
    page.click("#opinion-form .button.big")
    expect(page.locator("#folio")).to_be_visible()


def test_an_answer_that_is_lost_is_given_again(page: Page) -> None:
    before = received(page)
    page.goto(f"{HOME}/opinar")
    page.fill("#body", "Llegó, pero la respuesta se perdió")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    send_and_lose(page, lose)
    page.go_back(wait_until="commit")
    expect(page.locator("#body")).to_have_value("Llegó, pero la respuesta se perdió")
    page.click("#opinion-form .button.big")
    expect(page.locator("#folio")).to_be_visible()
    assert received(page) == before + 1


def test_a_cut_during_the_redirect_keeps_the_code(page: Page) -> None:
    before = received(page)
    page.goto(f"{HOME}/opinar")
    page.fill("#body", "Se corta justo después de enviar")
    page.evaluate(
        "fetch(location.href, {method: 'POST', redirect: 'manual', body: new URLSearchParams("
        "new FormData(document.getElementById('opinion-form')))})"
    )
    page.goto(f"{HOME}/comprobante")
    code = page.locator("#folio").inner_text()
    page.reload()
    assert page.locator("#folio").inner_text() == code
    assert received(page) == before + 1


def test_sending_twice_after_back_is_one_opinion(page: Page) -> None:
    code = give(page, "Doble envío por si acaso")
    page.go_back(wait_until="commit")
    expect(page.locator("#body")).to_have_value("Doble envío por si acaso")
    page.click("#opinion-form .button.big")
    assert page.locator("#folio").inner_text() == code
    expect(page.locator("h2", has_text="Otros comprobantes")).to_have_count(0)


def test_the_code_in_a_link_is_filled_in_and_leaves_the_address(page: Page) -> None:
    code = give(page, "Con enlace del comprobante")
    page.goto("about:blank")
    page.goto(f"/seguimiento#{code}")
    expect(page.locator("#folio")).to_have_value(code)
    assert "#" not in page.url
    page.click("main form .button")
    expect(page.locator(".steps")).to_be_visible()


def test_the_whole_public_flow_without_javascript(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(360, scripts=False).new_page()
    code = give(page, "Sin JavaScript también se puede")
    follow(page, code)
    expect(page.locator("article.opinion")).to_contain_text("Sin JavaScript")
    page.click("button[value=withdraw]")
    page.click("button.danger")
    expect(page.get_by_role("status")).to_be_visible()


def test_the_form_by_keyboard_alone(page: Page) -> None:
    page.goto(f"{HOME}/opinar")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "body":
            break
    page.keyboard.type("Todo con el teclado, sin ratón")
    expect(page.locator("#counter")).to_have_text("30 / 4,000")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.button.big')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#folio")).to_be_visible()


def test_the_desk_by_keyboard(open_context: Callable[..., BrowserContext]) -> None:
    give(open_context().new_page(), "Para decidir con el teclado")
    desk = open_context().new_page()
    sign_in(desk)
    desk.goto("/moderacion/demostracion")
    desk.keyboard.press("n")
    expect(desk.locator("#reason")).to_be_visible()
    heading = desk.locator("h1").inner_text()
    desk.keyboard.press("p")
    expect(desk.locator(".flash")).to_be_visible()
    assert desk.locator("h1").inner_text() != heading


def test_switching_the_language_keeps_page_and_text(page: Page) -> None:
    page.goto(f"{HOME}/opinar")
    page.fill("#body", "A medio escribir todavía")
    page.click("button.lang")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#body")).to_have_value("A medio escribir todavía")
    page.goto(f"{HOME}/resultados")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.click("a.lang")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url.split("?")[0].endswith("/resultados")


def test_nothing_is_asked_of_a_third_party(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", f"{HOME}/opinar", f"{HOME}/resultados"):
        page.goto(path)
    assert asked
    assert all(url.startswith(address) for url in asked)
