"""Writing a proposal: whose it is, every step, two who write at once, milestones without a script."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.forms.milestones import MAX_MILESTONES, month_of
from consulta.models.contributions import Status
from tests.support import proposals
from tests.support.contributions import admit
from tests.support.proposals import begin, body, save, signed_in, written
from tests.support.visitor import Visitor

consultation = proposals.consultation


def code(page: str) -> str:
    """The code in a message."""
    return re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page)[0]


def test_a_person_writes_with_a_code_alone(app: Flask, consultation: ConsultationView, visitor: Visitor) -> None:
    draft = written(visitor)
    other = Visitor(app)
    other.get(draft, 404)
    other.get(f"{draft}/problema", 404)
    other.post(f"{draft}/problema", {"title": "ajena"}, 404)
    mine = code(begin_again(visitor))
    follow = other.post("/seguimiento", {"folio": mine}, 303)
    assert "/propuestas/borrador/" in follow.headers["Location"]
    assert "Propuesta nueva" in other.get(follow.headers["Location"]).text
    page = visitor.get(draft).text
    assert page.count("sin escribir") == 4
    assert "se puede enviar" in page
    assert "no-store" in visitor.get(draft).headers["Cache-Control"]


def begin_again(visitor: Visitor) -> str:
    """Begin another; the page with its code."""
    return visitor.get(begin(visitor)).text


def test_the_same_click_twice_is_one_draft(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    page = visitor.get(proposals.BEGIN).text
    given = {"submission": visitor.hidden(page, "submission"), "organization": ""}
    first, second = (visitor.post(proposals.BEGIN, given).headers["Location"] for _ in range(2))
    assert first == second
    visitor.post(proposals.BEGIN, {"submission": "falsa"}, 422)


def test_members_share_a_draft_and_outsiders_see_none(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    body(database, consultation, "acme", now, ana=True, beto=False)
    body(database, consultation, "otra", now, carla=True)
    ana, beto, carla = (
        signed_in(app, email) for email in ("ana@acme.example", "beto@acme.example", "carla@otra.example")
    )
    draft = written(ana, "acme")
    assert "Compras de medicinas" in beto.get(draft).text
    assert "Compras de medicinas" in beto.get("/cuenta/").text
    for stranger in (carla, visitor):
        stranger.get(draft, 404)
        stranger.post(f"{draft}/problema", {"seen": "1", "title": "x"}, 404)
    assert "Elija una de las opciones" in begin(carla, "acme", 422)
    page = carla.get(proposals.BEGIN).text
    assert "Organización otra" in page
    assert "Organización acme" not in page


def test_two_on_one_step_keep_both_texts(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    body(database, consultation, "acme", now, ana=True, beto=False)
    ana, beto = signed_in(app, "ana@acme.example"), signed_in(app, "beto@acme.example")
    draft = begin(ana, "acme")
    seen = beto.hidden(beto.get(f"{draft}/problema").text, "seen")
    save(ana, draft, "problema", title="El título de Ana", problem="El problema según Ana.")
    late = {"seen": seen, "title": "El título de Beto", "problem": "El problema según Beto.", "theme": "tema-3"}
    page = beto.post(f"{draft}/problema", late, 409).text
    for text in ("El título de Ana", "El problema según Ana.", "El título de Beto", "El problema según Beto."):
        assert text in page
    assert "otra persona guardó este paso" in page
    assert "El título de Ana" in ana.get(f"{draft}/problema").text
    beto.post(f"{draft}/problema", {**late, "seen": beto.hidden(page, "seen")})
    assert "El título de Beto" in ana.get(f"{draft}/problema").text
    save(ana, draft, "accion", objective="Un objetivo", action="Una acción")
    assert "El título de Beto" in ana.get(f"{draft}/problema").text


def goals(**fields: str) -> dict[str, str]:
    """Fields of milestones: ``text_0`` and the like."""
    return {f"meta-{name.rsplit('_', 1)[1]}-{name.rsplit('_', 1)[0]}": value for name, value in fields.items()}


def keys(page: str) -> list[str]:
    """The keys of the milestones on a page, in order."""
    return re.findall(r'name="meta-\d+-key" value="(m[0-9a-f]+)"', page)


def test_milestones_are_added_moved_split_and_removed_without_a_script(
    app: Flask, consultation: ConsultationView, visitor: Visitor
) -> None:
    draft = begin(visitor)
    place = f"{draft}/metas"
    first = goals(text_0="Publicar el informe", start_0="marzo de 2027", end_0="06/2027", parties_0="MSPAS\nIGSS")
    save(visitor, draft, "metas", **first, **goals(text_1="Capacitar; evaluar"), act="add:")
    page = visitor.get(place).text
    one, two = keys(page)
    assert 'value="2027-03"' in page
    assert 'value="2027-06"' in page
    form = {**goals(key_0=one, text_0="Publicar el informe", key_1=two, text_1="Capacitar; evaluar")}
    save(visitor, draft, "metas", **form, act=f"up:{two}")
    assert keys(visitor.get(place).text) == [two, one]
    form = goals(key_0=two, text_0="Capacitar; evaluar", key_1=one, text_1="Publicar el informe")
    save(visitor, draft, "metas", **form, act=f"split:{two}")
    page = visitor.get(place).text
    assert keys(page)[0] == two
    assert len(keys(page)) == 3
    assert "Capacitar</textarea>" in page
    assert "evaluar</textarea>" in page
    kept = keys(page)
    form = goals(**{f"key_{n}": key for n, key in enumerate(kept)}, **{f"text_{n}": f"Meta {n}" for n in range(3)})
    save(visitor, draft, "metas", **form, act=f"remove:{kept[1]}")
    assert keys(visitor.get(place).text) == [kept[0], kept[2]]
    bad = goals(key_0=kept[0], text_0="", deliverable_0="Un informe", key_1=kept[2], text_1="Otra", start_1="algún día")
    page = save(visitor, draft, "metas", 422, **bad, act=f"down:{kept[0]}")
    assert "Escriba qué se hará en esta meta" in page
    assert "Escriba el mes como" in page
    assert "Un informe" in page
    assert "algún día" in page
    assert keys(visitor.get(place).text) == [kept[0], kept[2]]
    many = {f"meta-{n}-text": f"Meta {n}" for n in range(200)}
    assert f"Caben {MAX_MILESTONES} metas; hay 200" in save(visitor, draft, "metas", 422, **many)


def test_what_is_out_of_order_is_said_beside_it_and_kept(
    app: Flask, consultation: ConsultationView, visitor: Visitor
) -> None:
    draft = begin(visitor)
    turned = goals(text_0="Publicar el informe anual de compras", start_0="2028-05", end_0="2028-01")
    save(visitor, draft, "metas", **turned, **goals(text_1="Capacitar", start_1="2027-01", end_1="2030-01"))
    page = visitor.get(f"{draft}/metas").text
    assert "después de la fecha en que termina" in page
    assert "enero de 2030" in page
    assert page.index("después de la fecha en que termina") < page.index("Capacitar</textarea>")


@pytest.mark.parametrize(
    ("place", "fields", "said"),
    [
        ("problema", {"title": "a" * 401}, "demasiado largo"),
        ("problema", {"problem": "a" * 20_001}, "caben 20,000"),
        ("problema", {"theme": "tema-99"}, "Elija una de las opciones"),
        ("responde", {"contributions": "doce"}, "«doce» no es el número"),
        ("responde", {"contributions": "12"}, "No hay un aporte publicado con el número 12"),
        ("responde", {}, "Elija a qué responde"),
        ("responde", {"earlier-2014-2016/Z9": "1"}, "No hay un compromiso anterior"),
        ("responsables", {"contact-0-email": "sin arroba"}, "Revise el correo"),
        ("responsables", {"contact-0-post": "Gerente"}, "Escriba el nombre de la persona"),
        ("responsables", {"leads": "\n".join(f"Entidad {n}" for n in range(21))}, "Caben 20 entidades"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_lost(
    app: Flask, consultation: ConsultationView, visitor: Visitor, place: str, fields: dict[str, str], said: str
) -> None:
    draft = begin(visitor)
    page = save(visitor, draft, place, 422, **fields, causes="Lo demás que escribí", government="Lo demás que escribí")
    assert said in page
    assert place not in ("problema", "responsables") or "Lo demás que escribí" in page
    assert "sin escribir" in visitor.get(draft).text


def test_pasted_word_text_is_kept_readable(app: Flask, consultation: ConsultationView, visitor: Visitor) -> None:
    draft = begin(visitor)
    pasted = "“Tabla”\x0bcelda\u00a01\tcelda 2\r\nfin"
    save(visitor, draft, "problema", title="x", problem=pasted)
    assert "“Tabla”\ncelda\u00a01" in visitor.get(f"{draft}/problema").text
    assert visitor.post(f"{draft}/problema", {"seen": "1", "problem": "a\x00b"}, 422)


def test_lineage_and_dismissals_are_kept(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime, visitor: Visitor
) -> None:
    admit(database, consultation, "Falta agua", "No hay luz", status=Status.PUBLISHED)
    draft = written(visitor)
    save(visitor, draft, "responde", contributions="n.º 2, 1")
    assert 'value="2, 1"' in visitor.get(f"{draft}/responde").text
    page = visitor.get(f"{draft}/revisar").text
    diagnostic = re.findall(r'name="finding" value="([^"]+)"', page)[0]
    assert "Escriba por qué" in visitor.post(f"{draft}/dejar", {"finding": diagnostic, "reason": "no"}, 422).text
    visitor.post(f"{draft}/dejar", {"finding": diagnostic, "reason": "Se decide en la mesa de trabajo."})
    assert "Se decide en la mesa de trabajo." in visitor.get(f"{draft}/revisar").text
    visitor.post(f"{draft}/dejar", {"finding": diagnostic, "restore": "1"})
    assert "Se decide en la mesa de trabajo." not in visitor.get(f"{draft}/revisar").text
    visitor.post(f"{draft}/dejar", {"finding": "X99", "reason": "Se decide en la mesa."}, 404)


def test_after_the_minute_what_is_written_is_kept(
    app: Flask, consultation: ConsultationView, visitor: Visitor, now: datetime
) -> None:
    draft = begin(visitor)
    mine = code(visitor.get(draft).text)
    with time_machine.travel(now + timedelta(days=12), tick=False):
        assert mine in visitor.get(draft).text, "ninety days, although the session ended"
    with time_machine.travel(now + timedelta(days=91), tick=False):
        visitor.get(draft, 404)  # this browser has forgotten it; the code has not
    with time_machine.travel(now + timedelta(days=12), tick=False):
        visitor.post("/seguimiento", {"folio": mine}, 303)
        save(visitor, draft, "problema", title="Un título después", problem="Lo mismo de antes.")
        page = visitor.get(draft).text
        assert "Un título después" in page
        assert "Lo que escriba queda guardado" in page
        assert "Ahora no se reciben propuestas" in visitor.get(proposals.BEGIN).text
        visitor.post(proposals.BEGIN, {"submission": "x"}, 410)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("2027-03", "2027-03"),
        ("2027-3", "2027-03"),
        ("03/2027", "2027-03"),
        ("marzo de 2027", "2027-03"),
        ("Setiembre 2027", "2027-09"),
        ("SEP. 2027", "2027-09"),
        ("2027-13", None),
        ("1927-03", None),
        ("pronto", None),
    ],
)
def test_months_as_people_write_them(typed: str, month: str | None) -> None:
    assert month_of(typed) == month


def test_advice_leads_to_its_field_and_says_the_same_once(
    app: Flask, database: Database, consultation: ConsultationView, visitor: Visitor
) -> None:
    draft = written(visitor)
    same = {f"meta-{n}-text": f"Fortalecer la transparencia, etapa {n + 1}" for n in range(3)}
    save(visitor, draft, "metas", **same)
    page = visitor.get(f"{draft}/revisar").text
    for place, anchor in re.findall(rf'href="{re.escape(draft)}/(\w+)#([\w-]+)"', page):
        assert f'id="{anchor}"' in visitor.get(f"{draft}/{place}").text, f"{place} has no {anchor}"
    group = next(row for row in page.split("<li ") if "#meta-2" in row)
    assert [f"#meta-{n}" in group for n in range(3)] == [True, True, True], "three milestones, one line"
    keys = re.findall(r'name="finding" value="([^"]+)"', group)
    for row in page.split("<li "):
        every = re.findall(r'name="finding" value="([^"]+)"', row)
        assert len(every) == len(set(every))
    assert len(keys) == 3
    page = visitor.post(f"{draft}/dejar", {"finding": keys, "reason": "no"}, 422).text
    assert 'value="no"' in page
    visitor.post(f"{draft}/dejar", {"finding": keys, "reason": "Se decide en la mesa de trabajo."})
    assert visitor.get(f"{draft}/revisar").text.count("Se decide en la mesa de trabajo.") == 3
    visitor.post(f"{draft}/dejar", {"finding": [keys[0], "X99"], "reason": "Se decide en la mesa."}, 404)
