"""A comment with two themes: read, answered, supported with a code, reported, kept, reported again, not published."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import accessibility

from .conftest import WIDTHS, sign_in

HOME = "/consultas/demostracion"
WITHOUT_SCRIPTS: list[BrowserContext] = []


def check(page: Page) -> None:
    """axe's verdict where scripts run (it never answers where they do not), and the width."""
    if page.context in WITHOUT_SCRIPTS:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"
    else:
        accessibility.check(page)


def say(page: Page, address: str, text: str, *themes: str) -> tuple[str, str]:
    """Comment on what stands there, with these themes besides; code and number on the receipt."""
    page.goto(f"{address}/comentar")
    check(page)
    page.fill("#body", text)
    for theme in themes:
        page.check(f"input[name=themes][value={theme}]")
    page.click("#comment-form .button.big")
    expect(page.locator("h1")).to_have_text("Recibimos su comentario")
    check(page)
    number = re.search(r"aporte n\.º ([\d,]+)", page.locator(".receipt").inner_text())
    assert number
    return page.locator("#folio").inner_text(), number[1].replace(",", "")


def decide(page: Page, number: str, button: str, reason: str = "") -> None:
    """Open a comment at the desk and decide; without JavaScript, too."""
    page.goto("/moderacion/demostracion")
    for _ in range(9):
        if page.locator(f"[data-contribution='{number}']").count():
            break
        page.click("a[rel=next]")
    check(page)
    page.locator(f"[data-contribution='{number}']").get_by_role("button").click()
    expect(page.locator("h1")).to_contain_text(number)
    check(page)
    if reason:
        page.select_option("#reason", reason)
    page.get_by_role("button", name=re.compile(f"^{button}")).click()
    expect(page.locator(".flash")).to_contain_text("el n.º")


def report(page: Page, number: str, why: str) -> None:
    """Report a comment from its page."""
    page.goto(f"{HOME}/aportes/{number}")
    page.get_by_role("link", name="Reportar").first.click()
    page.wait_for_url(re.compile("/reportar"))
    check(page)
    page.get_by_role("button", name="Reportar").click()
    expect(page.locator(".error-summary")).to_contain_text("Elija por qué")
    check(page)
    page.check(f"input[value={why}]")
    page.get_by_role("button", name="Reportar").click()
    expect(page.locator("h1")).to_have_text("Gracias por avisar")
    check(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_way_of_a_comment(open_context: Callable[..., BrowserContext], width: int, scripts: bool) -> None:
    contexts = [open_context(width, scripts=scripts) for _ in range(3)]
    WITHOUT_SCRIPTS.extend([] if scripts else contexts)
    citizen, neighbour, desk = (context.new_page() for context in contexts)
    sign_in(desk)
    citizen.goto(f"{HOME}/temas/innovacion-tecnologica")
    check(citizen)
    about = citizen.locator("article.opinion").first.locator("a").last.get_attribute("href") or ""
    text = f"Aquí pasa lo mismo desde hace años, {width} {scripts}"
    code, number = say(citizen, about, text, "rendicion-de-cuentas")
    own = f"{HOME}/aportes/{number}"
    decide(desk, number, "Publicar")
    citizen.goto(about)
    expect(citizen.locator(".threads")).to_contain_text(text)
    check(citizen)
    _, reply = say(neighbour, own, "Y en la colonia de al lado también")
    decide(desk, reply, "Publicar")
    neighbour.goto(own)
    expect(neighbour.locator("main")).to_contain_text("También habla de")
    expect(neighbour.locator(".threads")).to_contain_text("colonia de al lado")
    check(neighbour)
    neighbour.goto(f"{HOME}/aportes/{reply}/yo-tambien")
    neighbour.fill("#folio", "0000-0000-0000-0000")
    neighbour.get_by_role("button", name="Yo también").click()
    expect(neighbour.locator("#folio-error")).to_contain_text("Ese código no sirve aquí")
    check(neighbour)
    neighbour.fill("#folio", code)
    neighbour.get_by_role("button", name="Yo también").click()
    expect(neighbour.locator(".flash")).to_contain_text("Su apoyo quedó anotado")
    check(neighbour)
    neighbour.goto(own)
    expect(neighbour.locator(".threads")).to_contain_text("1 apoyo")
    report(neighbour, number, "insult")
    decide(desk, number, "Dejarlo publicado")
    report(neighbour, number, "personal-data")
    decide(desk, number, "Quitarlo", "personal-data")
    citizen.goto(own)
    expect(citizen.locator("main")).to_contain_text("no se publicó")
    expect(citizen.locator("main")).to_contain_text("colonia de al lado")
    check(citizen)
    citizen.goto("/seguimiento")
    citizen.fill("#folio", code)
    citizen.click("main form .button")
    expect(citizen.locator("main")).to_contain_text("Revisado y no publicado")
    check(citizen)


def test_the_form_keeps_everything(open_context: Callable[..., BrowserContext]) -> None:
    context = open_context(360, scripts=False)
    WITHOUT_SCRIPTS.append(context)
    page = context.new_page()
    page.goto(f"{HOME}/temas/transparencia-fiscal/comentar")
    page.fill("#body", "corta")
    page.check("input[name=themes][value=acceso-informacion]")
    page.click("#comment-form .button.big")
    expect(page.locator(".error-summary")).to_contain_text("diez letras")
    check(page)
    expect(page.locator("#body")).to_have_value("corta")
    expect(page.locator("input[value=acceso-informacion]")).to_be_checked()
    expect(page.locator("input[value=transparencia-fiscal]")).to_be_checked()
    page.click(".lang")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#body")).to_have_value("corta")
    check(page)
