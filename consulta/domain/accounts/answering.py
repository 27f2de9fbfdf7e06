"""Who answers what somebody asks for a role of her own: another who coordinates, or the other sector; where there is
neither, who looks after the installation."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.models.accounts import Account, Role, RoleName, Sector

from . import permissions, team
from .actors import Actor

OTHER = {Sector.GOVERNMENT: Sector.CIVIL_SOCIETY, Sector.CIVIL_SOCIETY: Sector.GOVERNMENT}


class Answers(StrEnum):
    """Who answers what somebody asks for herself."""

    COORDINATOR = "coordinator"
    SECTOR = "sector"
    ADMIN = "admin"


def who_answers(db: Session, consultation: ConsultationView, account_id: int, sector: Sector | None = None) -> Answers:
    """Who may answer what this person asks for herself; ``sector``: the one of the role that she asks for."""
    others = _of_the_team(consultation, account_id)
    if db.execute(others.where(Role.role == RoleName.COORDINATOR).limit(1)).first():
        return Answers.COORDINATOR
    side = sector or _own_sector(db, consultation, account_id)
    spoken = others.where(Role.role.in_(permissions.SECTOR_ROLES))
    spoken = spoken.where(Role.sector == OTHER[side] if side else Role.sector.is_not(None))
    return Answers.SECTOR if db.execute(spoken.limit(1)).first() else Answers.ADMIN


def may_answer(
    db: Session, consultation: ConsultationView, account_id: int, asked: Sector | None, actor: Actor
) -> bool:
    """Whether this person answers what that one asks for herself (``asked``: the sector of that role)."""
    if actor.id == account_id:
        return False
    if actor.roles_in(consultation.id, RoleName.COORDINATOR):
        return True
    side = asked or _own_sector(db, consultation, account_id)
    spoken = {r.sector for r in actor.roles_in(consultation.id, *permissions.SECTOR_ROLES) if r.sector}
    if (side is None and spoken) or (side is not None and OTHER[side] in spoken):
        return True
    who = who_answers(db, consultation, account_id, asked)
    return who is Answers.ADMIN and permissions.is_admin(actor)


def answers_some(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether this person could answer anything at all here."""
    roles = actor.roles_in(consultation.id, RoleName.COORDINATOR, *permissions.SECTOR_ROLES)
    return bool(roles) or permissions.is_admin(actor)


def check_asker(db: Session, consultation: ConsultationView, account_id: int) -> None:
    """``Conflict`` unless whoever asked still coordinates: what others took away does not come back by a request."""
    coordinates = (
        select(Role.id)
        .join(Account, Account.id == Role.account_id)
        .where(
            Role.account_id == account_id,
            Role.suspended.is_(False),
            Account.suspended.is_(False),
            (Role.role == RoleName.ADMIN)
            | ((Role.role == RoleName.COORDINATOR) & (Role.consultation_id == consultation.id)),
        )
    )
    if db.execute(coordinates.limit(1)).first() is None:
        raise Conflict("Quien lo pidió ya no coordina esta consulta: solo puede responder que no.")


def _of_the_team(consultation: ConsultationView, account_id: int) -> Select[int]:
    """The roles of others here that are in use."""
    joined = select(Role.id).join(Account, Account.id == Role.account_id)
    able = Role.suspended.is_(False), Account.suspended.is_(False), team.SIGNS_IN
    return joined.where(Role.consultation_id == consultation.id, Role.account_id != account_id, *able)


def _own_sector(db: Session, consultation: ConsultationView, account_id: int) -> Sector | None:
    query = select(Role.sector).where(Role.consultation_id == consultation.id, Role.account_id == account_id)
    return db.execute(query.where(Role.sector.is_not(None)).order_by(Role.id).limit(1)).scalar_one_or_none()
