"""Setting up a consultation in the browser: begun, changed, checked, previewed, published; nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName
from consulta.models.drafts import Draft
from tests.support import visitor
from tests.support.contributions import admit
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor


def begun(person: Visitor, slug: str = "plan-nuevo", start: str = "plantilla") -> str:
    """A new draft's address."""
    made = person.post("/gestion/nueva", {"title": "Plan nuevo", "slug": slug, "start": start})
    return str(made.location)


def test_from_the_template_to_the_public(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app, "plan-nuevo")
    draft = begun(person)
    page = person.get(draft).text
    assert "Quién convoca" in page
    assert "Todavía falta" in page
    assert "menos de 14 días" not in page
    assert "no podrán enviarlas" in page, "no stage of the template receives proposals"
    assert f'href="{draft}/textos#convened_by_es"' in page, "a link leads to the field"
    assert person.get(f"{draft}/publicar", 303).location == draft, "what lacks something is not even asked about"
    person.post(f"{draft}/publicar", {"seen": "1"}, 422)
    texts = visitor.fields(person.get(f"{draft}/textos").text) | {"convened_by_es": "La Mesa de Prueba"}
    person.post(f"{draft}/textos", texts)
    themes = visitor.fields(person.get(f"{draft}/temas").text)
    for _ in range(2):
        themes = visitor.fields(person.post(f"{draft}/temas", themes | {"add": "1"}, 200).text)
    themes |= {"themes-5-name_es": "Agua y bosques", "themes-5-question_es": "¿Qué pasa con el agua?"}
    themes |= {"themes-6-name_es": "Caminos", "themes-6-question_es": "¿Qué camino falta?", "themes-6-colour": "9"}
    person.post(f"{draft}/temas", themes)
    assert "No falta nada." in person.get(draft).text
    assert "Agua y bosques" in person.get(f"{draft}/vista").text
    assert "Vista previa" in person.get(f"{draft}/vista").text
    for path, words in {
        "/cronograma": "Versión 1",
        "/opinar": "¿Qué quiere decir?",
        "/reglas": "Motivos para no publicar",
        "/privacidad": "Privacidad",
    }.items():
        page = person.get(f"{draft}/vista{path}").text
        assert words in page
        assert "Vista previa" in page
        assert "/consultas/plan-nuevo" not in page  # every link stays in the preview
    person.get(f"{draft}/vista/nada", 404)
    public.get("…", 404)
    page = person.get(f"{draft}/publicar").text
    assert "no se puede deshacer" in page
    assert "Agua y bosques" in page
    seen = visitor.fields(page)["seen"]
    assert person.post(f"{draft}/publicar", {"seen": seen}).location.endswith("/gestion/plan-nuevo")
    assert "Caminos" in public.get("…").text
    person.post(f"{draft}/publicar", {"seen": seen}, 404)  # the double click
    with database.session(read_only=True) as db:
        view = consultations.find(db, "plan-nuevo").view
        assert [t.letter for t in view.themes] == list("ABCDEFG")
        assert view.themes[6].colour == 9
        assert len(view.stages) == 9
        assert check.check(db, view.log_id, consultation=view).faults == []


def test_a_window_that_opens_soon_is_warned_of(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    stages = visitor.fields(person.get(f"{draft}/etapas").text)
    soon = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    person.post(f"{draft}/etapas", stages | {"stages-1-starts": soon})
    assert "menos de 14 días" in person.get(draft).text


def test_stages_that_overlap_are_refused_beside_the_field(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    stages = visitor.fields(person.get(f"{draft}/etapas").text) | {"stages-4-opinion": "1"}
    stages |= {"stages-4-starts": stages["stages-1-starts"]}
    page = person.post(f"{draft}/etapas", stages, 422).text
    assert "Se traslapa con" in page
    assert 'href="#stages-' in page


def test_addresses_that_cannot_be_had(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    begun(person)
    for slug in ("prueba", "plan-nuevo", "nueva", "borradores", "Plan  nuevo", "ÑX", "x", "a" * 61, "\x00"):
        page = person.post("/gestion/nueva", {"title": "Mi título", "slug": slug, "start": "vacia"}, 422).text
        assert "Mi título" in page
    person.post("/gestion/nueva", {"title": "", "slug": "otro-plan", "start": "nada"}, 422)


def test_empty_and_copy(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    empty = begun(person, "vacio-uno", "vacia")
    page = person.get(empty).text
    for words in ("No hay ningún tema.", "No hay ninguna etapa."):
        assert words in page
    assert "Lo que se guarda" in person.get(f"{empty}/textos").text, "legal texts are not written from nothing"
    assert "reasons-0-title_es" in person.get(f"{empty}/motivos").text
    for path in ("", "/cronograma", "/opinar", "/reglas", "/privacidad"):
        person.get(f"{empty}/vista{path}")
    copy = begun(person, "copia-uno", "prueba")
    assert "Tema 3" in person.get(f"{copy}/temas").text
    person.post("/gestion/nueva", {"title": "Ajena", "slug": "ajena", "start": "otra"}, 422)


def test_drafts_are_seen_by_their_owner_alone(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    staff(database, consultation, email="dos@equipo.example", role=RoleName.COORDINATOR)
    other = Visitor(app)
    other.get(draft, 303)
    other.sign_in("dos@equipo.example")
    for path in ("", "/textos", "/vista", "/etapas"):
        other.get(f"{draft}{path}", 404)
    other.post(f"{draft}/textos", {"seen": "1"}, 404)
    other.post(f"{draft}/descartar", {}, 404)
    person.get(f"{draft}/nada", 404)
    assert "Plan nuevo" in person.get("/gestion/").text
    person.post(f"{draft}/descartar", {})
    person.get(draft, 404)


def test_two_windows_on_one_draft_lose_nothing(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    mine = visitor.fields(person.get(f"{draft}/textos").text)
    person.post(f"{draft}/textos", mine | {"call_es": "La otra ventana"})
    page = person.post(f"{draft}/textos", mine | {"call_es": "Lo mío"}, 409).text
    assert "Lo mío" in page
    person.post(f"{draft}/textos", visitor.fields(page))
    assert "Lo mío" in person.get(f"{draft}/textos").text


def test_bad_fields_keep_everything_typed(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    texts = visitor.fields(person.get(f"{draft}/textos").text)
    page = person.post(
        f"{draft}/textos", texts | {"title_es": "x" * 201, "links": "MP sin dirección", "lead_es": "Mío"}, 422
    ).text
    for words in ('href="#title_es"', 'href="#links"', "Mío", "MP sin dirección"):
        assert words in page
    settings = visitor.fields(person.get(f"{draft}/ajustes").text)
    for wrong in ({"review_days": "-1"}, {"answer_days": "mucho"}, {"moderation": "nunca"}, {"review_days": "9" * 400}):
        person.post(f"{draft}/ajustes", settings | wrong, 422)
    lists = visitor.fields(person.get(f"{draft}/listas").text)
    person.post(f"{draft}/listas", lists | {"gender": "Mujer\nMujer"}, 422)
    person.post(f"{draft}/listas", lists | {"gender": "Mujer | Woman\nOtra"})
    assert "Mujer | Woman\nOtra</textarea>" in person.get(f"{draft}/listas").text


def test_what_is_public_changes_with_a_reason(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    values = visitor.fields(person.get("/gestion/prueba/cambiar/textos").text) | {"call_es": "Un llamado mejor"}
    page = person.post("/gestion/prueba/cambiar/textos", values, 422).text
    assert "Un llamado mejor" in page
    person.post("/gestion/prueba/cambiar/textos", values | {"reason_es": "El de antes no se entendía."})
    assert "Un llamado mejor" in public.get("…").text
    assert "El de antes no se entendía." in public.get("…/bitacora").text
    assert "Cambió la consulta: El de antes" in public.get("…/novedades").text
    person.post("/gestion/prueba/cambiar/textos", values | {"reason_es": "El de antes no se entendía."}, 422)
    stale = values | {"call_es": "Otro llamado", "reason_es": "Por otra razón distinta."}
    assert "Otro llamado" in person.post("/gestion/prueba/cambiar/textos", stale, 409).text
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        assert check.check(db, view.log_id, consultation=view).faults == []


def test_a_theme_that_contributions_bear_stays(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    admit(database, consultation, "Uno del tema", "Otro del tema", theme="tema-2")
    values = visitor.fields(person.get("/gestion/prueba/cambiar/temas").text) | {"reason_es": "Ya no se consulta."}
    page = person.post("/gestion/prueba/cambiar/temas", values | {"themes-1-remove": "1"}, 422).text
    assert "2 aportes lo llevan" in page
    person.post("/gestion/prueba/cambiar/temas", values | {"themes-4-remove": "1", "themes-0-name_es": "Otro nombre"})
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        assert [t.slug for t in view.themes] == ["tema-1", "tema-2", "tema-3", "tema-4"]
        assert view.themes[0].name["es"] == "Otro nombre"
        assert check.check(db, view.log_id, consultation=view).faults == []


def test_reasons_and_lists_keep_what_was_used(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    values = visitor.fields(person.get("/gestion/prueba/cambiar/motivos").text)
    values |= {"reasons-0-text_es": "Dice algo privado de una persona.", "reason_es": "Se aclara el motivo."}
    person.post("/gestion/prueba/cambiar/motivos", values)
    assert "Versión 2" in public.get("…/reglas").text
    admit(database, consultation, "Desde Cobán", department="16")
    lists = visitor.fields(person.get("/gestion/prueba/cambiar/listas").text) | {"reason_es": "Se ordena la lista."}
    page = person.post("/gestion/prueba/cambiar/listas", lists | {"department": "Guatemala"}, 422).text
    assert "hay aportes o entidades que lo llevan" in page
    person.post("/gestion/prueba/cambiar/listas", lists | {"department": "Alta Verapaz\nGuatemala\nPetén"})
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        assert [c.code for c in view.lists["department"]] == ["16", "01", "peten"]
        assert view.lists["department"][0].population == 1215038
        assert check.check(db, view.log_id, consultation=view).faults == []


def test_a_place_with_an_accent_and_a_change_of_reasons_are_on_record(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    values = visitor.fields(person.get("/gestion/prueba/cambiar/textos").text)
    values |= {"links": "Fiscalía https://www.mp.gob.gt", "reason_es": "Se agrega dónde se denuncia."}
    person.post("/gestion/prueba/cambiar/textos", values)
    values = visitor.fields(person.get("/gestion/prueba/cambiar/motivos").text)
    values |= {"reasons-1-text_es": "No es de esta consulta.", "reason_es": "Se aclara el segundo motivo."}
    person.post("/gestion/prueba/cambiar/motivos", values)
    page = public.get("…/bitacora").text
    assert "Se aclara el segundo motivo." in page
    with database.session(read_only=True) as db:
        view = consultations.find(db, "prueba").view
        assert [r.code for r in view.reasons] == ["personal-data", "off-topic"]
        assert check.check(db, view.log_id, consultation=view).faults == []


def test_a_sector_that_a_body_bears_stays(app: Flask, database: Database, consultation: ConsultationView) -> None:
    from tests.support.acts import listed

    listed(database, consultation)
    person = coordinator(app, database, consultation)
    lists = visitor.fields(person.get("/gestion/prueba/cambiar/listas").text) | {"reason_es": "Se ordena la lista."}
    page = person.post("/gestion/prueba/cambiar/listas", lists | {"body_sector": "Ejecutivo"}, 422).text
    assert "entidades que lo llevan" in page


def test_an_address_is_made_of_the_title_or_tidied(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    for title, slug, made in (
        ("Presupuesto Ñandú 2027", "", "presupuesto-nandu-2027"),
        ("Presupuesto ñandú 2027", " ", "presupuesto-nandu-2027-2"),
        ("Otra", "Mi Dirección  Corta", "mi-direccion-corta"),
        ("Z", "", "consulta-z"),
        ("日本", "", "consulta"),
    ):
        done = person.post("/gestion/nueva", {"title": title, "slug": slug, "start": "vacia"})
        assert f"/consultas/{made}<" in person.get(done.headers["Location"]).text


def test_the_months_of_the_plan_and_its_template_are_set(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    draft = begun(person)
    form = visitor.fields(person.get(f"{draft}/ajustes").text)
    for wrong in (
        {"plan_from": "pronto", "plan_until": "2028-12"},
        {"plan_from": "2027-01"},
        {"plan_from": "2028-12", "plan_until": "2027-01"},
        {"plan_template": "Z"},
    ):
        page = person.post(f"{draft}/ajustes", form | wrong, 422).text
        assert wrong.get("plan_from", "") in page
    person.post(
        f"{draft}/ajustes", form | {"plan_from": "enero de 2027", "plan_until": "12/2028", "plan_template": "B"}
    )
    shown = visitor.fields(person.get(f"{draft}/ajustes").text)
    assert (shown["plan_from"], shown["plan_until"], shown["plan_template"]) == ("2027-01", "2028-12", "B")
    person.post(f"{draft}/ajustes", shown | {"plan_from": "", "plan_until": "", "plan_template": ""})
    with database.session(read_only=True) as db:
        content = db.execute(select(Draft.content)).scalar_one()
    assert content["settings"]["plan"] == {}
