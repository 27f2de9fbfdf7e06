"""The Point of Contact, without a terminal: seven themes, a team, a window, an act with a disagreement, paper, CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from consulta.worker import rounds
from tests.support.accessibility import check

from .conftest import sign_in, unfold


def reach(page: Page, label: str, text: str) -> None:
    """Fill the field that bears this label."""
    page.get_by_label(label, exact=True).first.fill(text)


def set_up(page: Page, slug: str) -> None:
    """From the template to a public consultation of seven themes."""
    page.goto("/gestion/nueva")
    page.fill("#title", "Plan del viaje")
    page.fill("#slug", slug)
    page.click("main form .button")
    expect(page.locator("main")).to_contain_text("Todavía falta")
    page.get_by_role("link", name="Llamado y textos").first.click()
    page.fill("#convened_by_es", "La Mesa del Viaje")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Temas").first.click()
    for n, name in ((5, "Agua y bosques"), (6, "Caminos y puentes")):
        page.get_by_role("button", name="Agregar un tema").click()
        expect(page.locator(f"#themes-{n}-name_es")).to_be_in_viewport()
        page.fill(f"#themes-{n}-name_es", name)
        page.fill(f"#themes-{n}-question_es", f"¿Qué hace falta en {name.lower()}?")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Etapas").first.click()
    today = datetime.now(UTC).date()
    unfold(page)
    page.fill("#stages-0-starts", (today - timedelta(days=1)).isoformat())
    page.fill("#stages-1-starts", (today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("main")).to_contain_text("menos de 14 días")
    expect(page.locator("main")).to_contain_text("No falta nada.")
    page.get_by_role("link", name="Publicar la consulta…").click()
    expect(page.locator("h1")).to_have_text("¿Publicar la consulta?")
    page.get_by_role("button", name="Publicar la consulta").click()
    expect(page.locator("main")).to_contain_text("Todavía nadie revisa los aportes")


def invite(page: Page, app: Flask, slug: str, email: str, sector: str, body: str = "") -> str:
    """Invite somebody; the one-time link of their mail."""
    page.goto(f"/gestion/{slug}/personas")
    page.fill("#email", email)
    page.select_option("#role", "moderator")
    page.select_option("#sector", sector)
    if body:
        page.select_option("#organization", label=body)
    page.fill("#reason", "La propuso su sector en la primera reunión.")
    page.get_by_role("button", name="Invitar").click()
    expect(page.locator(".flash")).to_contain_text("Invitación enviada")
    rounds.work(app, now=datetime.now(UTC))
    for path in Path(app.extensions["settings"].instance, "mail").glob("*.eml"):
        text = path.read_text()
        if f"To: {email}" in text:
            found = re.search(r"/cuenta/clave/[\w-]+", text)
            assert found
            return found[0]
    raise AssertionError(email)


def join(page: Page, link: str, email: str) -> None:
    """Choose a password by the link and sign in."""
    page.goto(link)
    page.fill("#password", "una frase larga para entrar")
    page.click("main form button")
    sign_in(page, email)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_process_without_a_terminal(open_context: Callable[..., BrowserContext], demo: Flask, scripts: bool) -> None:
    slug = "plan-del-viaje" if scripts else "plan-sin-guion"
    page = open_context(1280, scripts=scripts).new_page()
    sign_in(page, "coordinadora@demostracion.example")
    set_up(page, slug)
    page.goto(f"/gestion/{slug}/participantes/nueva")
    reach(page, "Nombre", "Red de Vecinas")
    page.select_option("#sector", "cso")
    page.get_by_role("button", name="Guardar").click()
    links = {
        "gob": invite(page, demo, slug, f"gob-{slug}@equipo.example", "gov"),
        "osc": invite(page, demo, slug, f"osc-{slug}@equipo.example", "cso", body="Red de Vecinas"),
    }
    # The window is extended, with a reason.
    page.get_by_role("link", name="Proceso", exact=True).click()
    page.get_by_role("link", name="Cambiar el cronograma").click()
    unfold(page)
    ends = page.input_value("#stages-1-ends")
    later = (datetime.fromisoformat(ends) + timedelta(days=7)).date()
    page.fill("#stages-1-ends", later.isoformat())
    for n in range(2, 9):  # what comes after moves along
        for name in ("starts", "ends"):
            field = f"#stages-{n}-{name}"
            page.fill(field, (datetime.fromisoformat(page.input_value(field)) + timedelta(days=7)).date().isoformat())
    page.fill("#reason_es", "La gente pidió una semana más.")
    page.get_by_role("button", name="Antes, ver lo que se anunciará").click()
    expect(page.locator("#anuncio")).to_contain_text("Todavía no está publicado")
    page.get_by_role("button", name="Publicar la nueva versión").click()
    # An act with minutes with which one side disagrees.
    page.get_by_role("link", name="Proceso", exact=True).click()
    page.get_by_role("link", name="Anotar un acto").click()
    page.fill("#title_es", "Mesa técnica de arranque")
    page.select_option("#kind", "technical")
    page.fill("#held_from", datetime.now(UTC).date().isoformat())
    page.fill("#body-0-name", "red de vecinas")  # as people write it
    page.select_option("#body-0-capacity", "host")
    page.fill("#minutes_es", "Se acordó publicar todo cada viernes.")
    page.get_by_role("button", name="Publicar el acto").click()
    page.click(".told a")
    act = page.url
    for who, verdict in (("gob", "agree"), ("osc", "disagree")):
        other = open_context(360, scripts=scripts).new_page()
        join(other, links[who], f"{who}-{slug}@equipo.example")
        expect(other.locator("h1")).to_have_text("Hoy")
        other.get_by_role("link", name="Por responder").click()
        check(other) if scripts else None
        other.get_by_role("link", name="Mesa técnica de arranque").click()
        check(other) if scripts else None
        other.check(f"input[value={verdict}]")
        if verdict == "disagree":
            other.fill("#statement", "Se habló de publicar cada día, no cada viernes.")
        other.get_by_role("button", name="Publicar mi respuesta").click()
    page.goto(f"/gestion/{slug}")
    expect(page.locator("main")).not_to_contain_text("nadie revisa los aportes")
    # A paper opinion, and a table.
    page.goto(f"/gestion/{slug}/ingresar")
    page.fill("#body", "Que arreglen el puente colgante.")
    page.select_option("#theme", label="Caminos y puentes")
    page.get_by_role("button", name="Guardar y ver el código").click()
    code = page.locator("#folio").inner_text()
    page.goto(f"/gestion/{slug}/importar")
    table = "id,texto,tema\n1,Falta agua en verano,F\n2,Más árboles,F\n3,Otro tema,Z\n"
    page.set_input_files("#file", {"name": "papel.csv", "mimeType": "text/csv", "buffer": table.encode()})
    page.get_by_role("button", name="Subir y revisar").click()
    expect(page.locator("main")).to_contain_text("no hay tal tema")
    check(page) if scripts else None
    page.get_by_role("button", name="Importar 2 aportes").click()
    rounds.work(demo, now=datetime.now(UTC))
    page.reload()
    expect(page.locator("main")).to_contain_text("Terminada: 2 aportes")
    read_all(open_context(360, scripts=scripts).new_page(), slug, act, code)


def read_all(visitor: Page, slug: str, act: str, code: str) -> None:
    """A visitor reads all of it."""
    visitor.goto(f"/consultas/{slug}")
    expect(visitor.locator("main")).to_contain_text("Caminos y puentes")
    expect(visitor.locator(".figures dd").first).to_have_text("3")
    visitor.goto(f"/consultas/{slug}/cronograma")
    for words in ("La gente pidió una semana más.", "Qué cambió esta versión", "Mesa técnica de arranque"):
        expect(visitor.locator("main")).to_contain_text(words)
    visitor.goto(act)
    for words in ("Se acordó publicar todo cada viernes.", "Se habló de publicar cada día", "tiene un desacuerdo"):
        expect(visitor.locator("main")).to_contain_text(words)
    expect(visitor.locator("main")).not_to_contain_text("por consenso")
    visitor.goto(f"/consultas/{slug}/participantes")
    expect(visitor.locator("main")).to_contain_text("propuesta por Red de Vecinas")
    visitor.goto("/seguimiento")
    visitor.fill("#folio", code)
    visitor.click("main form .button")
    expect(visitor.locator("main")).to_contain_text("Que arreglen el puente colgante.")
