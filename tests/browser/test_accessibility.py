"""axe finds nothing, and nothing scrolls sideways, on any page in any state at 360 and 1280 px."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from consulta.models.contributions import Status
from tests.support import accessibility
from tests.support.contributions import admit

from .conftest import WIDTHS, sign_in

HOME = "/consultas/demostracion"
PUBLIC = (
    "/",
    f"{HOME}/opinar",
    f"{HOME}/aportes",
    f"{HOME}/aportes?q=nadaquesirva",
    f"{HOME}/aportes?theme=nada",
    f"{HOME}/temas/innovacion-tecnologica",
    f"{HOME}/cronograma",
    f"{HOME}/reglas",
    f"{HOME}/privacidad",
    f"{HOME}/resultados",
    f"{HOME}/datos",
    f"{HOME}/bitacora",
    "/seguimiento",
    "/cuenta/entrar",
    "/cuenta/restablecer",
    "/cuenta/clave/no-existe",
    "/consultas/plan-2016-2018",
    "/consultas/plan-2016-2018/cronograma",
    "/consultas/plan-2016-2018/opinar",
    "/nada",
    f"{HOME}/comprobante",
    f"{HOME}/participantes",
    f"{HOME}/participantes/rve",
    f"{HOME}/participantes?capacity=observer",
    f"{HOME}/solicitud",
    f"{HOME}/novedades",
    f"{HOME}/cronograma/mesa-tecnica-metodologia",
    f"{HOME}/cronograma?stage=5",
    "/novedades/1-mal",
    "/consultas/plan-2016-2018/participantes",
    "/consultas/plan-2016-2018/participantes/minfin",
    "/consultas/plan-2016-2018/cronograma/mesa-tecnica-2016-07-13",
    f"{HOME}/foros",
    f"{HOME}/foros/foro-de-ejemplo",
    f"{HOME}/foros/foro-de-ejemplo/inscripcion?personas=3",
    "/consultas/plan-2016-2018/foros",
    "/consultas/plan-2016-2018/foros/foro-regional-coban-2016-06-13",
    f"{HOME}/foros/foro-de-ejemplo/comprobante",
    "/consultas/plan-2016-2018/foros/foro-oea-2016-05-19/inscripcion",
    f"{HOME}/aportes?kind=comment",
    f"{HOME}/temas/innovacion-tecnologica/comentar",
    f"{HOME}/temas/innovacion-tecnologica/comentarios?order=apoyados",
    f"{HOME}/aportes/3/comentar",
    f"{HOME}/aportes/3/comentarios?order=antiguas",
    f"{HOME}/aportes/12",
    f"{HOME}/aportes/12/comentar",
    f"{HOME}/aportes/12/yo-tambien",
    f"{HOME}/aportes/12/reportar",
    f"{HOME}/aportes/12/reportar?listo=1",
    f"{HOME}/temas/rendicion-de-cuentas/comentarios",
    f"{HOME}/propuestas",
    f"{HOME}/propuestas?q=nadaquesirva",
    f"{HOME}/propuestas/nueva",
    f"{HOME}/propuestas/40",
    f"{HOME}/plan",
    "/consultas/plan-2016-2018/plan",
    "/consultas/plan-2016-2018/plan/12",
    "/consultas/plan-2016-2018/plan/22",
    "/consultas/plan-2016-2018/plan/anteriores",
)


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, open_context: Callable[..., BrowserContext]) -> Page:
    """A page at each of the two widths."""
    return open_context(request.param).new_page()


@pytest.mark.parametrize(("page", "language"), [(360, "es"), (360, "en"), (1280, "es")], indirect=["page"])
def test_public_pages(page: Page, language: str) -> None:
    for path in PUBLIC:
        page.goto(path + ("&" if "?" in path else "?") + f"lang={language}")
        accessibility.check(page)


def test_one_contribution_of_every_fate(page: Page, demo: Flask) -> None:
    for number in range(1, 20):
        page.goto(f"{HOME}/aportes/{number}")
        accessibility.check(page)


def test_very_long_words_and_texts(page: Page, demo: Flask) -> None:
    database = demo.extensions["database"]
    from consulta.domain.consultations import reading as consultations

    with database.session(read_only=True) as db:
        view = consultations.find(db, "demostracion").view
    [long] = admit(
        database,
        view,
        "m" * 4000,
        status=Status.PUBLISHED,
        theme="innovacion-tecnologica",
        name="n" * 200,
        publish_name=True,
    )
    for path in ("/", f"{HOME}/aportes", f"{HOME}/aportes/{long.number}", f"{HOME}/temas/innovacion-tecnologica"):
        page.goto(path)
        accessibility.check(page)


def test_the_form_with_errors_and_its_receipt(page: Page) -> None:
    page.goto(f"{HOME}/opinar")
    for fold in page.locator("details").all():
        fold.locator("summary").click()
    accessibility.check(page)
    page.fill("#email", "esto no es")
    page.click("#opinion-form .button.big")
    assert page.locator(".error-summary").is_visible()
    accessibility.check(page)
    page.fill("#body", "Una opinión que sí se puede")
    page.fill("#email", "eva@persona.example")
    page.locator("details summary").nth(1).click()
    page.fill("#name", "Eva")
    page.click("#opinion-form .button.big")
    accessibility.check(page)
    code = page.locator("#folio").inner_text()
    page.goto("/seguimiento")
    page.fill("#folio", "mal")
    page.click("main form .button")
    accessibility.check(page)
    page.fill("#folio", code)
    page.click("main form .button")
    accessibility.check(page)
    page.click("button[value=erase]")
    accessibility.check(page)
    page.click("button.danger")
    accessibility.check(page)


def test_the_desk_in_every_state(page: Page) -> None:
    sign_in(page)
    accessibility.check(page)
    for path in (
        "/moderacion/demostracion",
        "/moderacion/demostracion?channel=import",
        "/moderacion/demostracion?theme=",
    ):
        page.goto(path)
        accessibility.check(page)
    page.goto("/moderacion/demostracion")
    page.locator(".queue-row button").first.click()
    accessibility.check(page)
    page.locator("details summary").first.click()
    accessibility.check(page)
    page.click("button[value=reject]")
    assert page.locator(".error-summary").is_visible()
    accessibility.check(page)
    page.goto("/cuenta/entrar")
    page.fill("#email", "nadie@demostracion.example")
    page.fill("#password", "no es esta")
    page.click("main form button")
    accessibility.check(page)


def test_the_coordinators_pages_in_every_state(page: Page) -> None:
    sign_in(page, "coordinadora@demostracion.example")
    own = "/gestion/demostracion"
    for path in (
        "/gestion/?todas=1",
        own,
        "/gestion/nueva",
        f"{own}/proceso",
        f"{own}/propuestas",
        f"{own}/noticias",
        f"{own}/nada",
        "/cuenta/guias/",
        "/cuenta/guias/foros",
        f"{own}/cronograma",
        f"{own}/actos",
        f"{own}/actos/nuevo",
        f"{own}/actos/taller-redaccion",
        f"{own}/personas",
        f"{own}/importar",
        f"{own}/ingresar",
        f"{own}/por-avisar",
        f"{own}/participantes/nueva",
        f"{own}/participantes/rve",
        f"{own}/importar/99",
        "/cuenta/",
        f"{own}/foros",
        f"{own}/foros/nuevo",
        f"{own}/foros/foro-de-ejemplo",
        f"{own}/foros/foro-de-ejemplo/puerta",
        f"{own}/foros/foro-de-ejemplo/hojas",
        *(f"{own}/cambiar/{part}" for part in ("textos", "temas", "listas", "motivos", "ajustes")),
    ):
        page.goto(path)
        for fold in page.locator("main details").all():
            fold.locator("summary").first.click()
        accessibility.check(page)
    for path, button in (
        (f"{own}/actos/nuevo", "Publicar el acto"),
        (f"{own}/personas", "Invitar"),
        (f"{own}/ingresar", "Guardar y ver el código"),
        (f"{own}/cambiar/temas", "Publicar el cambio"),
        (f"{own}/participantes/nueva", "Guardar"),
        (f"{own}/importar", "Subir y revisar"),
        ("/gestion/nueva", "Crear el borrador"),
    ):
        page.goto(path)
        page.get_by_role("button", name=button, exact=True).click()
        assert page.locator(".error-summary").is_visible()
        accessibility.check(page)


def test_a_draft_and_an_organisation_in_their_states(page: Page) -> None:
    sign_in(page, "coordinadora@demostracion.example")
    page.goto("/gestion/nueva")
    page.fill("#title", "Un plan que se prepara")
    page.fill("#slug", f"plan-{page.viewport_size['width'] if page.viewport_size else 0}")
    page.click("main form .button")
    accessibility.check(page)
    draft = page.url
    for part in ("textos", "temas", "etapas", "motivos", "listas", "ajustes", "vista"):
        page.goto(f"{draft}/{part}")
        accessibility.check(page)
    page.goto(f"{HOME}/solicitud")
    page.click("main form .button")
    accessibility.check(page)
    page.fill("#name", "m" * 190)
    page.select_option("#sector", "cocode")
    page.fill("#about", "Somos de la aldea.")
    page.fill("#email", "aldea@ejemplo.example")
    page.click("main form .button")
    accessibility.check(page)


def test_what_waits_for_an_answer(page: Page) -> None:
    sign_in(page, "moderadora@demostracion.example")
    for path in ("/gestion/demostracion", "/gestion/demostracion/por-responder", "/cuenta/"):
        page.goto(path)
        accessibility.check(page)
