"""An organisation's day: a second person writes, a proposal comes back and is corrected, and another signs when the
signatory is gone. A real server catches every mail, and everybody follows the links of theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import Sector
from consulta.worker import rounds
from tests.support import people, proposals
from tests.support.audits import sound
from tests.support.proposals import body, save, signed_in, written
from tests.support.visitor import PASSWORD, Visitor

from .conftest import Sink

consultation = proposals.consultation
PEOPLE = "/cuenta/organizaciones/prueba/acme/personas"


def newest(caught: Sink, to: str) -> str:
    """The last mail to somebody, as one line."""
    mail = next(one for one in reversed(caught.messages) if one["To"] == to)
    return " ".join(mail.get_body(("plain",)).get_content().split())


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_organisations_day(
    dialect: str,
    make_app: Callable[..., Flask],
    database: Database,
    consultation: ConsultationView,
    now: datetime,
    sink: tuple[Sink, str],
) -> None:
    caught, url = sink
    app = make_app(mail_url=url)
    body(database, consultation, "acme", now, ana=True)
    ana = signed_in(app, "ana@acme.example")

    def work() -> None:
        rounds.work(app, now=datetime.now(UTC))

    # A second person, who comes by the link of her mail and finds the draft in her account.
    draft = written(ana, "acme")
    ana.post(PEOPLE, {"act": "add", "email": "eva@acme.example"})
    work()
    link = re.search(r"/cuenta/clave/[\w-]+", newest(caught, "eva@acme.example"))
    assert link
    eva = Visitor(app)
    eva.get(link[0])
    eva.post(link[0], {"password": PASSWORD})
    if eva.client.get("/cuenta/").status_code != 200:
        eva.sign_in("eva@acme.example")
    assert draft in eva.get("/cuenta/").text
    save(eva, draft, "ambicion", ambition="Que cada hospital publique sin que nadie lo pida.")
    assert "La envía quien firma" in eva.get(f"{draft}/revisar").text
    proposals.send(ana, draft)
    # It comes back: both read until when, and the mail names the part.
    desk = people.moderator(app, database, consultation)
    desk.post("/moderacion/prueba/1/abrir")
    due = f"{consultation.today(now) + timedelta(days=5):%d/%m/%Y}"
    asked = {"ordinal": "0", "due": due, "note": "Diga cuántos hospitales son.", "field-problem": "1"}
    desk.post("/moderacion/prueba/1/devolver", asked)
    work()
    told = newest(caught, "ana@acme.example")
    assert "Diga cuántos hospitales son." in told
    assert "/propuestas/borrador/" in told, "it leads to what is to be corrected"
    for person in (ana, eva):
        assert "devuelta: corríjala hasta el" in person.get("/cuenta/").text
    save(
        eva, draft, "problema", title="Compras de medicinas", theme="tema-2", problem="En 45 hospitales nadie lo sabe."
    )
    proposals.send(ana, draft)
    assert "devuelta: corríjala" not in eva.get("/cuenta/").text
    # Ana leaves without handing the signature on: Eva asks, Ana is told and is silent, both sectors agree.
    eva_id = next(iter(re.findall(r'<option value="(\d+)"', eva.get(PEOPLE).text)))
    eva.post(PEOPLE, {"act": "ask", "successor": eva_id, "reason": "Ana dejó la organización."})
    work()
    assert "¿Sigue firmando usted" in caught.messages[-1]["Subject"]
    for sector in Sector:
        side = people.side(app, database, consultation, sector)
        assert "¿Quién firma por Organización acme?" in side.get("/gestion/prueba").text
        side.post("/gestion/prueba/por-responder/firmas/acme", {"act": "agree"})
    work()
    assert "firma usted por «Organización acme»" in newest(caught, "eva@acme.example")
    assert "Agregar a una persona" in eva.get(PEOPLE).text
    assert "Agregar a una persona" not in ana.get(PEOPLE).text
    sound(database)
