"""A coordinator's day in the browser, by the keyboard alone: from signing in to done, without an address typed, the
browser's *Back* or a dead end; with scripts on a computer, and without on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.accessibility import check

from .conftest import sign_in, unfold


class Day:
    """Somebody at a keyboard. What is pressed can be focused, or the test fails; what a page is must be said in its
    heading, inside the frame."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, name: str, *, last: bool = False) -> None:
        """Follow a link."""
        self._press("link", name, last)

    def press(self, name: str, *, last: bool = False) -> None:
        """Press a button."""
        self._press("button", name, last)

    def _press(self, role: str, name: str, last: bool) -> None:
        found = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        one = found.last if last else found.first
        one.focus()
        expect(one).to_be_focused()
        one.press("Enter")
        self.page.wait_for_load_state()
        expect(self.page.locator("header.team")).to_be_visible()

    def write(self, **fields: str) -> None:
        """Type into fields, by their names."""
        for name, value in fields.items():
            self.page.fill(f"#{name}", value)

    def choose(self, **fields: str) -> None:
        """Choose from lists, by their names."""
        for name, value in fields.items():
            self.page.select_option(f"#{name}", value)

    def tick(self, name: str) -> None:
        """Tick a box with the space bar."""
        box = self.page.locator(f"[name='{name}']").first
        box.press("Space")
        expect(box).to_be_checked()

    def told(self, words: str) -> None:
        """What was done is said by name."""
        expect(self.page.locator(".flash, .told").first).to_contain_text(words)

    def stands_at(self, heading: str) -> None:
        """Where one is."""
        expect(self.page.locator("h1")).to_have_text(heading)


def set_up(day: Day) -> None:
    """A consultation with seven themes from the template; its address is made of its title."""
    day.go("Proceso")
    day.go("Ver las demás, o crear una")
    day.go("Consulta nueva")
    day.write(title="Plan del día")
    day.press("Crear el borrador")
    day.go("Llamado y textos")
    day.write(convened_by_es="La Mesa del Día")
    day.press("Guardar", last=True)
    day.go("Temas")
    for n, name in ((5, "Agua"), (6, "Caminos")):
        day.press("Agregar un tema")
        day.write(**{f"themes-{n}-name_es": name, f"themes-{n}-question_es": f"¿Qué falta en {name.lower()}?"})
    day.press("Guardar", last=True)
    day.go("Etapas")
    unfold(day.page)
    today = datetime.now(UTC).date()
    for n in (0, 1):
        day.write(**{f"stages-{n}-starts": (today - timedelta(days=1)).isoformat()})
    day.tick("stages-1-proposal")
    day.press("Guardar", last=True)
    day.go("Publicar la consulta…")
    day.stands_at("¿Publicar la consulta?")
    day.press("Publicar la consulta")
    day.told("La consulta ya es pública")
    day.stands_at("Hoy")


def invite(day: Day) -> None:
    """Hoy says that nobody reviews a theme; one of each sector is invited for all of them."""
    day.go("Personas y entidades")
    for name, sector in (
        ("Red de Vecinas", "cso"),
        ("Ministerio de Prueba", "executive"),
        ("Colegio de Prueba", "cso"),
    ):
        day.go("Entidades")
        day.go("Agregar una entidad")
        day.write(name_es=name)
        day.page.select_option("#sector", sector)
        if name.startswith("Colegio"):
            day.write(contact_phone="5555-0123")
        day.press("Guardar")
        day.told(name)
        day.go("Personas y entidades")
    day.go("Hoy")
    expect(day.page.locator("main")).to_contain_text("Todavía nadie revisa los aportes")
    day.go("Invitar")
    for email, sector in (("gob@dia.example", "gov"), ("osc@dia.example", "cso")):
        day.write(email=email, reason="Lo acordó la mesa en su primera reunión.")
        day.choose(role="moderator", sector=sector)
        if sector == "cso":
            day.page.select_option("[name='organization']", label="Red de Vecinas")
        day.press("Invitar", last=True)
        day.told(f"Invitación enviada a {email}")


def forum(day: Day) -> None:
    """Announce a forum, then move it by an hour, with the reason."""
    day.go("Foros")
    day.go("Anunciar un foro")
    on = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    day.write(name_es="Foro del Día", day=on, begins="08:00", ends="12:00", place_es="Salón", address_es="3a calle")
    day.choose(kind="forum", department="16")
    day.write(capacity="50")
    day.press("Publicar")
    day.told("Foro del Día")
    day.go("Cambiar o cancelar")
    day.write(begins="09:00", reason_es="El salón se ocupa una hora más.")
    day.press("Publicar")
    day.told("Foro del Día")


def act(day: Day) -> None:
    """Record an act with three bodies; change its place, and call the body that has a telephone only."""
    day.go("Proceso")
    day.go("Anotar un acto")
    on = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    day.write(title_es="Mesa de arranque", planned_from=on, place_es="Biblioteca")
    day.choose(kind="technical")
    for n, name in enumerate(("red de vecinas", "Ministerio de Prueba", "COLEGIO DE PRUEBA")):
        day.write(**{f"body-{n}-name": name})
    day.press("Publicar el acto")
    day.told("Mesa de arranque")
    day.go("Nueva versión")
    day.write(place_es="Salón comunal", reason_es="La biblioteca estaba ocupada.")
    day.press("Publicar el acto")
    day.go("Hoy")
    day.go("Llamar")
    expect(day.page.locator("main")).to_contain_text("Colegio de Prueba")
    day.press("Ver el teléfono y qué decir")
    expect(day.page.locator("main")).to_contain_text("5555-0123")
    day.press("Avisado")
    day.told("ya se le avisó")
    day.go("Hoy")
    expect(day.page.locator("main")).not_to_contain_text("Avisos que dar por teléfono")


def news(day: Day) -> None:
    """Write a piece of news."""
    day.go("Proceso")
    day.go("Noticias")
    day.write(title_es="Empezamos", text_es="Desde hoy se reciben opiniones.")
    day.page.locator("[name='mailed']").last.press("Space")
    day.press("Publicar la noticia")
    day.told("Empezamos")


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)], ids=["computer", "telephone"])
def test_a_coordinators_day(
    open_context: Callable[..., BrowserContext], demo: Flask, width: int, scripts: bool
) -> None:
    page = open_context(width, scripts=scripts).new_page()
    sign_in(page, "coordinadora@demostracion.example")
    day = Day(page)
    if "/cuenta" in page.url:  # who works in several begins with the list of them
        day.go("Cuarto plan de gobierno abierto (demostración)")
    day.stands_at("Hoy")
    for part in (set_up, invite, forum, act, news):
        part(day)
        if scripts:
            check(page)
    day.go("Hoy")
    expect(page.locator("main")).to_contain_text("Personas invitadas que todavía no entran: 2")
    page.get_by_role("button", name="Salir").press("Enter")
    expect(page.locator("header.team")).to_have_count(0)
