"""A forum from the form to the stub, without JavaScript: seats, the line, the door, a sheet entered and followed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from pypdf import PdfReader

from tests.support.accessibility import check

from .conftest import WIDTHS, sign_in

FORUM = "/consultas/demostracion/foros/foro-de-ejemplo"
DESK = "/gestion/demostracion/foros/foro-de-ejemplo"


def join(page: Page, *names: str) -> list[str]:
    """Register some people; their codes."""
    page.goto(f"{FORUM}/inscripcion")
    if len(names) > 1:
        page.click("details summary")
        page.select_option("#people", str(len(names)))
        page.click("main button[name=redraw]")
    for n, name in enumerate(names, start=1):
        page.fill(f"#name-{n}", name)
    check(page)
    page.click("main form button.big")
    check(page)
    return page.locator("output.code").all_inner_texts()


def follow(page: Page, code: str) -> None:
    """Type a code."""
    page.goto("/seguimiento")
    page.fill("#folio", code)
    page.click("main form button")
    check(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_forum_without_scripts(open_context: Callable[..., BrowserContext], width: int) -> None:
    plain, desk = (open_context(width, scripts=False).new_page() for _ in range(2))
    page = open_context(width).new_page()  # axe is a script, so pages are checked with scripts, and walked without
    family = join(page, f"Ana {width}", "Beto", "Carla", "Dora")
    assert len(set(family)) == 4
    plain.goto("/seguimiento")
    plain.fill("#folio", family[1])
    plain.click("main form button")
    plain.click("button[value=cancel]")
    plain.click("button.danger")
    assert "quedó cancelado" in plain.inner_text("main, .flash, body")
    follow(page, family[1])
    page.goto(f"{FORUM}/inscripcion")
    page.click("main form button.big")
    assert page.locator(".error-summary").is_visible()
    check(page)
    sign_in(desk, "coordinadora@demostracion.example")
    desk.goto(f"{DESK}/puerta")
    desk.click("main form button.big")
    desk.fill("#q", f"ana {width}")
    desk.click(".filters button")
    desk.click("button[name=present]")
    assert "Deshacer" in desk.inner_text("main")
    desk.fill("#name", "Paco sin aviso")
    desk.click("text=Anotar: está")
    assert "Su código es" in desk.inner_text("body")
    desk.goto(f"{DESK}/hojas")
    desk.select_option("#theme", index=1)
    desk.fill("#count", "2")
    desk.click("text=Numerar las hojas")
    link = desk.locator("a[href$='.pdf']").last.get_attribute("href")
    pdf = PdfReader(io.BytesIO(desk.request.get(str(link)).body()))
    code = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", pdf.pages[0].extract_text())[0]
    number = re.findall(r"Hojas (\d+) a", desk.inner_text("main"))[-1]
    follow(page, code)
    assert "aún no ha sido ingresada" in page.inner_text("main")
    desk.fill("#hoja", number)
    desk.click("text=Ingresar lo que dice")
    desk.fill("#body-1", "m" * 4000)
    desk.click("text=Guardar la hoja")
    follow(page, code)
    assert "recibido" in page.inner_text("main")
    sign_in(page, "coordinadora@demostracion.example")
    for path in (f"{DESK}/puerta", f"{DESK}/hojas", f"{DESK}/hojas/{number}", DESK):
        page.goto(path)
        check(page)
    page.goto(f"{DESK}/puerta")
    page.click("main form button.big")
    check(page)
