"""Acts and their minutes: published, changed by versions, agreed with or not; documents that are what they say."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid
from consulta.domain.files import pdf
from consulta.models.accounts import Sector
from tests.support import acts, audits, people
from tests.support.acts import ACT, NOBODY
from tests.support.consultations import a_consultation, load
from tests.support.people import coordinator
from tests.support.visitor import Visitor, fields


def a_pdf(script: bool = False, password: str = "", attached: bool = False) -> bytes:
    """A page that a library made, perhaps with something that should not be in it."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if script:
        run = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hola')")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(run)
    if attached:
        writer.add_attachment("otro.txt", b"otro")
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def test_an_act_is_published_and_changed_by_versions(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    acts.listed(database, consultation)
    person, public = coordinator(app, database, consultation), Visitor(app)
    files: dict[str, Any] = {"document": (io.BytesIO(a_pdf()), "acta.pdf")}
    made = person.post("/gestion/prueba/actos/nuevo", ACT | files, content_type="multipart/form-data")
    assert person.where_it_is(made) == "/consultas/prueba/cronograma/mesa-tecnica"
    page = public.get("…/cronograma/mesa-tecnica").text
    for words in ("Entidad agua", "sede", "Se acordó leerlo todo.", "acta.pdf", "1 de junio de 2026"):
        assert words in page
    link = page[page.index("/documentos/") + 12 :].split(".pdf")[0]
    document = public.client.get(f"/consultas/prueba/documentos/{link}.pdf")
    load(database, a_consultation("otra"), now=datetime.now(UTC))
    assert public.client.get(f"/consultas/otra/documentos/{link}.pdf").status_code == 404
    assert document.data.startswith(b"%PDF-")
    assert "attachment" in document.headers["Content-Disposition"]
    assert link in public.get("…/bitacora").text
    assert "Mesa técnica" in public.get("…/cronograma").text
    change = ACT | {"seen": "1", "place_es": "Quetzaltenango"}
    person.post("/gestion/prueba/actos/mesa-tecnica", change, 422)
    person.post("/gestion/prueba/actos/mesa-tecnica", change | {"reason_es": "El salón estaba ocupado."})
    page = public.get("…/cronograma/mesa-tecnica").text
    for words in ("Quetzaltenango", "El salón estaba ocupado.", "Lo que decía", "Cobán", "acta.pdf"):
        assert words in page
    stale = change | {"reason_es": "Otra razón, la mía.", "notes_es": "Mi nota"}
    page = person.post("/gestion/prueba/actos/mesa-tecnica", stale, 409).text
    assert "Mi nota" in page
    assert 'name="seen" value="2"' in page
    other = ACT | {"notes_es": "Otra mesa del mismo nombre."}
    assert person.where_it_is(person.post("/gestion/prueba/actos/nuevo", other)).endswith("/mesa-tecnica-2")
    audits.sound(database)


def test_bad_acts_are_refused_with_everything_kept(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    for wrong in (
        {"held_from": ""},
        {"held_from": "ayer"},
        {"kind": "fiesta"},
        {"kind": ""},
        {"stage": "99"},
        {"title_es": ""},
        {"body-0-name": "nadie"},
        {"body-0-name": "agua", "body-0-capacity": "jefe"},
        {"held_until": "2026-05-01"},
        {"title_es": "x" * 201},
        {"minutes_es": "\x00"},
        {"theme": "nada"},
        {"held_from": "9" * 39},
    ):
        page = person.post("/gestion/prueba/actos/nuevo", {**ACT, **NOBODY, "notes_es": "Queda", **wrong}, 422).text
        assert "Queda" in page
    Visitor(app).get("…/cronograma/mesa-tecnica", 404)


BAD = {
    "empty": (lambda: b"", ""),
    "words": (lambda: b"hola", "no es un PDF"),
    "head": (lambda: b"%PDF-1.7\nnada", "no se puede leer"),
    "script": (lambda: a_pdf(script=True), "trae un programa"),
    "file": (lambda: a_pdf(attached=True), "trae un programa"),
    "locked": (lambda: a_pdf(password="clave"), "protegido con"),
    "cut": (lambda: a_pdf()[:60], "no se puede leer"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_document_that_is_none_is_refused(
    app: Flask, database: Database, consultation: ConsultationView, kind: str
) -> None:
    person, (data, why) = coordinator(app, database, consultation), BAD[kind]
    act = {**ACT, **NOBODY, "document": (io.BytesIO(data()), "mal.pdf"), "csrf_token": person.token()}
    response = person.client.post("/gestion/prueba/actos/nuevo", data=act, content_type="multipart/form-data")
    assert response.status_code == 422, response.text[:500]
    assert (why or "no es un PDF") in response.text
    assert "Se acordó leerlo todo." in response.text
    Visitor(app).get("…/cronograma/mesa-tecnica", 404)


def test_an_upload_of_eleven_megabytes_is_refused_in_words(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    token = person.token()
    act = {**ACT, "csrf_token": token, "document": (io.BytesIO(b"%PDF-" + b"0" * 11_000_000), "grande.pdf")}
    response = person.client.post("/gestion/prueba/actos/nuevo", data=act, content_type="multipart/form-data")
    assert response.status_code == 413
    assert "demasiado grande" in response.text
    stranger = Visitor(app)
    act = {**ACT, "document": (io.BytesIO(b"0" * 5_000_000), "grande.pdf")}
    assert (
        stranger.client.post("/gestion/prueba/actos/nuevo", data=act, content_type="multipart/form-data").status_code
        == 400
    )


def test_minutes_need_both_sides_or_carry_the_disagreement(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    person.post("/gestion/prueba/actos/nuevo", {**ACT, **NOBODY})
    minutes = "/gestion/prueba/actos/mesa-tecnica/acta"
    public.get(minutes, 303)
    person.get(minutes, 403)
    government = people.side(app, database, consultation, Sector.GOVERNMENT)
    society = people.side(app, database, consultation, Sector.CIVIL_SOCIETY)
    government.post(minutes, {"seen": "1", "verdict": "agree"})
    assert "Todavía no se pronuncian" in public.get("…/cronograma/mesa-tecnica").text
    government.post(minutes, {"seen": "1", "verdict": "agree"}, 409)
    society.post(minutes, {"seen": "1", "verdict": "disagree"}, 422)
    society.post(minutes, {"seen": "1"}, 422)
    society.post(minutes, {"seen": "1", "verdict": "disagree", "statement": "No se habló de los plazos."})
    page = public.get("…/cronograma/mesa-tecnica").text
    assert "No se habló de los plazos." in page
    assert "por consenso" not in page
    person.post(
        "/gestion/prueba/actos/mesa-tecnica", {**ACT, **NOBODY, "seen": "1", "reason_es": "Se agregan los plazos."}
    )
    assert "Esta es la versión" in society.post(minutes, {"seen": "1", "verdict": "agree"}, 409).text
    for one in (government, society):
        one.post(minutes, {"seen": "2", "verdict": "agree"})
    assert "por consenso" in public.get("…/cronograma/mesa-tecnica").text
    audits.sound(database)


def test_unknown_places_in_lists(app: Flask, consultation: ConsultationView) -> None:
    public = Visitor(app)
    public.get("…/cronograma?stage=nada", 400)
    public.get("…/cronograma?after=nada", 400)
    public.get("…/cronograma?stage=2")
    public.get("…/cronograma/no-existe", 404)
    public.get("…/documentos/00.pdf", 404)
    public.get("…/participantes?sector=nada", 400)
    public.get("…/participantes?capacity=nada", 400)
    public.get("…/participantes?after=nada", 400)
    public.get("…/participantes/nadie", 404)


def test_a_published_version_changed_behind_the_back_is_named(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from sqlalchemy import text

    person = coordinator(app, database, consultation)
    person.post("/gestion/prueba/actos/nuevo", {**ACT, **NOBODY})
    with database.write.connect() as connection:
        postgres = connection.dialect.name == "postgresql"
        off = "ALTER TABLE act_versions DISABLE TRIGGER USER" if postgres else "DROP TRIGGER act_versions_no_update"
        connection.execute(text(off))
        connection.execute(text("UPDATE act_versions SET stage = '1'"))
        connection.commit()
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        faults = check.check(db, view.log_id, consultation=view).faults
    assert any("act/mesa-tecnica@1" in fault for fault in faults)


def test_a_disagreement_stays_with_the_minutes(app: Flask, database: Database, consultation: ConsultationView) -> None:
    acts.listed(database, consultation)
    person, public = coordinator(app, database, consultation), Visitor(app)
    person.post("/gestion/prueba/actos/nuevo", ACT)
    one, minutes = (
        people.side(app, database, consultation, Sector.CIVIL_SOCIETY),
        "/gestion/prueba/actos/mesa-tecnica/acta",
    )
    one.post(minutes, {"verdict": "disagree", "statement": "Eso no se acordó así.", "seen": "1"})
    change = ACT | {"seen": "1", "place_es": "Cobán, salón B", "reason_es": "Se precisa el salón."}
    person.post("/gestion/prueba/actos/mesa-tecnica", change)
    page = public.get("…/cronograma/mesa-tecnica").text
    assert page.index("tiene un desacuerdo") < page.index("Eso no se acordó así.") < page.index("Versiones")
    other = change | {"seen": "2", "minutes_es": "Se acordó otra cosa.", "reason_es": "Se corrige el acta."}
    person.post("/gestion/prueba/actos/mesa-tecnica", other)
    page = public.get("…/cronograma/mesa-tecnica").text
    assert "tiene un desacuerdo" not in page
    assert "Eso no se acordó así." in page[page.index("Versiones") :]
    audits.sound(database)


def test_a_second_click_makes_no_second_act(app: Flask, database: Database, consultation: ConsultationView) -> None:
    acts.listed(database, consultation)
    person = coordinator(app, database, consultation)
    places = [person.where_it_is(person.post("/gestion/prueba/actos/nuevo", ACT)) for _ in range(2)]
    assert places[0] == places[1]
    another = person.post("/gestion/prueba/actos/nuevo", ACT | {"title_es": "Nuevo"})
    assert person.where_it_is(another).endswith("/nuevo-2")
    assert "Nuevo" in person.get("/gestion/prueba/actos/nuevo-2").text


def test_a_record_is_changed_by_nobody(app: Flask, database: Database, consultation: ConsultationView) -> None:
    load(database, a_consultation("historia", kind="record"), datetime.now(UTC))
    with database.session(read_only=True) as db:
        record = consultations.find(db, "historia").view
    person = coordinator(app, database, record)
    for path in ("actos/nuevo", "participantes/nueva", "personas"):
        person.post(f"/gestion/historia/{path}", ACT | {"name_es": "Otra", "sector": "cso"}, 403)


@pytest.mark.parametrize("spoilt", [b"/Type /Catalog", b"/Type /Pages", b"/Type /Page\n"])
def test_a_pdf_put_together_by_hand_is_refused_or_taken_but_no_fault(spoilt: bytes) -> None:
    """Whatever the library raises of it, the answer is about the file."""
    data = a_pdf()
    for other in (b"/Typo", b"/Filter /JBIG2Decode", b"/Type [1 2]"):
        with contextlib.suppress(Invalid):
            pdf.check_pdf(data.replace(spoilt, other), "hecho a mano.pdf")


def test_a_pdf_of_more_objects_than_are_looked_at_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_OBJECTS", 1)
    with pytest.raises(Invalid):
        pdf.check_pdf(a_pdf(script=True), "grande.pdf")


def test_who_was_there_is_chosen_row_by_row(app: Flask, database: Database, consultation: ConsultationView) -> None:
    acts.listed(database, consultation)
    person, form = coordinator(app, database, consultation), "/gestion/prueba/actos/nuevo"
    page = person.get(form).text
    assert [f'name="body-{n}-name"' in page for n in range(4)] == [True, True, True, False]
    typed = {
        **ACT,
        **NOBODY,
        "body-0-name": "entidad  AGUA",
        "body-0-capacity": "host",
        "body-7-name": "Entidad vecinas",
    }
    typed["body-7-name"] = "Entidad vecinas"
    more = person.post(form, {**typed, "add": "1"}, 200).text
    assert 'value="entidad AGUA"' in more, "what was typed stays"
    assert 'name="body-16-name"' in more
    person.post(form, {**typed, "body-8-name": "vecinas", "body-9-name": " "})
    act = "/gestion/prueba/actos/mesa-tecnica"
    page = person.get(act).text
    assert page.count("Entidad agua") == page.count("Entidad vecinas") == 4, (
        "a row, its two labels for who does not see it, and the list"
    )
    shown = fields(page)
    assert (shown["body-0-name"], shown["body-0-capacity"]) == ("agua", "host")
    assert (shown["body-1-name"], shown["body-1-capacity"]) == ("vecinas", "table"), "twice the same is once"
    assert (shown["held_from"], shown["held_until"]) == ("2026-06-01", ""), "of one day the last is not asked"
    why = {"reason_es": "Una no estuvo, y otra estaba dos veces."}
    person.post(act, shown | {"seen": "1", "body-0-remove": "1", **why})
    assert "Entidad agua" not in person.get("…/cronograma/mesa-tecnica").text
    audits.sound(database)
