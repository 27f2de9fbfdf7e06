"""What somebody sent survives every answer: every unsafe route, every status, two hundred fields, files too."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Closed, Conflict, DomainError, Invalid, NotFound, TooMany
from consulta.domain.files import staged
from consulta.models.files import StagedFile
from consulta.web import field_labels
from consulta.web.auth import anyone
from tests.support import people, proposals
from tests.support.acts import ACT, NOBODY
from tests.support.consultations import load
from tests.support.files import PDF
from tests.support.visitor import PASSWORD, Visitor, fields

MACHINES = {"marks.bring", "marks.roster", "marks.token", "news.unsubscribe"}
"""Routes that no person fills in a form for."""
MANY = {f"campo-{n}": f'Valor número {n} <b>&amp; «ñ» "x"' for n in range(200)}
SOON = datetime(2999, 1, 1).astimezone()
REFUSALS: list[tuple[DomainError, int]] = [
    (NotFound("Aquí no hay nada."), 404),
    (Conflict("Otra persona."), 409),
    (Closed("Se acabó el plazo."), 410),
    (Invalid("Corrija.", field="body"), 422),
    (TooMany("Espere.", until=SOON), 429),
]


@pytest.fixture
def consultation(database: Database, now: datetime) -> ConsultationView:
    """A consultation that takes proposals too."""
    return load(database, proposals.open_for_proposals(), now)


def unsafe(app: Flask) -> Iterator[tuple[str, str]]:
    """Endpoint and an address of every route that takes a form."""
    values: dict[str, Any] = {"slug": "prueba", "key": "clave", "token": "x" * 40, "place": "problema", "form": "pdf"}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()) and rule.endpoint not in MACHINES:
                yield rule.endpoint, rule.build({name: _value(rule, name, values) for name in rule.arguments})[1]  # type: ignore[index]


def _value(rule: Rule, name: str, values: dict[str, Any]) -> Any:
    kind = type(rule._converters[name]).__name__
    return 1 if kind == "IntegerConverter" else values.get(name, "textos" if name == "part" else "tema-1")


def kept(page: str) -> dict[str, str]:
    """Every field that a page would send again, as a browser reads it."""
    form = page[page.index("<main") :]
    found = dict(re.findall(r'<input [^>]*?name="([^"]+)"(?: type="hidden")? value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form))
    return {name: html.unescape(value) for name, value in found.items()}


def all_back(page: str, sent: dict[str, str]) -> None:
    """All of it is there, and no secret."""
    found = kept(page)
    assert {name: found.get(name) for name in sent} == sent
    assert "una clave secreta" not in page


def test_every_unsafe_route_gives_everything_back_when_the_session_ended_or_the_token_is_old(
    app: Flask, consultation: ConsultationView
) -> None:
    stranger, seen = Visitor(app), 0
    with app.app_context():
        views = {
            name: getattr(view, "rule", None).__name__ for name, view in app.view_functions.items() if name != "static"
        }  # type: ignore[union-attr]
    for endpoint, path in unsafe(app):
        sent = {**MANY, "password": "una clave secreta"}
        page = stranger.client.post(path, data={**sent, "csrf_token": "de otra pestaña"})
        assert page.status_code == 400, endpoint
        all_back(page.text, MANY)
        if views[endpoint] != "anyone":
            page = stranger.client.post(path, data={**sent, "csrf_token": stranger.token()})
            assert page.status_code == 403, endpoint
            all_back(page.text, MANY)
            assert 'name="entrar-password"' in page.text, endpoint
            seen += 1
    assert seen > 40


@pytest.mark.parametrize(("refusal", "status"), REFUSALS, ids=[str(status) for _, status in REFUSALS])
def test_every_unsafe_route_gives_everything_back_whatever_the_domain_refuses(
    app: Flask, consultation: ConsultationView, refusal: DomainError, status: int
) -> None:
    def refuse(**_values: Any) -> None:
        raise refusal

    stranger = Visitor(app)
    token = stranger.token()
    for endpoint, path in unsafe(app):
        refuse.rule = anyone  # type: ignore[attr-defined]
        view, app.view_functions[endpoint] = app.view_functions[endpoint], refuse
        try:
            answer = stranger.client.post(path, data={**MANY, "csrf_token": token})
        finally:
            app.view_functions[endpoint] = view
        assert answer.status_code == status, endpoint
        all_back(answer.text, MANY)
        assert answer.text.count('<button class="button big">') == 1, "one button"


@pytest.fixture
def locked(database: Database) -> Iterator[Callable[[bool], None]]:
    """A database that can be locked."""
    state = {"locked": False}

    def refuse(*_arguments: Any) -> None:
        if state["locked"]:
            raise OperationalError("INSERT", {}, Exception("database is locked"))

    event.listen(database.write, "before_cursor_execute", refuse)
    yield lambda on: state.update(locked=on)
    event.remove(database.write, "before_cursor_execute", refuse)


def test_a_locked_database_gives_everything_back_and_one_button_sends_it(
    app: Flask, database: Database, consultation: ConsultationView, locked: Callable[[bool], None]
) -> None:
    desk = people.coordinator(app, database, consultation)
    act = {**ACT, **NOBODY, "agreements_es": "\n".join(f"Acuerdo {n}" for n in range(12)), "title_es": "Mesa «A»"}
    token = desk.token()
    locked(True)
    page = desk.post("/gestion/prueba/actos/nuevo", {**act, "csrf_token": token}, 503).text
    locked(False)
    all_back(page, {name: value for name, value in act.items() if value})
    desk.post("/gestion/prueba/actos/nuevo", {**kept(page)})
    assert "Acuerdo 11" in desk.get("…/cronograma/mesa-a").text


def test_a_session_that_ended_is_begun_again_with_the_form_and_its_file(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    people.coordinator(app, database, consultation)
    person = Visitor(app)
    act: dict[str, Any] = {**ACT, **NOBODY, "document": (io.BytesIO(PDF), "acta firmada.pdf")}
    page = person.post("/gestion/prueba/actos/nuevo", act, 403, content_type="multipart/form-data").text
    assert "Nada se perdió" in page
    assert "acta firmada.pdf" in page
    sent = kept(page)
    wrong = {**sent, "entrar-email": "coordina@equipo.example", "entrar-password": "otra cosa distinta"}
    page = person.post("/gestion/prueba/actos/nuevo", wrong, 403).text
    assert "no coinciden" in page
    assert "otra cosa distinta" not in page
    sent = kept(page)
    right = {**sent, "entrar-email": "coordina@equipo.example", "entrar-password": PASSWORD}
    published = person.get(person.where_it_is(person.post("/gestion/prueba/actos/nuevo", right))).text
    assert "Se acordó leerlo todo." in published
    assert "acta firmada.pdf" in published
    person.get("/gestion/prueba")
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count(StagedFile.id))).scalar_one() == 0, "what was taken is not kept twice"


def test_a_file_chosen_is_there_after_an_error_and_may_be_left_out(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    desk = people.coordinator(app, database, consultation)
    act: dict[str, Any] = {**ACT, **NOBODY, "kind": "", "document": (io.BytesIO(PDF), "firmas.pdf")}
    page = desk.post("/gestion/prueba/actos/nuevo", act, 422, content_type="multipart/form-data").text
    assert "ya lo tenemos" in page
    again = fields(page) | {"kind": "technical"}
    left_out = {**again, "unstaged-document": again["staged-document"], "title_es": "Sin archivo"}
    assert "firmas.pdf" not in desk.get(desk.where_it_is(desk.post("/gestion/prueba/actos/nuevo", left_out))).text
    shown = desk.get(desk.where_it_is(desk.post("/gestion/prueba/actos/nuevo", again))).text
    assert "firmas.pdf" in shown


def test_a_file_that_is_no_longer_kept_is_asked_for_in_words(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    desk = people.coordinator(app, database, consultation)
    act: dict[str, Any] = {**ACT, **NOBODY, "kind": "", "document": (io.BytesIO(PDF), "acta.pdf")}
    page = desk.post("/gestion/prueba/actos/nuevo", act, 422, content_type="multipart/form-data").text
    again = fields(page) | {"kind": "technical"}
    with database.transaction() as db:
        staged.forget(db, now=now + timedelta(hours=25))
    page = desk.post("/gestion/prueba/actos/nuevo", again, 422).text
    assert "«acta.pdf» ya no está guardado" in page
    assert 'type="file"' in page
    all_back(page, {"title_es": ACT["title_es"], "minutes_es": ACT["minutes_es"]})
    chosen = {**kept(page), "document": (io.BytesIO(PDF), "acta.pdf")}
    answer = desk.post("/gestion/prueba/actos/nuevo", chosen, content_type="multipart/form-data")
    assert "acta.pdf" in desk.get(desk.where_it_is(answer)).text


def test_another_account_never_reads_a_kept_file(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one, other = (
        people.staff(database, consultation, "a@e.example"),
        people.staff(database, consultation, "b@e.example"),
    )
    with database.transaction() as db:
        assert staged.keep(db, token="t", account_id=one, name="acta.pdf", content=PDF, now=now)
        assert staged.keep(db, token="n", account_id=None, name="acta.pdf", content=PDF, now=now)
        for account in (other, None):
            assert staged.find(db, token="t", account_id=account, now=now) is None
            assert staged.find(db, token="n", account_id=account, now=now) is not None, "whoever has the form"
        found = staged.find(db, token="t", account_id=one, now=now)
        assert found is not None
        assert found.content == PDF
        assert staged.find(db, token="t", account_id=one, now=now + staged.KEPT) is None
        full = b"x" * (staged.ROOM_OF_ONE - len(PDF) + 1)
        assert not staged.keep(db, token="z", account_id=one, name="grande", content=full, now=now)


def test_a_draft_is_saved_with_its_code_by_a_browser_that_lost_it(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    writer = Visitor(app)
    draft = proposals.begin(writer)
    code = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", writer.get(draft).text)[0]
    goals = {f"meta-{n}-text": f"Meta número {n} con todo lo que hace falta" for n in range(12)}
    typed = {"seen": "0", **goals}
    lost = Visitor(app)
    page = lost.post(f"{draft}/metas", typed, 404).text
    all_back(page, goals)
    assert 'name="entrar-folio"' in page
    page = lost.post(f"{draft}/metas", {**kept(page), "entrar-folio": "0000-0000-0000-0000"}, 404).text
    all_back(page, goals)
    lost.post(f"{draft}/metas", {**kept(page), "entrar-folio": f"Código: {code.lower()}"})
    for reader in (writer, lost):
        assert "Meta número 11" in reader.get(f"{draft}/metas").text


def test_a_code_is_shown_at_the_beginning_on_the_draft_and_at_the_end(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    writer = Visitor(app)
    page = writer.get(proposals.BEGIN).text
    given = {"submission": writer.hidden(page, "submission"), "organization": ""}
    begun = writer.post(proposals.BEGIN, given).headers["Location"]
    page = writer.get(begun).text
    [code] = re.findall(r'<output id="folio" class="code">([^<]+)', page)
    assert 'class="qr"' in page
    draft = begun.removesuffix("/codigo")
    assert code in writer.get(draft).text
    assert code in writer.get(draft).text, "not only once"
    assert "Revise el correo" in writer.post(begun, {"email": "sin arroba"}, 422).text
    writer.post(begun, {"email": "eva@persona.example"})
    assert "Se lo enviamos." in writer.get(begun).text
    for place, step in proposals.STEPS.items():
        proposals.save(writer, draft, place, **step)
    assert code in proposals.send(writer, draft)
    writer.client.delete_cookie("session")
    assert code in writer.get(draft).text, "the holder's cookie is not the session's"
    with time_machine.travel(datetime.now().astimezone() + timedelta(days=91), tick=False):
        writer.get(draft, 404)


def test_a_notice_is_shown_on_the_next_page_or_never(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    desk = people.coordinator(app, database, consultation)
    answer = desk.post("/gestion/prueba/actos/nuevo", {**ACT, **NOBODY})
    desk.get(answer.headers["Location"])
    desk.get("…/cronograma")
    assert "El acto quedó publicado." not in desk.get("/cuenta/").text
    assert "El acto quedó publicado." not in desk.get("/gestion/prueba").text


def test_a_page_from_elsewhere_cannot_make_somebody_send_its_words(app: Flask, consultation: ConsultationView) -> None:
    for headers in ({"Origin": "https://malo.example"}, {"Sec-Fetch-Site": "cross-site"}):
        page = Visitor(app).client.post("/consultas/prueba/opinar", data=MANY, headers=headers)
        assert page.status_code == 403
        assert "Valor número 7" not in page.text
        assert "<form" not in page.text[page.text.index("<main") :]


def test_what_a_form_leaves_out_is_added_to_its_page(app: Flask, consultation: ConsultationView) -> None:
    visitor = Visitor(app)
    page = visitor.give("corto", 422, otro_campo="Lo que nadie esperaba").text
    assert "También escribió" in page
    assert "Lo que nadie esperaba" in page
    assert "También escribió" not in visitor.give("corto", 422).text


def test_too_much_promises_nothing(app: Flask, consultation: ConsultationView) -> None:
    page = Visitor(app).give("n" * 3_100_000, 413).text
    assert "abajo" not in page
    assert "Lo que escribió" not in page


def test_fields_are_named_as_their_forms_name_them(app: Flask) -> None:
    with app.test_request_context():
        for name, label in {
            "minutes_en": "Acta",
            "document": "Agregar un documento",
            "body-3-name": "Entidad",
        }.items():
            assert field_labels.label(name) == label
        for unshown in ("seen", "ordinal", "submission", "website", "act"):
            assert field_labels.label(unshown) is None, unshown
        assert field_labels.label("nunca visto") == "nunca visto"
        for secret in ("csrf_token", "password", "entrar-password", "token"):
            assert field_labels.is_secret(secret)
