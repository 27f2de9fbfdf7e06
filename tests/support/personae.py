"""Who comes to the product: everybody whom a route may let in or has to keep out, made the same way in every test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from sqlalchemy import insert, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, links
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import BY_SYSTEM
from consulta.domain.organizations import enlisting
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations.enlisting import Listed
from consulta.models.accounts import Account, Role, RoleName, Sector
from consulta.models.organizations import Organization, OrganizationMember, Standing
from consulta.web.passwords import hasher

from .consultations import said
from .visitor import PASSWORD, Visitor

HASHED = hasher.hash(PASSWORD)
"""Once, for it is slow by design."""


@dataclass(frozen=True)
class Persona:
    """Somebody. ``role``: none for citizens and for who acts for an organisation; ``elsewhere``: granted in another
    consultation; ``acts_for``: the organisation, ``signs``: whether as its signatory."""

    role: RoleName | None = None
    sector: Sector | None = None
    themes: tuple[str, ...] = ()
    elsewhere: bool = False
    suspended: bool = False
    acts_for: str | None = None
    signs: bool = False

    @property
    def has_account(self) -> bool:
        """Whether they sign in."""
        return self.role is not None or self.acts_for is not None


PERSONAE = {
    "citizen": Persona(),
    "other citizen": Persona(),
    "editor": Persona(acts_for="vecinas"),
    "signatory": Persona(acts_for="vecinas", signs=True),
    "signatory of another organisation": Persona(acts_for="agua", signs=True),
    "moderator of government": Persona(RoleName.MODERATOR, Sector.GOVERNMENT),
    "moderator of civil society": Persona(RoleName.MODERATOR, Sector.CIVIL_SOCIETY),
    "moderator of one theme": Persona(RoleName.MODERATOR, Sector.GOVERNMENT, themes=("tema-2",)),
    "moderator of another consultation": Persona(RoleName.MODERATOR, Sector.GOVERNMENT, elsewhere=True),
    "coordinator": Persona(RoleName.COORDINATOR),
    "coordinator of another consultation": Persona(RoleName.COORDINATOR, elsewhere=True),
    "facilitator": Persona(RoleName.FACILITATOR, Sector.CIVIL_SOCIETY),
    "secretary": Persona(RoleName.SECRETARY, Sector.GOVERNMENT),
    "member": Persona(RoleName.MEMBER, Sector.CIVIL_SOCIETY),
    "liaison": Persona(RoleName.LIAISON),
    "translator": Persona(RoleName.TRANSLATOR),
    "observer": Persona(RoleName.OBSERVER),
    "suspended moderator": Persona(RoleName.MODERATOR, Sector.GOVERNMENT, suspended=True),
    "admin": Persona(RoleName.ADMIN),
}
CITIZENS = frozenset(name for name, one in PERSONAE.items() if not one.has_account)


def act_for(
    database: Database, consultation: ConsultationView, slug: str, now: datetime, *emails: str, password: str = "x"
) -> None:
    """These people act for an organisation, the first signs; ``password``: its hash, as stored."""
    with database.transaction() as db:
        found = organizations.one(db, consultation, slug)
        for at, email in enumerate(emails):
            id_ = accounts.ensure(db, email=email, now=now)
            db.execute(update(Account).where(Account.id == id_).values(password_hash=password))
            mine = {"organization_id": found.id, "account_id": id_, "signatory": at == 0}
            db.execute(insert(OrganizationMember).values(**mine))


def bodies(database: Database, consultation: ConsultationView, now: datetime) -> None:
    """The two organisations that some of them act for, verified."""
    with database.transaction() as db:
        for slug in ("vecinas", "agua"):
            listed = Listed(slug=slug, name=said(f"Organización {slug}"), sector="cso", acronym=slug.upper())
            enlisting.enlist(db, consultation, listed, new=True, by=BY_SYSTEM, now=now)
            mine = update(Organization).where(Organization.slug == slug)
            db.execute(mine.values(standing=Standing.VERIFIED))
            ledger.note(
                db,
                consultation,
                actor="equipo",
                action=Action.ORGANIZATION_PROVISIONAL,
                subject=f"organization/{slug}",
                recorded=now,
                payload={"standing": "verified"},
            )


def account(
    database: Database, name: str, here: ConsultationView, elsewhere: ConsultationView, now: datetime
) -> int | None:
    """The account of a persona, with the password of all tests; ``None`` for a citizen."""
    one = PERSONAE[name]
    if not one.has_account:
        return None
    email, view = f"{name.replace(' ', '-')}@equipo.example", elsewhere if one.elsewhere else here
    with database.transaction() as db:
        if one.role is None:
            id_ = accounts.ensure(db, email=email, now=now)
        else:
            ids = tuple(theme.id for theme in view.themes if theme.slug in one.themes)
            everywhere = one.role is RoleName.ADMIN
            id_ = accounts.create(
                db,
                email=email,
                role=one.role,
                consultation_id=None if everywhere else view.id,
                theme_ids=ids,
                sector=one.sector,
                language="quc" if one.role is RoleName.TRANSLATOR else None,
                now=now,
            )
        if one.suspended:
            db.execute(update(Role).where(Role.account_id == id_).values(suspended=True))
        if one.acts_for:
            body = organizations.by_slug(db, view.id, one.acts_for)
            assert body is not None
            db.execute(insert(OrganizationMember).values(organization_id=body.id, account_id=id_, signatory=one.signs))
        token = links.one_time_link(db, account_id=id_, now=now)
        links.set_password(db, token=token, password_hash=HASHED, now=now)
    return id_


def everybody(
    app: Flask, database: Database, here: ConsultationView, elsewhere: ConsultationView, now: datetime
) -> Callable[[str], Visitor]:
    """Every persona, made when first asked for, signed in."""
    bodies(database, here, now)
    made: dict[str, Visitor] = {}

    def person(name: str) -> Visitor:
        if name not in made:
            made[name] = Visitor(app, here.slug)
            if account(database, name, here, elsewhere, now) is not None:
                made[name].sign_in(f"{name.replace(' ', '-')}@equipo.example")
        return made[name]

    return person
