"""People who write proposals, for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.organizations import enlisting
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations.enlisting import Listed
from consulta.models.accounts import RoleName
from consulta.models.organizations import Organization, OrganizationMember, Standing

from .consultations import a_consultation, load, said
from .people import staff
from .visitor import Visitor

BEGIN = "…/propuestas/nueva"
STEPS = {
    "problema": {
        "title": "Compras de medicinas en datos abiertos",
        "theme": "tema-2",
        "problem": "Nadie sabe cuánto pagan los hospitales por las medicinas desde 2020.",
    },
    "responde": {"unrelated": "Todavía nadie lo había dicho."},
    "accion": {"objective": "Que 45 hospitales publiquen sus compras.", "action": "Publicar cada mes las compras."},
}


def open_for_proposals(**changes: Any) -> dict[str, Any]:
    """A consultation that takes proposals now."""
    data = a_consultation(**changes)
    data["stages"].append(
        {"key": "3", "number": "3", "title": said("Proponer"), "starts": "D-2", "ends": "D+9", "opens": ["proposal"]}
    )
    data["settings"]["plan"] = {"approved": "2027-01", "end": "2028-12", "template": "A"}
    return data


@pytest.fixture
def consultation(database: Database, now: datetime) -> ConsultationView:
    """An open consultation that takes proposals."""
    return load(database, open_for_proposals(), now)


def body(database: Database, view: ConsultationView, slug: str, now: datetime, **members: bool) -> list[int]:
    """A verified organisation with members, each a signatory or not; their accounts are ``NAME@SLUG.example``."""
    with database.transaction() as db:
        named = Listed(slug=slug, name=said(f"Organización {slug}"), sector="cso", acronym=slug.upper())
        enlisting.enlist(db, view, named, new=True, by=By(None, "equipo"), now=now)
        in_force = update(Organization).where(Organization.slug == slug).values(standing=Standing.VERIFIED)
        db.execute(in_force)
        entry: dict[str, Any] = {"subject": f"organization/{slug}", "payload": {"standing": "verified"}}
        log.note(db, view, actor="equipo", action=Action.ORGANIZATION_PROVISIONAL, recorded=now, **entry)
    accounts = []
    for name, signs in members.items():
        account = staff(database, view, f"{name}@{slug}.example", role=RoleName.LIAISON)
        with database.transaction() as db:
            found = organizations.by_slug(db, view.id, slug)
            assert found is not None
            row = {"organization_id": found.id, "account_id": account, "signatory": signs}
            db.execute(insert(OrganizationMember).values(**row))
        accounts.append(account)
    return accounts


def signed_in(app: Flask, email: str) -> Visitor:
    """Somebody who acts for an organisation."""
    person = Visitor(app)
    person.sign_in(email)
    return person


def begin(person: Visitor, organization: str = "", status: int = 303) -> str:
    """Begin a proposal; the address of its steps."""
    page = person.get(BEGIN).text
    given = {"submission": person.hidden(page, "submission"), "organization": organization}
    answer = person.post(BEGIN, given, status)
    return answer.headers["Location"].removesuffix("/codigo") if status == 303 else answer.text


def save(person: Visitor, draft: str, place: str, status: int = 303, **fields: str) -> str:
    """Save a step as its form stands, with what is typed; the page that answers."""
    page = person.get(f"{draft}/{place}").text
    return person.post(f"{draft}/{place}", {"seen": person.hidden(page, "seen"), **fields}, status).text


def written(person: Visitor, organization: str = "") -> str:
    """A draft that can be sent; the address of its steps."""
    draft = begin(person, organization)
    for place, fields in STEPS.items():
        save(person, draft, place, **fields)
    return draft


def send(person: Visitor, draft: str, status: int = 303, **fields: str) -> str:
    """Send a draft; the page that follows."""
    page = person.get(f"{draft}/revisar").text
    given = {"submission": person.hidden(page, "submission"), **fields}
    answer = person.post(f"{draft}/enviar", given, status)
    return person.get(answer.headers["Location"]).text if status == 303 else answer.text
