"""The team's frame: on every page of the team, refusals too, for each of them; and what *Hoy* offers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import Account, Role, RoleName, Sector
from consulta.models.contributions import Contribution
from consulta.models.organizations import OrganizationMember
from tests.support.acts import ACT, listed
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit
from tests.support.forums import announce
from tests.support.people import coordinator, moderator, side, staff
from tests.support.personae import CITIZENS, PERSONAE, everybody
from tests.support.statements import counted
from tests.support.visitor import Visitor
from tests.web.test_roles import RULE_OF, routes

NAMES = {
    "coordinator": "coordina",
    "observer": "observa",
    "liaison": "enlace de institución",
    "translator": "traduce",
    "member": "integra la mesa",
}
FILES = {"imports.report", "papers.sheets", "attendance.sheet", "guides.picture", "marks.token", "papers.go"}
"""They answer with something that is no page."""
PREVIEWS = {"drafts.preview", "marks.door", "proposal_drafts.preview"}
"""What the public will see, the door that works without internet, and a page of the public's."""


@pytest.fixture
def person(app: Flask, database: Database, consultation: ConsultationView, now: datetime) -> Callable[[str], Visitor]:
    """Whoever is asked for."""
    elsewhere = load(database, a_consultation("otra"), now)
    admit(database, consultation, "Falta agua", theme="tema-1")
    announce(database, consultation, now)
    return everybody(app, database, consultation, elsewhere, now)


@pytest.mark.parametrize("name", [name for name in PERSONAE if name not in CITIZENS])
def test_every_page_of_the_team_has_its_frame(app: Flask, person: Callable[[str], Visitor], name: str) -> None:
    """Whatever the status: who it is, how to leave, one active section, a way back from a refusal."""
    visitor = person(name)
    email = f"{name.replace(' ', '-')}@equipo.example"
    for endpoint, method, path in routes(app):
        if method != "GET" or RULE_OF.get(endpoint) is None or endpoint in FILES | PREVIEWS:
            continue
        answer = visitor.client.get(path)
        if answer.status_code in (301, 303):
            continue
        page, where = answer.get_data(as_text=True), f"{name} at {path}: {answer.status_code}"
        head = page[page.index("<header") : page.index("</header>")]
        assert 'class="team"' in head, where
        assert email in head, where
        assert ">Salir</button>" in head, where
        assert page.count("<header") == 1, where
        if "team-sections" in head:
            assert head.count("aria-current") <= 1, where
            assert answer.status_code != 200 or head.count("aria-current") == 1, where
        if answer.status_code >= 400:
            back = re.search(r'<a class="button plain" href="([^"]+)">Volver a donde estaba', page)
            assert back, where
            assert visitor.client.get(back[1]).status_code in (200, 303), where


@pytest.mark.parametrize("name", NAMES)
def test_the_frame_says_in_which_role(person: Callable[[str], Visitor], name: str) -> None:
    page = person(name).get("/gestion/prueba").text
    assert f'<span class="team-role">{NAMES[name]}</span>' in page
    assert "Qué hace usted aquí" in page


def test_the_public_keeps_its_own_header(person: Callable[[str], Visitor]) -> None:
    for path in ("/consultas/prueba", "/consultas/prueba/opinar"):
        page = person("coordinator").get(path).text
        assert 'class="team"' not in page
        assert "coordinator@equipo.example" not in page


def test_a_kept_queue_says_to_each_who_they_are(person: Callable[[str], Visitor]) -> None:
    for name in ("moderator of government", "moderator of civil society", "moderator of government"):
        page = person(name).get("/moderacion/prueba").text
        assert [name.replace(" ", "-") in found for found in re.findall(r"[\w-]+@equipo\.example", page)] == [True]
        assert "@@" not in page


def test_counts_are_those_of_one_s_own_themes_and_move(
    person: Callable[[str], Visitor], database: Database, consultation: ConsultationView
) -> None:
    def waits(name: str) -> str | None:
        found = re.search(r'Revisión <span class="team-count">(\d+)<', person(name).get("/gestion/prueba").text)
        return found[1] if found else None

    assert (waits("moderator of government"), waits("moderator of one theme")) == ("1", None)
    admit(database, consultation, "Más agua", theme="tema-2")
    assert (waits("moderator of government"), waits("moderator of one theme")) == ("2", "1")
    assert "Revisión" not in person("translator").get("/gestion/prueba").text


@pytest.mark.parametrize(
    ("role", "lands"),
    [(RoleName.COORDINATOR, "/gestion/prueba"), (RoleName.TRANSLATOR, "/gestion/prueba")],
)
def test_after_signing_in_one_stands_at_work(
    app: Flask, database: Database, consultation: ConsultationView, role: RoleName, lands: str
) -> None:
    staff(database, consultation, role=role)
    assert Visitor(app).sign_in().headers["Location"] == lands


def test_with_two_places_to_work_one_chooses(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for view in (consultation, load(database, a_consultation("otra"), now)):
        staff(database, view, role=RoleName.COORDINATOR)
    person = Visitor(app)
    assert person.sign_in().headers["Location"] == "/cuenta/"
    page = person.get("/cuenta/").text
    assert 'href="/gestion/otra"' in page
    assert 'href="/gestion/prueba"' in page


def test_acts_end_inside_with_what_was_done_and_where_it_is(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    listed(database, consultation)
    coordina = coordinator(app, database, consultation)
    assert coordina.post("/gestion/prueba/actos/nuevo", ACT).headers["Location"] == "/gestion/prueba/actos"
    page = coordina.get("/gestion/prueba/actos").text
    assert "El acto «Mesa técnica» quedó publicado." in page
    see = re.search(r'<a href="(/consultas/prueba/[^"]+)">Ver</a>', page)
    assert see
    assert "Mesa técnica" in coordina.get(see[1]).text


def test_hoy_lists_minutes_to_read_and_forgets_them_when_answered(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    listed(database, consultation)
    coordinator(app, database, consultation).post("/gestion/prueba/actos/nuevo", ACT)
    person = side(app, database, consultation, Sector.CIVIL_SOCIETY)
    page = person.get("/gestion/prueba").text
    assert "Acta por leer: Mesa técnica" in page
    assert re.search(r'Por responder <span class="team-count">1<', page)
    link = re.search(r'href="(/gestion/prueba/actos/[^"]+/acta)"', page)
    assert link
    form = person.get(link[1]).text
    seen = person.hidden(form, "seen")
    assert person.post(link[1], {"seen": seen, "voice": "agree", "verdict": "agree"}).status_code in (303, 422)


def test_reminding_is_one_mail_a_day(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    coordina = coordinator(app, database, consultation)
    moderator(app, database, consultation)
    admit(database, consultation, "Falta agua")
    assert "Recordar" not in coordina.get("/gestion/prueba").text
    with database.transaction() as db:
        db.execute(update(Contribution).values(review_by=consultation.today(now) - timedelta(days=30)))
    assert "Recordar" in coordina.get("/gestion/prueba").text
    for said in ("algo atrasado: 1.", "Hoy ya se les recordó"):
        coordina.post("/gestion/prueba/recordar", {})
        assert said in coordina.get("/gestion/prueba").text


def test_hoy_asks_little_whatever_there_is(app: Flask, database: Database, consultation: ConsultationView) -> None:
    coordina = coordinator(app, database, consultation)
    before = counted(app, coordina, "/gestion/prueba")
    admit(database, consultation, *(f"Falta agua {n}" for n in range(60)))
    assert counted(app, coordina, "/gestion/prueba") == before <= 8


def test_guides_are_read_inside(app: Flask, database: Database, consultation: ConsultationView) -> None:
    coordina = coordinator(app, database, consultation)
    names = re.findall(r'href="(/cuenta/guias/[\w-]+)"', coordina.get("/cuenta/guias/").text)
    assert len(names) == 3
    for path in names:
        page = coordina.get(path).text
        assert "<h2>" in page
        for picture in re.findall(r'<img src="([^"]+)"', page):
            assert coordina.client.get(picture).mimetype == "image/png"
    coordina.get("/cuenta/guias/nada", 404)


def test_a_record_has_nothing_to_do(app: Flask, database: Database, now: datetime) -> None:
    record = load(database, a_consultation("registro", kind="record"), now)
    coordina = coordinator(app, database, record)
    page = coordina.get("/gestion/registro").text
    assert "registro histórico" in page
    assert "Nadie revisa" not in page


def test_news_are_written_and_read(app: Flask, database: Database, consultation: ConsultationView) -> None:
    coordina = coordinator(app, database, consultation)
    page = coordina.get("/gestion/prueba/noticias").text
    form = {
        "key": coordina.hidden(page, "key"),
        "title_es": "Cambió el salón",
        "text_es": "En el parque.",
        "mailed": "yes",
    }
    again = coordina.post("/gestion/prueba/noticias", {**form, "text_es": ""}, 422).text
    assert "Cambió el salón" in again
    done = coordina.post("/gestion/prueba/noticias", form)
    see = coordina.where_it_is(done)
    public = Visitor(app)
    assert "En el parque." in public.get(see).text
    for path in ("…/novedades", "…/novedades.atom"):
        assert "Cambió el salón" in public.get(path).text
    assert "ya estaba publicada" in coordina.post("/gestion/prueba/noticias", form, 409).text
    public.get("…/novedades/nada", 404)


def test_nobody_gives_or_takes_a_role_of_their_own(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    coordina = coordinator(app, database, consultation)
    mine = {"email": "coordina@equipo.example", "role": "moderator", "sector": "gov", "reason": "Porque hace falta ya."}
    coordina.post("/gestion/prueba/personas", mine)
    assert "quien administra la instalación" in coordina.get("/gestion/prueba/personas").text
    staff(database, consultation, "otra@equipo.example", role=RoleName.COORDINATOR)
    assert "otra persona que coordina" in coordina.get("/gestion/prueba/personas").text
    with database.session(read_only=True) as db:
        rows = db.execute(select(Role.role).join(Account).where(Account.email == mine["email"])).scalars()
        assert list(rows) == [RoleName.COORDINATOR]
    other = Visitor(app)
    other.sign_in("otra@equipo.example")
    assert other.post("/gestion/prueba/personas", mine).status_code == 303


def test_an_organisation_gets_a_second_person_and_another_signature(person: Callable[[str], Visitor]) -> None:
    path = "/cuenta/organizaciones/prueba/vecinas/personas"
    signs, writes = person("signatory"), person("editor")
    assert "Pasarle la firma" in signs.get(path).text
    assert "Pasarle la firma" not in writes.get(path).text
    signs.post(path, {"act": "add", "email": "tercera@vecinas.example"})
    assert "tercera@vecinas.example" in writes.get(path).text
    writes.post(path, {"act": "add", "email": "cuarta@vecinas.example"}, 403)
    assert "sin @" in signs.post(path, {"act": "add", "email": "sin @"}, 422).text
    account = re.search(
        r'name="account" value="(\d+)">\s*<button class="plain" name="act" value="sign"', signs.get(path).text
    )
    assert account
    signs.post(path, {"act": "sign", "account": account[1]})
    assert "Pasarle la firma" in writes.get(path).text
    person("signatory of another organisation").get(path, 404)


def test_who_verifies_sees_the_address_on_record(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from tests.blueprints.organizations.test_organizations import OWN, representative

    asks = representative(app, database)
    asks.post(f"{OWN}/enviar")
    one = side(app, database, consultation, Sector.GOVERNMENT)
    page = one.get("/gestion/prueba/solicitudes/crl").text
    assert "@crl" not in page
    shown = one.post("/gestion/prueba/solicitudes/crl/correo", {}, 200).text
    assert re.search(r"<strong>[^<@]+@[^<]+</strong>", shown)
    assert "contact:look" in Visitor(app).get("…/bitacora.csv").text


def test_a_suspension_is_told_by_name_taken_back_with_one_click_and_seen_by_who_it_is_about(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    coordina, reviews = coordinator(app, database, consultation), moderator(app, database, consultation)
    role = re.search(
        r'action="(/gestion/prueba/personas/\d+/moderator)"', coordina.get("/gestion/prueba/personas").text
    )
    assert role
    coordina.post(role[1], {"act": "suspend", "reason": "Está de viaje un mes."})
    page = coordina.get("/gestion/prueba/personas").text
    told = page[page.index('class="flash told"') : page.index("Deshacer")]
    assert "El cargo de ana@equipo.example quedó suspendido." in told
    assert "está suspendido" in reviews.get("/cuenta/").text
    reviews.get("/gestion/prueba", 403)
    undo = dict(re.findall(r'<input type="hidden" name="(act|reason)" value="([^"]*)"', told))
    address = re.search(r'action="([^"]+)"', told)
    assert address
    coordina.post(address[1], undo)
    reviews.get("/gestion/prueba")
    assert "está suspendido" not in reviews.get("/cuenta/").text


@pytest.mark.parametrize(
    "path", ["/gestion/a%00", "/gestion/nada", "/moderacion/prueba/999999", "/gestion/prueba/x/y/z"]
)
def test_no_address_and_no_referrer_breaks_the_frame(
    app: Flask, database: Database, consultation: ConsultationView, path: str
) -> None:
    coordina = coordinator(app, database, consultation)
    for referrer in ("http://[", "https://otro.example/gestion/prueba", "", "/gestion/prueba"):
        answer = coordina.client.get(path, headers={"Referer": referrer})
        assert answer.status_code in (403, 404)
        assert "otro.example" not in answer.text


def test_whoever_only_said_that_they_speak_for_it_sees_nobodys_address(
    person: Callable[[str], Visitor], database: Database
) -> None:
    writes = person("editor")
    writes.get("/cuenta/organizaciones/prueba/vecinas/personas")
    with database.transaction() as db:
        mine = select(Account.id).where(Account.email == "editor@equipo.example").scalar_subquery()
        wished = update(OrganizationMember).where(OrganizationMember.account_id == mine)
        db.execute(wished.values(wished_on=date(2026, 11, 1)))
    writes.get("/cuenta/organizaciones/prueba/vecinas/personas", 404)


def test_the_list_of_proposals_is_for_who_has_work_with_them(person: Callable[[str], Visitor]) -> None:
    for name, status in (("liaison", 200), ("observer", 200), ("coordinator", 200), ("translator", 403)):
        person(name).get("/gestion/prueba/propuestas", status)
    person("coordinator").get("/gestion/prueba/propuestas?after=1234567")
