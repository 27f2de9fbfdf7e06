"""*Por responder* in the browser: roles that somebody asks for herself, and who signs for an organisation."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations import membership
from consulta.domain.organizations import reading as organizations
from consulta.models.accounts import Role, RoleName, RoleRequest, Sector
from consulta.models.organizations import SignatoryRequest
from tests.support import proposals
from tests.support.audits import sound
from tests.support.people import coordinator, side, staff
from tests.support.personae import HASHED, act_for, bodies
from tests.support.visitor import Visitor

PEOPLE, WAITS, TODAY = "/gestion/prueba/personas", "/gestion/prueba/por-responder", "/gestion/prueba"
WHY = {"reason": "Revisa mientras llega otra persona."}
OWN = "/cuenta/organizaciones/prueba/vecinas/personas"


def request_id(database: Database) -> int:
    """The request that was made last."""
    with database.session(read_only=True) as db:
        return db.execute(select(RoleRequest.id).order_by(RoleRequest.id.desc()).limit(1)).scalar_one()


def test_who_coordinates_asks_and_the_other_sector_answers(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, other = (
        coordinator(app, database, consultation),
        side(app, database, consultation, Sector.CIVIL_SOCIETY),
    )
    same = side(app, database, consultation, Sector.GOVERNMENT)
    asked = {"email": "coordina@equipo.example", "role": "moderator", "sector": "gov", "theme-tema-1": "1", **WHY}
    person.post(PEOPLE, asked | {"reason": "y" * 40_000}, 422)
    done = person.post(PEOPLE, asked | {"email": "COORDINA@equipo.example"})
    page = person.get(done.headers["Location"]).text
    assert "La responde una persona del otro sector" in page
    assert "pide el cargo: moderación" in page or "pide el cargo:" in page
    assert "Retirar la petición" in page
    person.post(PEOPLE, asked, 409)
    at = f"{WAITS}/cargos/{request_id(database)}"
    assert "pide un cambio en un cargo suyo" in other.get(TODAY).text
    assert "pide un cambio en un cargo suyo" not in same.get(TODAY).text
    assert 'class="team-count">1<' in other.get(TODAY).text
    page = other.get(WAITS).text
    assert WHY["reason"] in page
    assert "Tema 1" in page
    same.post(at, {"act": "agree"}, 403)
    person.post(at, {"act": "agree"}, 403)
    page = other.post(at, {"act": "refuse", "reason": "No, 1"}, 422).text
    assert 'value="No, 1"' in page, "what was typed stays"
    other.post(at, {}, 422)
    page = other.post(at, {"reason": "Enter después de escribir por qué no"}, 422).text
    assert "Elija sí o no" in page, "Enter in the reason is no yes"
    for long in ("x" * 250, "\ufffd"):
        other.post(at, {"act": "refuse", "reason": long}, 422)
    assert page.index("<button tabindex=") < page.index('value="agree"')
    done = other.post(at, {"act": "agree"})
    assert "Listo: se hizo lo que pidió coordina@equipo.example" in other.get(done.headers["Location"]).text
    other.post(at, {"act": "agree"}, 409)
    with database.session(read_only=True) as db:
        rows = db.execute(select(Role.role).where(Role.account_id == _id(database, "coordina@equipo.example")))
        assert set(rows.scalars()) == {RoleName.COORDINATOR, RoleName.MODERATOR}
    sound(database)


def _id(database: Database, email: str) -> int:
    with database.session(read_only=True) as db:
        found = accounts.by_email(db, email)
        assert found
        return found[0]


def test_another_who_coordinates_finds_it_in_her_own_frame(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    staff(database, consultation, email="leo@equipo.example", role=RoleName.COORDINATOR)
    other = Visitor(app)
    other.sign_in("leo@equipo.example")
    assert "Por responder" not in other.get(TODAY).text, "an empty section is not shown to who speaks for no side"
    id_ = _id(database, "coordina@equipo.example")
    person.post(f"{PEOPLE}/{id_}/coordinator", {"act": "revoke", "reason": "Me voy a otra institución."})
    assert "Por responder" in other.get(TODAY).text
    page = other.get(WAITS).text
    assert "pide dejar su cargo" in page
    done = other.post(f"{WAITS}/cargos/{request_id(database)}", {"act": "agree"})
    assert done.headers["Location"].endswith("/personas")
    assert "coordina@equipo.example" not in other.get(f"{PEOPLE}?").text.split("<ul", 1)[1]
    person.get(TODAY, 403)
    sound(database)


def test_who_answers_sees_all_that_is_asked_for(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    bodies(database, consultation, now)
    person, other = (
        coordinator(app, database, consultation),
        side(app, database, consultation, Sector.CIVIL_SOCIETY),
    )
    person.post(PEOPLE, {"email": "coordina@equipo.example", "role": "liaison", "organization": "vecinas", **WHY})
    for page in (other.get(WAITS).text, person.get(PEOPLE).text):
        assert "Organización vecinas" in page[: page.index("Falta") if "Falta" in page else None]


def test_a_request_is_taken_back(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    person.post(PEOPLE, {"email": "coordina@equipo.example", "role": "observer", **WHY})
    assert "lo hace quien administra la instalación" in person.get(PEOPLE).text
    done = person.post(f"{WAITS}/cargos/{request_id(database)}", {"act": "refuse"})
    page = person.get(done.headers["Location"]).text
    assert "La petición quedó retirada" in page
    assert "Retirar la petición" not in page


@pytest.fixture
def vecinas(app: Flask, database: Database, consultation: ConsultationView, now: datetime) -> dict[str, Visitor]:
    """Ana who signs and Eva who writes, signed in."""
    bodies(database, consultation, now)
    names = ("ana", "eva")
    emails = [f"{name}@vecinas.example" for name in names]
    act_for(database, consultation, "vecinas", now, *emails, password=HASHED)
    return {name: proposals.signed_in(app, email) for name, email in zip(names, emails, strict=True)}


def signatories(database: Database, view: ConsultationView) -> list[str]:
    """Who signs."""
    with database.session(read_only=True) as db:
        body = organizations.one(db, view, "vecinas")
        return [one.email for one in membership.people(db, body) if one.signatory]


def test_both_sectors_put_another_in_the_place_of_who_signed(
    app: Flask, database: Database, consultation: ConsultationView, vecinas: dict[str, Visitor]
) -> None:
    eva, ana = vecinas["eva"], vecinas["ana"]
    gov, cso = (side(app, database, consultation, sector) for sector in Sector)
    eva_id = str(_id(database, "eva@vecinas.example"))
    why = {"reason": "Ana dejó la organización."}
    page = eva.post(OWN, {"act": "ask", **why}, 422).text
    assert "Elija quién firmaría" in page
    assert why["reason"] in page
    eva.post(OWN, {"act": "ask", "successor": eva_id, **why})
    assert "Firmaría eva@vecinas.example" in ana.get(OWN).text
    at = f"{WAITS}/firmas/vecinas"
    assert "¿Quién firma por Organización vecinas?" in gov.get(TODAY).text
    done = gov.post(at, {"act": "agree"})
    assert "Falta el otro sector" in gov.get(done.headers["Location"]).text
    gov.post(at, {"act": "agree"}, 409)
    assert "el otro sector está de acuerdo" in cso.get(WAITS).text
    cso.post(at, {"act": "agree"})
    assert signatories(database, consultation) == ["eva@vecinas.example"]
    assert "Agregar a una persona" in eva.get(OWN).text
    sound(database)


def test_who_still_signs_ends_it(
    app: Flask, database: Database, consultation: ConsultationView, vecinas: dict[str, Visitor]
) -> None:
    person, ana = coordinator(app, database, consultation), vecinas["ana"]
    at = "/gestion/prueba/participantes/vecinas"
    assert "Quien firma ya no está" in person.get(at).text
    page = person.post(f"{at}/firma", {"successor": "mal", "reason": "se fue"}, 422).text
    assert 'value="se fue"' in page
    person.post(f"{at}/firma", {"successor": "leo@vecinas.example", "reason": "Nadie responde su correo."})
    assert "leo@vecinas.example" in person.get(at).text
    person.post(f"{at}/firma", {"withdraw": "1"})
    assert "leo@vecinas.example" not in person.get(at).text, "an address that was mistyped is taken back"
    person.post(f"{at}/firma", {"withdraw": "1"}, 409)
    person.post(f"{at}/firma", {"successor": "leo@vecinas.example", "reason": "Nadie responde su correo."})
    ana.post(OWN, {"act": "stay", "reason": "n" * 300}, 422)
    ana.post(OWN, {"act": "stay", "reason": "no"}, 422)
    done = ana.post(OWN, {"act": "stay", "reason": "Sigo firmando yo."})
    assert "sigue firmando quien firmaba" in ana.get(done.headers["Location"]).text
    assert signatories(database, consultation) == ["ana@vecinas.example"]
    with database.session(read_only=True) as db:
        assert "Sigo firmando yo." in db.execute(select(SignatoryRequest.answer)).scalars().all()
    sound(database)
