"""Telling people: by mail once confirmed, by Atom, by telephone; and stopping is one button."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.news import Subscriber
from consulta.worker import rounds
from tests.support.acts import listed
from tests.support.audits import sound
from tests.support.people import coordinator
from tests.support.visitor import Visitor


def mails(app: Flask) -> list[str]:
    """Everything that was sent, decoded, and forget it."""
    rounds.work(app, now=datetime.now(UTC))
    found = []
    for path in sorted(Path(app.extensions["settings"].instance, "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_payload(decode=True)
        found.append(f"{message['Subject']}\n{message['To']}\n{body.decode() if isinstance(body, bytes) else ''}")
        path.unlink()
    return found


def planned(person: Visitor, **changes: str) -> None:
    """An act that is to come, or its next version."""
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    act = {
        "title_es": "Foro de Cobán",
        "kind": "forum",
        "planned_from": day,
        "place_es": "Salón",
        "body-0-name": "agua",
        "body-1-name": "vecinas",
    }
    key = "/gestion/prueba/actos/foro-de-coban" if changes else "/gestion/prueba/actos/nuevo"
    person.post(key, {**act, "seen": "1", "reason_es": "Cambió el salón disponible.", **changes})


def test_news_come_only_to_who_confirmed_and_stop(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    answers = [
        public.post("…/novedades", {"email": one}, 200).text for one in ("Ana@Lectora.example", "ana@lectora.example")
    ]
    assert [answer.count("Le escribimos") for answer in answers] == [1, 1]
    public.post("…/novedades", {"email": "mal"}, 422)
    [mail] = mails(app)
    listed(database, consultation)
    planned(person)
    assert mails(app) == []
    link = re.search(r"/novedades/[0-9a-f-]+", mail)
    assert link
    public.get(link[0])
    planned(person, place_es="Otro salón")
    assert mails(app) == []  # a program that follows links confirms nothing
    public.post(link[0], {"act": "confirm"}, 200)
    planned(person, seen="2", place_es="Parque central")
    [mail] = mails(app)
    for words in ("Foro de Cobán", "Parque central", "Lo envía: Consulta prueba", link[0]):
        assert words in mail
    assert mails(app) == []
    public.post(link[0], {"act": "stop"}, 200)
    planned(person, seen="3", place_es="Al final, el salón")
    assert mails(app) == []
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(Subscriber)).scalar_one() == 0
    for wrong in ("1-00", "x", "999999999-" + "0" * 32, "1-ñ"):
        public.get(f"/novedades/{wrong}", 404)
        public.post(f"/novedades/{wrong}", {"act": "confirm"}, 404)
    feed = public.client.get("/consultas/prueba/novedades.atom").text
    assert "Cambió la fecha o el lugar: Foro de Cobán" in feed
    sound(database)


def test_bodies_are_told_by_mail_or_by_telephone(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    listed(database, consultation, contact_phone="5555-0199")
    planned(person)
    assert "No hay nadie por avisar" in person.get("/gestion/prueba/por-avisar").text
    planned(person, place_es="Otro salón")
    page = person.get("/gestion/prueba/por-avisar").text
    assert "Entidad agua" in page
    assert "5555-0199" not in page
    assert "1 entidad no tiene correo" in page
    assert "/gestion/prueba/participantes/vecinas" in page, "it is named, and one click away"
    assert "Avisos que dar por teléfono: 1" in person.get("/gestion/prueba").text
    notice = re.search(r"/por-avisar/(\d+)/ver", page)
    assert notice
    call = f"/gestion/prueba/por-avisar/{notice[1]}"
    page = person.post(f"{call}/ver", {}, 200).text
    assert "5555-0199" in page
    assert "Otro salón" in page
    assert "Se miró un dato de contacto" in public.get("…/bitacora").text
    assert "5555-0199" not in public.get("…/bitacora.csv").text
    person.post(call, {"state": "no-answer", "seen": "waiting"})
    assert "no contestó" in person.get("/gestion/prueba/por-avisar").text
    person.post(call, {"state": "told", "seen": "waiting"}, 409)
    person.post(call, {"state": "told", "seen": "no-answer"})
    page = person.get("/gestion/prueba/por-avisar").text
    assert "No hay nadie por avisar" in page
    assert "Ya se les avisó" in page
    assert 'name="state" value="no-answer"' in page, "the notice takes it back"
    person.post(call, {"state": "no-answer", "seen": "told"})
    page = person.get("/gestion/prueba/por-avisar").text
    assert "no contestó" in page
    assert "Ya se les avisó" not in page
    person.post(call, {"state": "nada", "seen": "no-answer"})
    assert "no contestó" not in person.get("/gestion/prueba/por-avisar").text
    public.post(f"{call}/ver", {}, 403)
    sound(database)


def test_a_body_with_an_address_is_written_to(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person = coordinator(app, database, consultation)
    listed(database, consultation, contact_email="agua@entidad.example")
    planned(person)
    mails(app)
    planned(person, place_es="Otro salón")
    [mail] = mails(app)
    assert "agua@entidad.example" in mail
    assert "Otro salón" in mail


def test_many_subscribers_are_reached_in_pieces(app: Flask, database: Database, consultation: ConsultationView) -> None:
    from sqlalchemy import insert

    from consulta.domain.notifications import news
    from consulta.models.outbox import OutboxMessage

    now = datetime.now(UTC)
    with database.transaction() as db:
        rows = [
            {
                "consultation_id": consultation.id,
                "email": f"p{n}@x.example",
                "language": "es",
                "asked_on": now.date(),
                "confirmed": n % 5 > 0,
                "key": f"k{n}",
            }
            for n in range(520)
        ]
        db.execute(insert(Subscriber), rows)
        news.announce(db, consultation, event="prueba", content={"what": "schedule", "version": 2}, now=now)
    steps = 0
    while True:
        with database.transaction() as db:
            if not news.fan_out(db, now=now):
                break
        steps += 1
    assert steps == 3
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(OutboxMessage)).scalar_one() == 416


def test_an_old_link_acts_for_nobody_else(app: Flask, database: Database, consultation: ConsultationView) -> None:
    public = Visitor(app)
    public.post("…/novedades", {"email": "mala@persona.example"}, 200)
    link = re.search(r"/novedades/([\w-]+)", mails(app)[0])
    assert link
    public.post(f"/novedades/{link[1]}", {"act": "stop"}, 200)
    public.post("…/novedades", {"email": "buena@persona.example"}, 200)
    assert "buena@persona.example" in mails(app)[0]  # her own mail comes, on the same day
    public.post(f"/novedades/{link[1]}", {"act": "confirm"}, 200)
    with database.session(read_only=True) as db:
        assert db.execute(select(Subscriber.confirmed)).scalars().all() == [False]


def test_that_it_was_held_is_no_change_of_place(app: Flask, database: Database, consultation: ConsultationView) -> None:
    person, public = coordinator(app, database, consultation), Visitor(app)
    listed(database, consultation, contact_email="agua@entidad.example")
    planned(person)
    mails(app)
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    planned(person, held_from=day)
    assert mails(app) == []
    assert "Cambió" not in public.get("…/novedades").text


def test_a_body_with_an_account_is_told_and_a_refused_address_is_called(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    from consulta.domain.accounts import accounts
    from consulta.domain.notifications import notices
    from consulta.models.organizations import Organization, OrganizationMember

    person = coordinator(app, database, consultation)
    listed(database, consultation, contact_email="agua@entidad.example")
    now = datetime.now(UTC)
    with database.transaction() as db:
        id_ = accounts.ensure(db, email="rosa@vecinas.example", now=now, language="en")
        body = db.execute(select(Organization.id).where(Organization.slug == "vecinas")).scalar_one()
        db.add(OrganizationMember(organization_id=body, account_id=id_, signatory=True))
    planned(person)
    mails(app)
    planned(person, place_es="Otro salón")
    [hers] = [mail for mail in mails(app) if "rosa@vecinas.example" in mail]
    assert "Place:" in hers
    with database.transaction() as db:
        body = db.execute(select(Organization.id).where(Organization.slug == "agua")).scalar_one()
        notices.returned(db, body, {"event": "act:foro-de-coban@2", "what": "moved", "title": {"es": "Foro"}}, now=now)
    assert "Entidad agua" in person.get("/gestion/prueba/por-avisar").text


def test_a_mail_program_unsubscribes_with_one_click(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    def said() -> list[EmailMessage]:
        rounds.work(app, now=datetime.now(UTC))
        folder = Path(app.extensions["settings"].instance, "mail")
        found = [email.message_from_bytes(one.read_bytes(), policy=policy.default) for one in folder.glob("*.eml")]
        for one in folder.glob("*.eml"):
            one.unlink()
        return found  # type: ignore[return-value]

    person, public = coordinator(app, database, consultation), Visitor(app)
    public.post("…/novedades", {"email": "ana@lectora.example"}, 200)
    [asked] = said()
    link = asked["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert public.get(link, 303).location == link.removesuffix("/baja")
    public.post(link.removesuffix("/baja"), {"act": "confirm"}, 200)
    listed(database, consultation)
    planned(person)
    mail = next(one for one in said() if one["To"] == "ana@lectora.example")
    assert mail["List-Unsubscribe"] == f"<http://localhost{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = app.test_client(use_cookies=False)
    forged = link[:-6] + "x/baja"
    assert program.post(forged, data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert program.post(link, data={}).status_code == 400
    one_click = {"List-Unsubscribe": "One-Click"}
    assert program.post(link, data=one_click, content_type="multipart/form-data").status_code == 200
    assert program.post(link, data=one_click).status_code == 200, "twice is once"
    planned(person, place_es="Otro salón")
    assert [one for one in said() if one["To"] == "ana@lectora.example"] == []
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(Subscriber)).scalar_one() == 0


def test_no_other_mail_offers_to_stop_what_nobody_subscribed_to(app: Flask, visitor: Visitor) -> None:
    visitor.give("Falta agua", email="ana@lectora.example")
    rounds.work(app, now=datetime.now(UTC))
    [mail] = Path(app.extensions["settings"].instance, "mail").glob("*.eml")
    assert b"List-Unsubscribe" not in mail.read_bytes()
