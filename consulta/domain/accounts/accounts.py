"""Staff accounts: created by invitation, roles granted on record, pseudonyms in public."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.contributions.fingerprints import sha256
from consulta.domain.errors import NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.notifications import outbox
from consulta.models.accounts import Account, AccountSession, AccountToken, Pseudonym, Role, RoleName, Sector
from consulta.models.base import Said
from consulta.models.consultations import Consultation
from consulta.models.organizations import OrganizationMember

LINK_VALID = timedelta(days=7)
RESET_VALID = timedelta(hours=2)
_WORDS = "abcdefghjkmnpqrstvwxyz23456789"


@dataclass(frozen=True)
class Granted:
    """A role as it is held."""

    role: RoleName
    consultation_id: int | None
    theme_id: int | None
    sector: Sector | None


@dataclass(frozen=True)
class Actor:
    """Whoever is signed in, with every role."""

    id: int
    email: str
    language: str
    session_id: int
    roles: tuple[Granted, ...]

    def roles_in(self, consultation_id: int, *names: RoleName) -> list[Granted]:
        """The roles of these names in one consultation."""
        return [r for r in self.roles if r.consultation_id == consultation_id and r.role in names]


def ensure(db: Session, *, email: str, now: datetime, language: str = "es", demo: bool = False) -> int:
    """The account of an address, made if it is new; its id."""
    address = email.strip().lower()
    id_ = db.execute(select(Account.id).where(Account.email == address)).scalar_one_or_none()
    if id_ is None:
        id_ = db.execute(
            insert(Account)
            .values(email=address, demo=demo, suspended=False, language=language, created_at=now)
            .returning(Account.id)
        ).scalar_one()
    return id_


def forget_unused(db: Session, account_ids: list[int]) -> None:
    """Erase those of these accounts that nobody ever used: no password, no role, no name in any ledger."""
    bound: tuple[Any, ...] = (Role.account_id, Pseudonym.account_id, OrganizationMember.account_id)
    free = [Account.id.in_(account_ids), Account.password_hash.is_(None), Account.demo.is_(False)]
    free += [Account.id.not_in(select(column)) for column in bound]
    ids = list(db.execute(select(Account.id).where(*free)).scalars())
    db.execute(delete(AccountToken).where(AccountToken.account_id.in_(ids)))
    db.execute(delete(Account).where(Account.id.in_(ids)))


def create(
    db: Session,
    *,
    email: str,
    role: RoleName,
    consultation_id: int | None,
    theme_ids: tuple[int, ...] = (),
    sector: Sector | None = None,
    organization: str | None = None,
    language: str | None = None,
    now: datetime,
    demo: bool = False,
    actor: str = ledger.SYSTEM,
    reason: str | None = None,
) -> int:
    """Make the account if it is new and grant the role, one row a theme; its id. Granting twice adds nothing, and
    granting anew for another sector, body or language changes it; a translator has one role for each language."""
    id_ = ensure(db, email=email, now=now, demo=demo)
    values = {"sector": sector, "organization": organization, "language": language}
    mine: list[Any] = [Role.account_id == id_, Role.role == role]
    mine.append(Role.consultation_id.is_not_distinct_from(consultation_id))
    mine += [Role.language == language] if role is RoleName.TRANSLATOR else []  # one of each language
    rows = db.execute(select(Role.theme_id, Role.sector, Role.organization, Role.language).where(*mine)).all()
    held, as_now = {row.theme_id for row in rows}, all(tuple(row[1:]) == tuple(values.values()) for row in rows)
    if not as_now:
        db.execute(update(Role).where(*mine).values(**values))
    for theme_id in theme_ids or (None,):
        if theme_id not in held:
            given = {"account_id": id_, "role": role, "consultation_id": consultation_id, "theme_id": theme_id}
            db.execute(insert(Role).values(**given, **values))
        elif as_now:
            continue
        if consultation_id is not None:
            who = {"role": role.value, "theme": theme_id is not None, "sector": sector.value if sector else None}
            details = {"organization": organization, "reason": reason}
            said = {name: value for name, value in details.items() if value}
            _record_grant(db, consultation_id, id_, sector, {**who, **said}, actor, now)
    return id_


def _record_grant(
    db: Session,
    consultation_id: int,
    account_id: int,
    sector: Sector | None,
    payload: dict[str, Any],
    actor: str,
    now: datetime,
) -> None:
    log_id, slug = db.execute(
        select(Consultation.log_id, Consultation.slug).where(Consultation.id == consultation_id)
    ).one()
    name = pseudonym(db, consultation_id=consultation_id, account_id=account_id, sector=sector)
    ledger.append(
        db,
        log_id=log_id,
        origin=f"consulta/{slug}",
        actor=actor,
        action=Action.ROLE_GRANT,
        subject=f"person/{name}",
        recorded=now,
        payload=payload,
    )


def pseudonym(db: Session, *, consultation_id: int, account_id: int, sector: Sector | None = None) -> str:
    """How this account is called in this consultation; given once, at random."""
    found = known_pseudonym(db, consultation_id=consultation_id, account_id=account_id)
    if found is not None:
        return found
    side = {Sector.GOVERNMENT: "gobierno", Sector.CIVIL_SOCIETY: "sociedad-civil"}.get(sector, "equipo")  # type: ignore[arg-type]
    name = f"{side}-{''.join(secrets.choice(_WORDS) for _ in range(4))}"
    db.execute(insert(Pseudonym).values(consultation_id=consultation_id, account_id=account_id, name=name))
    return name


def known_pseudonym(db: Session, *, consultation_id: int, account_id: int) -> str | None:
    """The same, if it was given already."""
    mine = (Pseudonym.consultation_id == consultation_id) & (Pseudonym.account_id == account_id)
    return db.execute(select(Pseudonym.name).where(mine)).scalar_one_or_none()


def one_time_link(db: Session, *, account_id: int, now: datetime, valid: timedelta = LINK_VALID) -> str:
    """A token that sets the password once; the database keeps its hash."""
    token = secrets.token_urlsafe(24)
    db.execute(insert(AccountToken).values(token_hash=sha256(token), account_id=account_id, expires_at=now + valid))
    return token


def invite(db: Session, *, account_id: int, token: str, now: datetime, consultation: Said | None = None) -> None:
    """Mail the one-time link; a second one within the hour is a second click."""
    language = db.execute(select(Account.language).where(Account.id == account_id)).scalar_one()
    outbox.post_once(
        db,
        event=f"invitation:{now:%Y-%m-%dT%H}",
        recipient=f"account:{account_id}",
        template="invitation",
        payload={"token": token, "language": language, "consultation": consultation},
        now=now,
    )


def ask_reset(db: Session, *, email: str, language: str, now: datetime) -> None:
    """Note that somebody asked; the worker finds out whether there is such an account: this costs always the same."""
    address = email.strip().lower()
    outbox.post(
        db,
        event=f"reset:{secrets.token_hex(8)}",
        recipient=f"address:{sha256(address).hex()}",
        template="reset",
        payload={"address": address, "language": language},
        now=now,
    )


def title_of(db: Session, slug: str) -> dict[str, str]:
    """A consultation's title, for mail."""
    return db.execute(select(Consultation.title).where(Consultation.slug == slug)).scalar_one()


def by_email(db: Session, email: str) -> tuple[int, str | None, bool, bool] | None:
    """Id, password hash, whether a demo account, whether suspended."""
    row = db.execute(
        select(Account.id, Account.password_hash, Account.demo, Account.suspended).where(
            Account.email == email.strip().lower()
        )
    ).first()
    return tuple(row) if row else None  # type: ignore[return-value]


def set_password(db: Session, *, token: str, password_hash: str, now: datetime) -> int:
    """Spend a one-time link on a new password; every session of the account ends. ``NotFound`` if it does not hold."""
    account_id = db.execute(
        update(AccountToken)
        .where(
            AccountToken.token_hash == sha256(token),
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(AccountToken.account_id)
    ).scalar_one_or_none()
    if account_id is None:
        raise NotFound("Este enlace ya se usó o venció. Pida uno nuevo.")
    db.execute(update(Account).where(Account.id == account_id).values(password_hash=password_hash))
    db.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return account_id


def link_holds(db: Session, token: str, *, now: datetime) -> bool:
    """Whether a one-time link could still be spent; asked before the costly hashing, decided by ``set_password``."""
    query = select(AccountToken.account_id).where(
        AccountToken.token_hash == sha256(token),
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now,
    )
    return db.execute(query).first() is not None
