"""People of the team, signed in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, links
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName, Sector

from .visitor import PASSWORD, Visitor


def side(app: Flask, database: Database, consultation: ConsultationView, sector: Sector) -> Visitor:
    """A signed-in facilitator of one side."""
    email = f"{sector.value}@equipo.example"
    staff(database, consultation, email=email, role=RoleName.FACILITATOR, sector=sector)
    person = Visitor(app)
    person.sign_in(email)
    return person


def coordinator(app: Flask, database: Database, consultation: ConsultationView) -> Visitor:
    """A signed-in coordinator."""
    staff(database, consultation, email="coordina@equipo.example", role=RoleName.COORDINATOR)
    person = Visitor(app)
    person.sign_in("coordina@equipo.example")
    return person


def moderator(app: Flask, database: Database, view: ConsultationView) -> Visitor:
    """Somebody who decides."""
    staff(database, view)
    person = Visitor(app)
    person.sign_in()
    return person


def staff(
    database: Database,
    consultation: ConsultationView,
    email: str = "ana@equipo.example",
    role: RoleName = RoleName.MODERATOR,
    sector: Sector | None = None,
    themes: tuple[str, ...] = (),
) -> int:
    """Somebody of the team, with the password of all tests."""
    from consulta.web.passwords import hasher

    now = datetime.now(UTC)
    ids = tuple(t.id for t in consultation.themes if t.slug in themes)
    with database.transaction() as db:
        id_ = accounts.create(
            db, email=email, role=role, consultation_id=consultation.id, theme_ids=ids, sector=sector, now=now
        )
        token = links.one_time_link(db, account_id=id_, now=now)
        links.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
    return id_
