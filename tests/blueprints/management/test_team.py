"""The team: invited, suspended, taken back; every change with its reason, and the public sees no address."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import delete, select, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, team
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import Account, Sector
from consulta.models.outbox import OutboxMessage
from tests.support.acts import listed
from tests.support.audits import sound
from tests.support.people import coordinator, staff
from tests.support.visitor import Visitor, fields

PEOPLE = "/gestion/prueba/personas"


def test_a_moderator_of_each_sector_is_invited(app: Flask, database: Database, consultation: ConsultationView) -> None:
    listed(database, consultation)
    person, public = coordinator(app, database, consultation), Visitor(app)
    invitation = {
        "email": "nueva@equipo.example",
        "role": "moderator",
        "sector": "cso",
        "theme-tema-1": "1",
        "reason": "La propuso su organización.",
    }
    why = {"reason": "Lo nombró su institución."}
    page = person.post(PEOPLE, invitation, 422).text
    assert "entidad de sociedad civil" in page
    assert "nueva@equipo.example" in page
    person.post(PEOPLE, invitation | {"organization": "vecinas"})
    person.post(PEOPLE, {"email": "otro@equipo.example", "role": "moderator", "sector": "gov"} | why)
    page = public.get("…/participantes").text
    assert "propuesta por Entidad vecinas" in page
    assert "@equipo.example" not in page
    assert "@equipo.example" not in public.get("…/bitacora.csv").text
    assert "Tema 1" in person.get(PEOPLE).text
    for wrong in ({"email": "mal"}, {"role": "admin"}, {"role": ""}, {"sector": ""}, {"organization": "nadie"}):
        person.post(PEOPLE, {**invitation, "organization": "vecinas", **wrong}, 422)
    person.post(PEOPLE, {"email": "t@equipo.example", "role": "translator"}, 422)
    person.post(PEOPLE, {"email": "t@equipo.example", "role": "translator", "language": "quc"} | why)
    person.post(PEOPLE, {"email": "e@equipo.example", "role": "liaison"}, 422)
    sound(database)


def test_a_role_is_given_anew_as_it_should_be(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, why = coordinator(app, database, consultation), {"reason": "Lo acordó la mesa el 3 de marzo."}
    id_ = staff(database, consultation, sector=Sector.GOVERNMENT, themes=("tema-1", "tema-2"))
    page = person.get(f"{PEOPLE}?persona={id_}&cargo=moderator").text
    form = fields(page[page.index('id="invitar"') - 100 :].replace("<h2", "<main><h2", 1))
    assert (form["email"], form["role"], form["sector"]) == ("ana@equipo.example", "moderator", "gov")
    assert {name for name in form if name.startswith("theme-")} == {"theme-tema-1", "theme-tema-2"}
    del form["theme-tema-1"]
    for other in ({"role": "observer"}, {"email": "otra@equipo.example"}):
        assert "invite aparte" in person.post(PEOPLE, form | why | other, 422).text
    person.post(PEOPLE, form | why)
    with database.session(read_only=True) as db:
        [mine] = [p for p in team.team(db, consultation) if p.account_id == id_]
    assert [consultation.theme_by_id(t).slug for t in mine.themes] == ["tema-2"]  # type: ignore[union-attr]
    assert "Lo acordó la mesa" in Visitor(app).get("…/bitacora").text
    person.get(f"{PEOPLE}?persona={id_}&cargo=nada", 404)
    person.get(f"{PEOPLE}?persona=999999&cargo=moderator", 404)
    sound(database)


def test_a_translator_has_a_role_for_each_language(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, why = coordinator(app, database, consultation), {"reason": "Habla los dos idiomas."}
    for language in ("quc", "kek"):
        person.post(PEOPLE, {"email": "t@equipo.example", "role": "translator", "language": language} | why)
    with database.session(read_only=True) as db:
        mine = [p for p in team.team(db, consultation) if p.role.value == "translator"]
    assert sorted(str(p.language) for p in mine) == ["kek", "quc"]
    person.post(f"{PEOPLE}/{mine[0].account_id}/translator-quc", {"act": "revoke", **why})
    with database.session(read_only=True) as db:
        assert [p.language for p in team.team(db, consultation) if p.role.value == "translator"] == ["kek"]
    sound(database)


def test_a_role_is_suspended_and_taken_back(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    id_ = staff(database, consultation)
    moderator = Visitor(app)
    moderator.sign_in()
    moderator.get("/moderacion/prueba")
    role = f"{PEOPLE}/{id_}/moderator"
    person.post(role, {"act": "suspend", "reason": "corto"}, 422)
    person.post(role, {"act": "suspend", "reason": "Está de viaje un mes."})
    moderator.get("/moderacion/prueba", 403)
    assert "suspendido" in person.get(PEOPLE).text
    person.post(role, {"act": "suspend", "reason": "Está de viaje un mes."}, 409)
    person.post(role, {"act": "resume", "reason": "Ya volvió del viaje."})
    moderator.get("/moderacion/prueba")
    person.post(role, {"act": "revoke", "reason": "Terminó su encargo."})
    moderator.get("/moderacion/prueba", 403)
    person.post(role, {"act": "revoke", "reason": "Terminó su encargo."}, 404)
    person.post(role, {"act": "borrar", "reason": "Terminó su encargo."}, 404)
    log = Visitor(app).get("…/bitacora").text
    for words in ("Se suspendió un cargo", "Se devolvió un cargo", "Se quitó un cargo", "Terminó su encargo."):
        assert words in log
    sound(database)


def test_the_last_coordinator_stays(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    with database.transaction() as db:
        me = accounts.ensure(db, email="coordina@equipo.example", now=datetime.now(UTC))
    for act in ("suspend", "revoke"):
        page = person.post(f"{PEOPLE}/{me}/coordinator", {"act": act, "reason": "Me voy de la mesa."}, 422).text
        assert "invite antes a otra" in page


def test_outsiders_manage_nobody(app: Flask, database: Database, consultation: ConsultationView) -> None:
    staff(database, consultation)
    moderator = Visitor(app)
    moderator.get(PEOPLE, 303)
    moderator.sign_in()
    moderator.get(PEOPLE, 403)
    moderator.post(PEOPLE, {"email": "yo@equipo.example", "role": "coordinator"}, 403)
    for path in ("actos", "actos/nuevo", "importar", "por-avisar", "cambiar/textos", "participantes/nueva"):
        moderator.get(f"/gestion/prueba/{path}", 403)
        moderator.post(f"/gestion/prueba/{path}", {}, 405 if path in ("actos", "por-avisar") else 403)


def test_a_suspended_moderator_is_not_invited_anew(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    id_ = staff(database, consultation, themes=("tema-1",))
    role = f"{PEOPLE}/{id_}/moderator"
    assert "nadie revisa los aportes" not in person.get("/gestion/prueba").text
    person.post(role, {"act": "suspend", "reason": "Está de viaje un mes."})
    assert "nadie revisa los aportes" in person.get("/gestion/prueba").text
    again = {
        "email": "ana@equipo.example",
        "role": "moderator",
        "sector": "gov",
        "theme-tema-2": "1",
        "reason": "Ahora verá otro tema.",
    }
    assert "devuélvaselo" in person.post(PEOPLE, again, 422).text
    person.post(role, {"act": "resume", "reason": "Ya volvió del viaje."})
    person.post(PEOPLE, again)
    assert "ya tiene ese cargo" in person.post(PEOPLE, again | {"theme-tema-2": "1"}, 422).text
    person.post(PEOPLE, again | {"reason": ""}, 422)
    person.post(role, {"act": "suspend", "reason": "Está de viaje otra vez."})
    person.post(role, {"act": "revoke", "reason": "Terminó su encargo."})
    person.post(role, {"act": "revoke", "reason": "Terminó su encargo."}, 404)
    sound(database)


def test_who_never_signed_up_coordinates_nothing_yet(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    person.post(PEOPLE, {"email": "otra@equipo.example", "role": "coordinator", "reason": "Ayudará a coordinar."})
    with database.transaction() as db:
        me = accounts.ensure(db, email="coordina@equipo.example", now=datetime.now(UTC))
    person.post(f"{PEOPLE}/{me}/coordinator", {"act": "revoke", "reason": "Me voy de la mesa."}, 422)


def test_an_invitation_says_who_sends_it_in_its_readers_language(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from tests.blueprints.test_news import mails

    with database.transaction() as db:
        accounts.ensure(db, email="eng@equipo.example", now=datetime.now(UTC), language="en")
    person = coordinator(app, database, consultation)
    person.post(PEOPLE, {"email": "eng@equipo.example", "role": "observer", "reason": "Observa por su embajada."})
    [mail] = mails(app)
    assert "Consulta prueba (en)" in mail
    assert "Le dieron una cuenta" not in mail


def test_an_invitation_is_sent_again_until_somebody_chose_a_password(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    person.post(PEOPLE, {"email": "nueva@equipo.example", "role": "observer", "reason": "Observa por su embajada."})
    assert "Enviar otra vez la invitación" in person.get(PEOPLE).text
    with database.session(read_only=True) as db:
        (id_,) = (one.account_id for one in team.team(db, consultation) if one.email.startswith("nueva"))
    at = f"{PEOPLE}/{id_}/observer"
    assert "espere una hora" in person.post(at, {"act": "again"}, 409).text, "a second click sends no second link"
    with database.transaction() as db:
        db.execute(delete(OutboxMessage))
    done = person.post(at, {"act": "again"})
    assert "otra vez la invitación a nueva@equipo.example" in person.get(done.headers["Location"]).text
    with database.transaction() as db:
        assert list(db.execute(select(OutboxMessage.template)).scalars()) == ["invitation"]
        db.execute(update(Account).where(Account.id == id_).values(password_hash="x"))
    person.post(at, {"act": "again"}, 409)
    assert "Enviar otra vez la invitación" not in person.get(PEOPLE).text
