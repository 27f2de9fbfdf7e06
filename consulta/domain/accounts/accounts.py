"""Staff accounts: created by invitation, roles granted on record, pseudonyms in public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.errors import Conflict
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.models.accounts import Account, AccountToken, Pseudonym, Role, RoleName, Sector
from consulta.models.consultations import Consultation
from consulta.models.organizations import OrganizationMember

from . import pseudonyms


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


def _speaks_for_one_side(
    db: Session, account_id: int, role: RoleName, consultation_id: int | None, sector: Sector
) -> None:
    """``Conflict`` for who speaks for the other side of this table already, in another role. The account is locked: of
    two grants at once the later sees the earlier."""
    db.execute(update(Account).where(Account.id == account_id).values(email=Account.email))
    other = select(Role.id).where(
        Role.account_id == account_id,
        Role.consultation_id.is_not_distinct_from(consultation_id),
        Role.role != role,
        Role.sector.is_not(None),
        Role.sector != sector,
    )
    if db.execute(other.limit(1)).first():
        raise Conflict("Esta persona ya habla por el otro sector en esta consulta. Quite antes aquel cargo.")


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
    if sector is not None:
        _speaks_for_one_side(db, id_, role, consultation_id, sector)
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
            details = {"organization": organization, "language": language, "reason": reason}
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
    name = pseudonyms.pseudonym(db, consultation_id=consultation_id, account_id=account_id, sector=sector)
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


def by_email(db: Session, email: str) -> tuple[int, str | None, bool, bool] | None:
    """Id, password hash, whether a demo account, whether suspended."""
    row = db.execute(
        select(Account.id, Account.password_hash, Account.demo, Account.suspended).where(
            Account.email == email.strip().lower()
        )
    ).first()
    return tuple(row) if row else None  # type: ignore[return-value]
