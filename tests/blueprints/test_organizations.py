"""Who takes part: the list, an organisation's way to an account, its positions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Flask

from consulta import worker
from consulta.auth import hasher
from consulta.db import Database
from consulta.domain import accounts, organizations, verification
from consulta.domain.snapshots import ConsultationView
from consulta.models.accounts import Sector
from consulta.models.organizations import Standing
from tests.blueprints.test_acts import ACT, listed, side, sound
from tests.blueprints.test_management import coordinator
from tests.support import PASSWORD, Visitor

WISH = {
    "name": "Colectivo Río Limpio", "acronym": "CRL", "sector": "cso", "about": "Cuidamos el río de la aldea.",
    "email": "rosa@colectivo.example",
}  # fmt: skip
OWN = "/cuenta/organizaciones/prueba/crl"


def representative(app: Flask, database: Database) -> Visitor:
    """Ask for an account, and sign in as the one who represents the organisation."""
    public = Visitor(app)
    assert "Le escribimos" in public.post("…/solicitud", WISH, 200).text
    now = datetime.now(UTC)
    with database.transaction() as db:
        id_ = accounts.ensure(db, email=WISH["email"], now=now)
        token = accounts.one_time_link(db, account_id=id_, now=now)
        accounts.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
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
    worker.deliver(app, now=datetime.now(UTC))
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
    assert verification.working_days_after(day, 5).isoformat() == "2026-06-12"
    worker.answer(database, now=datetime.now(UTC))
    assert standing(database, consultation) is Standing.ASKED
    worker.answer(database, now=datetime.now(UTC) + timedelta(days=9))
    assert standing(database, consultation) is Standing.PROVISIONAL
    assert "verificada provisionalmente" in Visitor(app).get("…/participantes").text
    sound(database)


def test_a_position_stands_where_it_concerns_and_ends_consensus(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    coordinates, public = coordinator(app, database, consultation), Visitor(app)
    coordinates.post("/gestion/prueba/actos/nuevo", {**ACT, "bodies": ""})
    for sector in Sector:
        side(app, database, consultation, sector).post(
            "/gestion/prueba/actos/mesa-tecnica/acta", {"seen": "1", "verdict": "agree"}
        )
    assert "por consenso" in public.get("…/cronograma/mesa-tecnica").text
    person = representative(app, database)
    person.post(f"{OWN}/enviar")
    worker.answer(database, now=datetime.now(UTC) + timedelta(days=9))
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
        "name_es": "Municipalidad de Ejemplo", "sector": "executive", "capacity-host": "1", "acronym": "MUNI",
        "contact_email": "canario@muni.example", "contact_phone": "5555-0101", "aliases": "La Muni",
    }  # fmt: skip
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
            body = organizations.Listed(slug=f"c{n}", name=name, sector="cso", capacities=("table",))
            organizations.enlist(db, consultation, body, new=True, actor="system", now=now)
    with database.session(read_only=True) as db:
        first, more = organizations.page(db, consultation, capacity="table")
        rest, end = organizations.page(db, consultation, capacity="table", after=more)
        assert (len(first), len(rest), end) == (60, 10, None)
        names = [b.sort_key for b in first + rest]
        assert names == sorted(names)
        assert len(organizations.page(db, consultation, sector="executive")[0]) == 1
        assert organizations.counts(db, consultation) == {"executive": 1, "cso": 71}
