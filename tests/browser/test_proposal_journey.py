"""A proposal from the verified organisation to the rejected comment, without JavaScript; two editors on one step."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import insert

from consulta.domain.accounts import accounts, links
from consulta.domain.consultations import reading as consultations
from consulta.domain.organizations import reading as organizations
from consulta.models.accounts import RoleName, Sector
from consulta.models.organizations import OrganizationMember
from consulta.web.passwords import hasher
from consulta.worker import delivery
from tests.support.accessibility import check
from tests.support.audits import sound
from tests.support.people import staff
from tests.support.visitor import PASSWORD

from .conftest import WIDTHS, sign_in

HOME = "/consultas/demostracion"
DESK = "/moderacion/demostracion"


def verified(demo: Flask, open_context: Callable[..., BrowserContext], width: int) -> tuple[str, str]:
    """An organisation asks for an account and both sides accept it, in the browser; who signs, who writes."""
    name, signs, writes = f"Colectivo {width}", f"rosa@{width}.example", f"raul@{width}.example"
    database, now = demo.extensions["database"], datetime.now(UTC)
    public = open_context(width, scripts=False).new_page()
    public.goto(f"{HOME}/solicitud")
    for field, value in (("name", name), ("about", "Cuidamos el río."), ("email", signs)):
        public.fill(f"#{field}", value)
    public.select_option("#sector", index=1)
    public.click("main form button >> nth=-1")
    assert "Le escribimos" in public.inner_text("main")
    delivery.deliver(demo, now=now)
    with database.transaction() as db:
        account = accounts.ensure(db, email=signs, now=now)
        token = links.one_time_link(db, account_id=account, now=now)
        links.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
        view = consultations.find(db, "demostracion").view
    sign_in(public, signs)
    public.click(f"main a:text-is('{name}')")
    slug = public.url.rpartition("/")[2]
    public.click("button:text-is('Enviar la solicitud')")
    for sector in Sector:
        email = f"{sector.value}@{width}.example"
        staff(database, view, email=email, role=RoleName.FACILITATOR, sector=sector)
        side = open_context(width, scripts=False).new_page()
        sign_in(side, email)
        side.goto(f"/gestion/demostracion/solicitudes/{slug}")
        side.check("input[name=verdict][value=accept]")
        side.click("main form button.button >> nth=0")
    other = staff(database, view, email=writes, role=RoleName.LIAISON)
    with database.transaction() as db:
        found = organizations.by_slug(db, view.id, slug)
        assert found is not None
        row = {"organization_id": found.id, "account_id": other, "signatory": False}
        db.execute(insert(OrganizationMember).values(**row))
    return signs, writes


def write(page: Page, draft: str, place: str, **fields: str) -> None:
    """Fill a step in and save it."""
    page.goto(f"{draft}/{place}")
    for name, value in fields.items():
        page.fill(f"#{name.replace('_', '-') if name.startswith('meta') else name}", value)
    page.click("main form button.big")


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_verified_organisation_to_the_rejected_comment(
    demo: Flask, open_context: Callable[..., BrowserContext], width: int
) -> None:
    signs, writes = verified(demo, open_context, width)
    rosa, raul = (open_context(width, scripts=False).new_page() for _ in range(2))
    sign_in(rosa, signs)
    sign_in(raul, writes)
    rosa.goto(f"{HOME}/propuestas/nueva")
    rosa.click("main form button.big")
    draft = rosa.url
    raul.goto("/cuenta/")
    raul.click("text=Propuesta nueva")
    assert raul.url == draft
    for page in (rosa, raul):
        page.goto(f"{draft}/problema")
    rosa.fill("#title", "Compras de medicinas de los hospitales por internet")
    rosa.check("input[name=theme] >> nth=4")
    rosa.fill("#problem", "Nadie sabe cuánto paga cada hospital público por la misma medicina.")
    rosa.click("main form button.big")
    raul.fill("#title", "El título de Raúl")
    raul.fill("#problem", "El problema según Raúl, escrito al mismo tiempo.")
    raul.click("main form button.big")
    both = raul.inner_text("main")
    assert "Nadie sabe cuánto paga cada hospital" in both
    assert raul.input_value("#problem") == "El problema según Raúl, escrito al mismo tiempo."
    raul.fill("#title", "Compras de medicinas de los hospitales por internet")
    raul.fill("#problem", "Nadie sabe cuánto paga cada hospital público por la misma medicina, ni se publica.")
    raul.check("input[name=theme] >> nth=4")
    raul.click("main form button.big")
    write(raul, draft, "responde", contributions="3")
    write(
        raul,
        draft,
        "accion",
        objective="Que 45 hospitales publiquen lo que compran.",
        action="Publicar cada mes las compras de medicinas de los hospitales.",
    )
    raul.goto(f"{draft}/accion")
    assert "Propuestas parecidas" in raul.inner_text("main")
    assert "Comparten:" in raul.inner_text("main")
    raul.goto(f"{draft}/metas")
    for n in range(7):
        raul.fill(f"#meta-{n}-text", f"Publicar el informe número {n + 1} de compras, con precios por unidad")
        raul.fill(f"#meta-{n}-start", "marzo de 2027")
        raul.fill(f"#meta-{n}-end", "08/2027")
        raul.click("text=Guardar y agregar otra meta")
    rosa.goto(f"{draft}/revisar")
    rosa.click("text=Dejarlo así >> nth=0")
    rosa.fill("input[name=reason] >> nth=0", "Lo decidimos así con las comunidades.")
    rosa.click("text=Guardar el motivo >> nth=0")
    assert "Lo decidimos así con las comunidades." in rosa.inner_text("main")
    raul.goto(f"{draft}/revisar")
    assert "La envía quien firma" in raul.inner_text("main")
    rosa.click("button:text-is('Enviar la propuesta')")
    number = re.findall(r"n\.º (\d+)", rosa.inner_text("main"))[0]
    desk = open_context(width, scripts=False).new_page()
    sign_in(desk, "moderadora@demostracion.example")
    desk.goto(f"{DESK}/{number}")
    desk.click("text=Devolverla para corregir")
    desk.check("input[name=field-objective]")
    desk.fill("#due", due())
    desk.fill("#returned-note", "Diga desde cuándo.")
    desk.click("main button:text-is('Devolver')")
    rosa.goto(draft)
    assert "Diga desde cuándo." in rosa.inner_text("main")
    write(rosa, draft, "accion", objective="Que desde 2028 los 45 hospitales publiquen lo que compran.")
    rosa.goto(f"{draft}/revisar")
    rosa.click("button:text-is('Enviar la propuesta')")
    decide(desk, number, "publish")
    reader = open_context(width, scripts=False).new_page()
    reader.goto(f"{HOME}/propuestas/{number}")
    shown = reader.inner_text("main")
    for text in ("desde 2028", "Lo decidimos así con las comunidades.", "7.", f"Colectivo {width}"):
        assert text in shown
    reader.click("text=qué cambió")
    assert "2028" in " ".join(reader.locator("ins").all_inner_texts())
    comment_and_reject(open_context, desk, number, width)
    for path in (
        draft,
        f"{draft}/problema",
        f"{draft}/responde",
        f"{draft}/metas",
        f"{draft}/responsables",
        f"{draft}/revisar",
        f"{HOME}/propuestas/{number}",
        f"{HOME}/propuestas/{number}/diferencia",
    ):
        seen = open_context(width).new_page()
        sign_in(seen, signs)
        seen.goto(path)
        check(seen)
        seen.context.close()
    sound(demo.extensions["database"], "demostracion")


def due() -> str:
    """A day in ten days, as it is typed."""
    return f"{datetime.fromtimestamp(datetime.now(UTC).timestamp() + 10 * 86_400, UTC):%Y-%m-%d}"


def decide(desk: Page, number: str, verdict: str) -> None:
    """Open and decide in the browser."""
    desk.goto(f"{DESK}/{number}")
    if verdict == "reject":
        desk.select_option("#reason", index=1)
    desk.click(f"button[name=verdict][value={verdict}]")


def comment_and_reject(open_context: Callable[..., BrowserContext], desk: Page, number: str, width: int) -> None:
    """Two comments with two themes; one is published, reported, and rejected with a reason that can be read."""
    codes = []
    for text in ("Está bien, pero falta el precio.", "Comentario que luego se reporta."):
        page = open_context(width, scripts=False).new_page()
        page.goto(f"{HOME}/propuestas/{number}")
        page.click("#comentarios a:text-is('Comentar')")
        page.fill("#body", f"{text} {width}")
        page.check("input[name=themes] >> nth=0")
        page.click("main form button.big")
        codes.append(page.inner_text("#folio"))
        mine = re.findall(r"n\.º (\d+)", page.inner_text("main"))[0]
        decide(desk, mine, "publish")
    reader = open_context(width, scripts=False).new_page()
    reader.goto(f"{HOME}/propuestas/{number}")
    assert f"falta el precio. {width}" in reader.inner_text("#comentarios")
    reader.goto(f"{HOME}/aportes/{mine}/reportar")
    reader.locator("input[name=ground]").first.check()
    reader.click("main form button >> nth=-1")
    decide(desk, mine, "reject")
    reader.goto(f"{HOME}/propuestas/{number}")
    assert "luego se reporta" not in reader.inner_text("#comentarios")
    reader.goto(f"{HOME}/aportes/{mine}")
    expect(reader.locator("main")).to_contain_text("Motivo:")
