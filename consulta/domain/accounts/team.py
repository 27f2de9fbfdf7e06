"""The team of a consultation: who is what, who may be shown, suspending and taking back roles, all on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import changed
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Account, Pseudonym, Role, RoleName, Sector

from . import accounts, links, pseudonyms

GRANTABLE = tuple(role for role in RoleName if role is not RoleName.ADMIN)

SIGNS_IN = or_(Account.password_hash.is_not(None), Account.demo.is_(True))


@dataclass(frozen=True)
class Person:
    """One role of one person, for the coordinator; ``themes`` empty: all."""

    role_ids: tuple[int, ...]
    account_id: int
    email: str
    pseudonym: str
    role: RoleName
    sector: Sector | None
    organization: str | None
    language: str | None
    themes: tuple[int, ...]
    suspended: bool
    signed_up: bool
    account_suspended: bool

    @property
    def able(self) -> bool:
        """Whether they can act in this role: not suspended, and not only invited."""
        return self.signed_up and not self.suspended and not self.account_suspended

    @property
    def key(self) -> str:
        """Which of the person's roles it is: a translator has one for each language."""
        return f"{self.role.value}-{self.language}" if self.role is RoleName.TRANSLATOR else self.role.value


def team(db: Session, consultation: ConsultationView) -> list[Person]:
    """Everybody with a role here, by role and address."""
    rows = db.execute(
        select(Role, Account.email, Account.password_hash, Account.demo, Account.suspended, Pseudonym.name)
        .join(Account, Account.id == Role.account_id)
        .outerjoin(
            Pseudonym, (Pseudonym.account_id == Role.account_id) & (Pseudonym.consultation_id == consultation.id)
        )
        .where(Role.consultation_id == consultation.id)
        .order_by(Role.role, Account.email, Role.id)
    ).all()
    grouped = defaultdict(list)
    for row in rows:
        r: Role = row[0]
        grouped[(r.account_id, r.role, r.language if r.role is RoleName.TRANSLATOR else None)].append(row)
    return [
        Person(
            tuple(r.id for r, *_ in group),
            account_id,
            group[0].email,
            group[0].name or "",
            role,
            group[0][0].sector,
            group[0][0].organization,
            group[0][0].language,
            tuple(r.theme_id for r, *_ in group if r.theme_id is not None),
            all(r.suspended for r, *_ in group),
            bool(group[0].password_hash or group[0].demo),
            bool(group[0][4]),
        )
        for (account_id, role, _language), group in grouped.items()
    ]


def invite(
    db: Session,
    consultation: ConsultationView,
    *,
    email: str,
    role: RoleName,
    theme_ids: tuple[int, ...],
    sector: Sector | None,
    organization: str | None,
    language: str | None,
    reason: str,
    by: By,
    now: datetime,
) -> None:
    """Give somebody a role and mail them a link; a moderator of civil society names the body that nominated them."""
    complete(role, sector, organization, language)
    _checked(reason)
    _not_oneself(accounts.by_email(db, email), by)
    held = [p for p in team(db, consultation) if p.email == email.strip().lower() and p.role is role]
    held = [p for p in held if role is not RoleName.TRANSLATOR or p.language == language]
    if any(p.suspended for p in held):
        raise Invalid("Esta persona tiene el cargo suspendido: devuélvaselo en lugar de invitarla.", field="email")
    as_asked = (sector, organization, language)
    if any(
        p.signed_up and (p.sector, p.organization, p.language) == as_asked and set(theme_ids) == set(p.themes)
        for p in held
    ):
        raise Invalid("Esta persona ya tiene ese cargo.", field="email")
    account_id = accounts.create(
        db,
        email=email,
        role=role,
        consultation_id=consultation.id,
        theme_ids=theme_ids,
        sector=sector,
        organization=organization,
        language=language,
        now=now,
        actor=by.pseudonym,
        reason=reason,
    )
    for person in held:
        _only(db, consultation, person, theme_ids, reason, actor=by.pseudonym, now=now)
    links.invite(
        db, account_id=account_id, now=now, consultation=consultation.title, role=role.value, slug=consultation.slug
    )


def invite_again(db: Session, consultation: ConsultationView, person: Person, *, now: datetime) -> None:
    """Mail the invitation once more, with a new link; ``Conflict`` for who chose a password already, or if one of the
    same hour is on its way."""
    if person.signed_up:
        raise Conflict("Esta persona ya eligió su contraseña.")
    role, slug = person.role.value, consultation.slug
    token = links.invite(
        db, account_id=person.account_id, now=now, consultation=consultation.title, role=role, slug=slug
    )
    if token is None:
        raise Conflict("La invitación de hace un momento va en camino: espere una hora antes de enviar otra.")


def complete(role: RoleName, sector: Sector | None, organization: str | None, language: str | None) -> None:
    """Every role names what it cannot be without; ``Invalid`` with the field that is missing."""
    if role is RoleName.MODERATOR and sector is None:
        raise Invalid("Quien revisa aportes es del gobierno o de la sociedad civil: elija cuál.", field="sector")
    if role is RoleName.MODERATOR and sector is Sector.CIVIL_SOCIETY and not organization:
        raise Invalid("Elija la entidad de sociedad civil que propuso a esta persona.", field="organization")
    if role is RoleName.LIAISON and not organization:
        raise Invalid("Elija la institución de la que esta persona es enlace.", field="organization")
    if role is RoleName.TRANSLATOR and not language:
        raise Invalid("Elija el idioma al que traduce.", field="language")


def _only(
    db: Session,
    consultation: ConsultationView,
    person: Person,
    theme_ids: tuple[int, ...],
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Of a role that is given anew, the themes that were not chosen this time go."""
    others = Role.theme_id.not_in(theme_ids) | Role.theme_id.is_(None) if theme_ids else Role.theme_id.is_not(None)
    gone = changed(db, delete(Role).where(Role.id.in_(person.role_ids), others))
    if gone:
        _entry(db, consultation, Action.ROLE_GRANT, person, reason, by=By(None, actor), now=now, themes=len(theme_ids))


def suspend(
    db: Session,
    consultation: ConsultationView,
    person: Person,
    *,
    suspended: bool,
    reason: str,
    by: By,
    now: datetime,
) -> None:
    """Take a role's powers away for a while, or give them back."""
    if suspended:
        keep_a_coordinator(db, consultation, person)
    _not_oneself((person.account_id,), by)
    _checked(reason)
    mine = update(Role).where(Role.id.in_(person.role_ids), Role.suspended.is_(not suspended))
    if not changed(db, mine.values(suspended=suspended)):
        raise Conflict("Otra persona ya cambió este cargo.")
    action = Action.ROLE_SUSPEND if suspended else Action.ROLE_RESUME
    _entry(db, consultation, action, person, reason, by=by, now=now)


def revoke(db: Session, consultation: ConsultationView, person: Person, *, reason: str, by: By, now: datetime) -> None:
    """Take a role back for good; what was done with it stays."""
    keep_a_coordinator(db, consultation, person)
    _not_oneself((person.account_id,), by)
    _checked(reason)
    if not changed(db, delete(Role).where(Role.id.in_(person.role_ids))):
        raise Conflict("Otra persona ya cambió este cargo.")
    _entry(db, consultation, Action.ROLE_REVOKE, person, reason, by=by, now=now)


def find(people: Iterable[Person], account_id: int, key: str) -> Person:
    """One of the team; ``NotFound`` else."""
    found = next((p for p in people if p.account_id == account_id and p.key == key), None)
    if found is None:
        raise NotFound("Esa persona ya no tiene ese cargo en esta consulta.")
    return found


def _not_oneself(account: tuple[Any, ...] | None, by: By) -> None:
    """``Invalid`` for who would change a role of their own: it is asked for (``role_requests``), and others answer."""
    if by.account_id is not None and account is not None and account[0] == by.account_id:
        raise Invalid("Nadie cambia sus propios cargos: se pide, y otra persona responde.", field="email")


def keep_a_coordinator(db: Session, consultation: ConsultationView, person: Person) -> None:
    """``Invalid`` if nobody coordinated any more when this role went; an invitation coordinates nothing yet."""
    if person.role is not RoleName.COORDINATOR:
        return
    others = (
        select(Role.id)
        .join(Account, Account.id == Role.account_id)
        .where(
            Role.consultation_id == consultation.id,
            Role.role == RoleName.COORDINATOR,
            Role.suspended.is_(False),
            Role.account_id != person.account_id,
            Account.suspended.is_(False),
            SIGNS_IN,
        )
    )
    if db.execute(others).first() is None:
        raise Invalid("Es la única persona que coordina esta consulta: invite antes a otra.", field="reason")


def _checked(reason: str) -> None:
    demand_reason(reason, Invalid("Escriba por qué, en 10 letras o más: queda en la bitácora.", field="reason"))


def _entry(
    db: Session,
    consultation: ConsultationView,
    action: Action,
    person: Person,
    reason: str,
    *,
    by: By,
    now: datetime,
    **more: object,
) -> None:
    name = pseudonyms.pseudonym(db, consultation_id=consultation.id, account_id=person.account_id, sector=person.sector)
    payload = {"role": person.role.value, "reason": reason, **more}
    ledger.note(
        db, consultation, actor=by.pseudonym, action=action, subject=f"person/{name}", payload=payload, recorded=now
    )
