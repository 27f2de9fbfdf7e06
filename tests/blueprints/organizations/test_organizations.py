"""Who takes part: the list, an organisation's way to an account, its positions."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain import days
from consulta.domain.accounts import accounts, links
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.acts import minutes
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.domain.ledger.log import By
from consulta.domain.organizations import enlisting, verification
from consulta.domain.organizations import reading as organizations
from consulta.models.accounts import Sector
from consulta.models.organizations import Standing
from consulta.web.passwords import hasher
from consulta.worker import delivery, rounds
from tests.support.acts import ACT, NOBODY, listed
from tests.support.audits import sound
from tests.support.consultations import said
from tests.support.people import coordinator, side
from tests.support.visitor import PASSWORD, Visitor, fields

WISH = {
    "name": "Colectivo Río Limpio",
    "acronym": "CRL",
    "sector": "cso",
    "about": "Cuidamos el río de la aldea.",
    "email": "rosa@colectivo.example",
}
OWN = "/cuenta/organizaciones/prueba/crl"


def representative(app: Flask, database: Database) -> Visitor:
    """Ask for an account, and sign in as the one who represents the organisation."""
    public = Visitor(app)
    assert "Le escribimos" in public.post("…/solicitud", WISH, 200).text
    now = datetime.now(UTC)
    with database.transaction() as db:
        id_ = accounts.ensure(db, email=WISH["email"], now=now)
        token = links.one_time_link(db, account_id=id_, now=now)
        links.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
    public.sign_in(WISH["email"])
    return public


def standing(database: Database, consultation: ConsultationView) -> Standing:
    """How the organisation stands."""
    with database.session(read_only=True) as db:
        return organizations.one(db, consultation, "crl").standing


def test_a_request_is_nobodys_before_its_mail_is_answered(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    public, person = Visitor(app), representative(app, database)
    delivery.deliver(app, now=datetime.now(UTC))
    mails = " ".join(p.read_text() for p in (app.extensions["settings"].instance / "mail").glob("*.eml"))
    assert "Colectivo" in mails
    assert "Colectivo Río Limpio" not in public.get("…/participantes").text
    public.get("…/participantes/crl", 404)
    public.get(OWN, 303)
    assert "Enviar la solicitud" in person.get(OWN).text
    person.post(f"{OWN}/enviar")
    person.post(f"{OWN}/enviar", {}, 409)
    page = public.get("…/participantes/crl").text
    assert "Cuidamos el río" in page
    assert "rosa@colectivo.example" not in page
    sound(database)


def test_the_answer_is_the_same_whoever_asks(app: Flask, database: Database, consultation: ConsultationView) -> None:
    representative(app, database)
    first = Visitor(app).post("…/solicitud", WISH | {"email": "nueva@otra.example"}, 200).text
    second = Visitor(app).post("…/solicitud", WISH, 200).text
    assert re.sub(r'value="[^"]*"', "", first) == re.sub(r'value="[^"]*"', "", second)
    for wrong in ({"name": ""}, {"sector": "nada"}, {"email": "mal"}, {"about": ""}, {"name": "\x00"}):
        page = Visitor(app).post("…/solicitud", {**WISH, **wrong}, 422).text
        assert "Cuidamos el río" in page or "about" in wrong


def test_one_person_of_each_sector_verifies(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    government = side(app, database, consultation, Sector.GOVERNMENT)
    society = side(app, database, consultation, Sector.CIVIL_SOCIETY)
    request = "/gestion/prueba/solicitudes/crl"
    person.get(request, 403)
    government.post(request, {"verdict": "accept"})
    assert standing(database, consultation) is Standing.ASKED
    government.post(request, {"verdict": "accept"}, 409)
    person.get(f"{OWN}/posicion", 403)
    society.post(request, {"verdict": "accept"})
    assert standing(database, consultation) is Standing.VERIFIED
    society.post(request, {"verdict": "refuse", "reason": "Ya no me gusta."}, 409)
    assert "Colectivo Río Limpio" in Visitor(app).get("…/participantes").text
    person.get(f"{OWN}/posicion")
    sound(database)


def test_a_refusal_has_a_public_reason_and_can_be_appealed(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    government = side(app, database, consultation, Sector.GOVERNMENT)
    society = side(app, database, consultation, Sector.CIVIL_SOCIETY)
    request = "/gestion/prueba/solicitudes/crl"
    government.post(request, {"verdict": "refuse"}, 422)
    government.post(request, {"verdict": "refuse", "reason": "No contestaron al teléfono."})
    assert "No contestaron al teléfono." in Visitor(app).get("…/participantes/crl").text
    person.post(f"{OWN}/apelar", {"appeal": "corto"}, 422)
    person.post(f"{OWN}/apelar", {"appeal": "No hay señal en la aldea; vengan a vernos."})
    assert standing(database, consultation) is Standing.APPEALED
    for one in (government, society):
        one.post(request, {"verdict": "accept"})
    assert standing(database, consultation) is Standing.VERIFIED
    person.post(f"{OWN}/apelar", {"appeal": "Otra apelación más."}, 409)
    sound(database)


def test_silence_verifies_provisionally_after_five_working_days(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    day = datetime(2026, 6, 5, 12, tzinfo=UTC).date()  # a Friday
    assert days.working_days_after(day, 5).isoformat() == "2026-06-12"
    rounds.answer(database, now=datetime.now(UTC))
    assert standing(database, consultation) is Standing.ASKED
    rounds.answer(database, now=datetime.now(UTC) + timedelta(days=9))
    assert standing(database, consultation) is Standing.PROVISIONAL
    assert "verificada provisionalmente" in Visitor(app).get("…/participantes").text
    sound(database)


def test_a_position_stands_where_it_concerns_and_ends_consensus(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    coordinates, public = coordinator(app, database, consultation), Visitor(app)
    coordinates.post("/gestion/prueba/actos/nuevo", {**ACT, **NOBODY})
    for sector in Sector:
        side(app, database, consultation, sector).post(
            "/gestion/prueba/actos/mesa-tecnica/acta", {"seen": "1", "verdict": "agree"}
        )
    assert "por consenso" in public.get("…/cronograma/mesa-tecnica").text
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    rounds.answer(database, now=datetime.now(UTC) + timedelta(days=9))
    position = {"stance": "dissent", "subject": "minutes/mesa-tecnica", "text": "No estuvimos de acuerdo con el plazo."}
    for wrong in ({"stance": ""}, {"stance": "gritar"}, {"subject": "act/no-existe"}, {"subject": "x"}, {"text": "no"}):
        page = person.post(f"{OWN}/posicion", {**position, **wrong}, 422).text
        assert "No estuvimos de acuerdo" in page or "text" in wrong
    person.post(f"{OWN}/posicion", position)
    page = public.get("…/cronograma/mesa-tecnica").text
    assert "No estuvimos de acuerdo con el plazo." in page
    assert "por consenso" not in page
    for path in ("…/participantes", "…/participantes/crl", "…/novedades"):
        assert "no está de acuerdo" in public.get(path).text
    person.post(f"{OWN}/posicion", position | {"stance": "support", "text": "Ahora sí: se corrigió el plazo."})
    page = public.get("…/cronograma/mesa-tecnica").text
    assert "después publicó otra posición" in page
    assert "por consenso" in page
    Visitor(app).get(f"{OWN}/posicion", 303)
    coordinates.get(f"{OWN}/posicion", 404)
    coordinates.post(f"{OWN}/posicion", position, 404)
    sound(database)


def test_the_coordinator_lists_bodies_and_contacts_stay_inside(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    body = {
        "name_es": "Municipalidad de Ejemplo",
        "sector": "executive",
        "capacity-host": "1",
        "acronym": "MUNI",
        "contact_email": "canario@muni.example",
        "contact_phone": "5555-0101",
        "aliases": "La Muni",
    }
    person.post("/gestion/prueba/participantes/nueva", body)
    page = public.get("…/participantes/muni").text
    assert "La Muni" in page
    for canary in ("canario@", "5555-0101"):
        assert canary not in page
        assert canary not in public.get("…/bitacora.csv").text
        assert canary not in person.get("/gestion/prueba/participantes/muni").text
    person.post("/gestion/prueba/participantes/muni", {"name_es": "Otro nombre", "sector": "executive"})
    with database.session(read_only=True) as db:
        kept = organizations.by_slug(db, consultation.id, "muni")
        assert kept is not None
        assert (kept.name["es"], kept.contact_phone) == ("Otro nombre", "5555-0101")
    person.post("/gestion/prueba/participantes/nueva", body | {"sector": "nada"}, 422)
    assert "1" in public.get("…/participantes?sector=executive").text
    assert "Otro nombre" not in public.get("…/participantes?capacity=observer").text
    sound(database)


def test_many_bodies_are_paged_by_name(app: Flask, database: Database, consultation: ConsultationView) -> None:
    listed(database, consultation)
    now = datetime.now(UTC)
    with database.transaction() as db:
        for n in range(70):
            name = {"es": f"{'Ángel' if n % 2 else 'angel'} {n:02d}"}
            body = enlisting.Listed(slug=f"c{n}", name=name, sector="cso", capacities=("table",))
            enlisting.enlist(db, consultation, body, new=True, by=By(None, "system"), now=now)
    with database.session(read_only=True) as db:
        first, more = organizations.page(db, consultation, capacity="table")
        rest, end = organizations.page(db, consultation, capacity="table", after=more)
        assert (len(first), len(rest), end) == (60, 10, None)
        names = [b.sort_key for b in first + rest]
        assert names == sorted(names)
        assert len(organizations.page(db, consultation, sector="executive")[0]) == 1
        assert organizations.counts(db, consultation) == {"executive": 1, "cso": 71}


def test_two_answers_at_once_are_counted_or_refused(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    """With real threads: of a yes and a no, or of two of them, what is stored is what was said."""
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    people = [side(app, database, consultation, sector) for sector in Sector]
    gate, answers = threading.Barrier(2), []

    def answer(one: Visitor, form: dict[str, str]) -> None:
        token = one.token()
        gate.wait()
        where = "/gestion/prueba/solicitudes/crl"
        answers.append(one.client.post(where, data=form | {"csrf_token": token}).status_code)

    forms = ({"verdict": "accept"}, {"verdict": "refuse", "reason": "No existe esa organización."})
    threads = [threading.Thread(target=answer, args=(one, form)) for one, form in zip(people, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(read_only=True) as db:
        body = organizations.one(db, consultation, "crl")
        said_ = verification.verdicts(db, consultation, body.id)
    assert sorted(answers) in ([303, 303], [303, 409])
    refused = any(not one.accepts for one in said_)
    assert body.standing is (Standing.REFUSED if refused else Standing.ASKED)
    sound(database)


def test_an_appeal_is_made_once(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    one = side(app, database, consultation, Sector.GOVERNMENT)
    one.post("/gestion/prueba/solicitudes/crl", {"verdict": "refuse", "reason": "No existe esa organización."})
    with database.session(read_only=True) as db:
        seen = organizations.one(db, consultation, "crl")
    person.post(f"{OWN}/apelar", {"appeal": "Sí existimos desde hace años."})
    with database.transaction() as db, pytest.raises(Conflict):
        verification.appeal(
            db, consultation, seen, text="Otra vez lo mismo, dos.", by=by(db, consultation, 1), now=datetime.now(UTC)
        )


def test_a_listed_body_takes_over_its_own_entry(app: Flask, database: Database, consultation: ConsultationView) -> None:
    listed(database, consultation)
    public, where = Visitor(app), "/cuenta/organizaciones/prueba/vecinas"
    assert "?entidad=vecinas" in public.get("…/participantes/vecinas").text
    assert "ya está en la lista" in public.get("…/solicitud?entidad=vecinas").text
    public.get("…/solicitud?entidad=nadie", 404)
    public.post("…/solicitud", {"entidad": "vecinas", "email": "mal"}, 422)
    first, second = (claimant(app, database, email) for email in ("uno@vecinas.example", "dos@otra.example"))
    assert "Enviar la solicitud" in first.get(where).text
    first.get(f"{where}/posicion", 403)
    second.post(f"{where}/enviar")
    first.get(where, 404)  # one person stands by it
    with database.session(read_only=True) as db:
        assert accounts.by_email(db, "uno@vecinas.example")  # it chose a password, so it stays
    public.get("…/solicitud?entidad=vecinas", 409)
    assert "Entidad vecinas" in public.get("…/participantes").text  # it stays on the list, come what may
    government = side(app, database, consultation, Sector.GOVERNMENT)
    government.post("/gestion/prueba/solicitudes/vecinas", {"verdict": "refuse", "reason": "No es de Vecinas."})
    public.get("…/solicitud?entidad=vecinas", 409)  # whoever was refused may appeal before others take their place
    second.post(f"{where}/apelar", {"appeal": "Sí somos de Vecinas, pregunten."})
    government.post("/gestion/prueba/solicitudes/vecinas", {"verdict": "refuse", "reason": "Preguntamos y no son."})
    second.post(f"{where}/apelar", {"appeal": "Otra vez: sí somos."}, 409)
    public.get("…/solicitud?entidad=vecinas%00")
    third = claimant(app, database, "tres@vecinas.example")
    third.post(f"{where}/apelar", {"appeal": "Apelo sin haber pedido nada."}, 409)
    third.post(f"{where}/enviar")
    second.get(where, 404)
    for sector in Sector:
        side(app, database, consultation, sector).post("/gestion/prueba/solicitudes/vecinas", {"verdict": "accept"})
    third.get(f"{where}/posicion")
    assert "Entidad vecinas" in public.get("…/participantes").text
    sound(database)


def claimant(app: Flask, database: Database, email: str) -> Visitor:
    """Somebody who says that they speak for the listed body, signed in."""
    person, now = Visitor(app), datetime.now(UTC)
    assert "Le escribimos" in person.post("…/solicitud", {"entidad": "vecinas", "email": email}, 200).text
    with database.transaction() as db:
        id_ = accounts.ensure(db, email=email, now=now)
        token = links.one_time_link(db, account_id=id_, now=now)
        links.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
    person.sign_in(email)
    return person


def test_a_claim_that_nobody_stands_by_is_forgotten(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from consulta.models.accounts import Account
    from consulta.models.organizations import OrganizationMember

    listed(database, consultation)
    Visitor(app).post("…/solicitud", {"entidad": "vecinas", "email": "uno@vecinas.example"}, 200)
    rounds.erase(database, now=datetime.now(UTC) + timedelta(days=9))
    with database.session(read_only=True) as db:
        assert db.query(OrganizationMember).count() == 0
        assert db.query(Account).count() == 0
        assert organizations.one(db, consultation, "vecinas").standing is Standing.LISTED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE organizations SET standing = 'verified' WHERE slug = 'crl'",
        "UPDATE organizations SET sector = 'academia' WHERE slug = 'crl'",
        "DELETE FROM organization_members; DELETE FROM organizations WHERE slug = 'otra'",
    ],
)
def test_a_body_changed_behind_the_back_is_named(
    app: Flask, database: Database, consultation: ConsultationView, change: str
) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    now = datetime.now(UTC)
    with database.transaction() as db:
        one = enlisting.Listed(slug="otra", name=said("Otra"), sector="cso")
        enlisting.enlist(db, consultation, one, new=True, by=By(None, "system"), now=now)
    sound(database)
    with database.write.connect() as connection:
        for statement in change.split("; "):
            connection.exec_driver_sql(statement)
        connection.commit()
    with database.session(read_only=True) as db:
        faults = check.check(db, consultation.log_id, consultation=consultation).faults
    assert len(faults) == 1
    assert faults[0].startswith("organization ")


def test_a_wish_is_in_nobodys_way_and_is_forgotten(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from consulta.models.accounts import Account

    Visitor(app).post("…/solicitud", WISH, 200)
    Visitor(app).post("…/solicitud", WISH | {"name": "Otra más", "acronym": "OM"}, 200)
    now = datetime.now(UTC)
    delivery.deliver(app, now=now)
    assert len(list((app.extensions["settings"].instance / "mail").glob("*.eml"))) == 1  # one mail a day
    person = coordinator(app, database, consultation)
    body = {"name_es": "Comité de Riego", "acronym": "CRL", "sector": "cso"}
    assert person.where_it_is(person.post("/gestion/prueba/participantes/nueva", body)).endswith("/crl-2")
    with database.session(read_only=True) as db:
        assert list(organizations.names(db, consultation, ["crl", "crl-2"])) == ["crl-2"]
    rounds.erase(database, now=now + timedelta(days=9))
    with database.session(read_only=True) as db:
        assert organizations.by_slug(db, consultation.id, "crl") is None
        assert [a.email for a in db.query(Account)] == ["coordina@equipo.example"]


def test_a_second_coordinator_overwrites_nothing(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = coordinator(app, database, consultation)
    now = datetime.now(UTC)
    with database.transaction() as db:
        one = enlisting.Listed(slug="agua", name=said("Agua"), sector="cso", source={"page": 3})
        enlisting.enlist(db, consultation, one, new=True, by=By(None, "system"), now=now)
    where = "/gestion/prueba/participantes/agua"
    mine = fields(person.get(where).text)
    person.post(where, mine | {"name_es": "Agua para todos"})
    page = person.post(where, mine | {"name_es": "Agua y más agua"}, 409).text
    assert "Agua y más agua" in page
    assert "otra persona cambió esta entidad" in page
    with database.session(read_only=True) as db:
        body = organizations.one(db, consultation, "agua")
    assert (body.name["es"], body.source) == ("Agua para todos", {"page": 3})
    sound(database)


def test_the_last_day_ends_where_the_consultation_is(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    with database.session(read_only=True) as db:
        due = organizations.one(db, consultation, "crl").answer_by
    assert due
    evening = datetime(due.year, due.month, due.day, 23, tzinfo=UTC) + timedelta(hours=4)  # 21:00 in Guatemala
    rounds.answer(database, now=evening)
    assert standing(database, consultation) is Standing.ASKED
    rounds.answer(database, now=evening + timedelta(hours=4))
    assert standing(database, consultation) is Standing.PROVISIONAL


def test_who_speaks_for_a_side_finds_what_waits(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    listed(database, consultation)
    coordinator(app, database, consultation).post("/gestion/prueba/actos/nuevo", ACT)
    one = side(app, database, consultation, Sector.GOVERNMENT)
    assert "/gestion/prueba/por-responder" in one.get("/gestion/prueba").text
    page = one.get("/gestion/prueba/por-responder").text
    for link in ("/gestion/prueba/solicitudes/crl", "/gestion/prueba/actos/mesa-tecnica/acta"):
        assert link in page
    one.post("/gestion/prueba/solicitudes/crl", {"verdict": "accept"})
    one.post("/gestion/prueba/actos/mesa-tecnica/acta", {"verdict": "agree", "seen": "1"})
    one.get("/gestion/prueba/por-responder")  # the notice of what was done names it
    page = one.get("/gestion/prueba/por-responder").text
    assert "crl" not in page
    assert "mesa-tecnica" not in page
    person.get("/gestion/prueba/por-responder", 403)


def test_a_dissent_is_not_pushed_out_by_others(app: Flask, database: Database, consultation: ConsultationView) -> None:
    from consulta.domain.organizations import positions
    from consulta.models.positions import Stance

    person, public = representative(app, database), Visitor(app)
    person.post(f"{OWN}/enviar")
    for sector in Sector:
        one = side(app, database, consultation, sector)
        one.post("/gestion/prueba/solicitudes/crl", {"verdict": "accept"})
    listed(database, consultation)
    coordinator(app, database, consultation).post("/gestion/prueba/actos/nuevo", ACT)
    for sector in Sector:
        with database.session(read_only=True) as db:
            id_ = accounts.by_email(db, f"{sector.value}@equipo.example")
        assert id_
        with database.transaction() as db:
            minutes.agree(
                db,
                consultation,
                "mesa-tecnica",
                seen=1,
                sector=sector,
                by=by(db, consultation, id_[0]),
                now=datetime.now(UTC),
            )
    assert "por consenso" in public.get("…/cronograma/mesa-tecnica").text
    form = {"stance": "dissent", "subject": "consultation", "text": "No nos escucharon en la mesa."}
    person.post(f"{OWN}/posicion", form)
    person.post(f"{OWN}/posicion", form)  # the second click
    with database.session(read_only=True) as db:
        assert len(positions.listing(db, consultation)[0]) == 1
        body, me = organizations.one(db, consultation, "crl"), accounts.by_email(db, WISH["email"])
    assert me
    for n in range(101):
        with database.transaction() as db:
            positions.publish(
                db,
                consultation,
                body,
                stance=Stance.SUPPORT,
                subject="act/mesa-tecnica",
                text=f"Apoyamos {n} veces.",
                document=None,
                by=by(db, consultation, me[0]),
                now=datetime.now(UTC),
            )
    assert "por consenso" not in public.get("…/cronograma/mesa-tecnica").text
    assert "no está de acuerdo" in public.get("…").text
    sound(database)
