"""Who answers what somebody asks for a role of her own: another who coordinates, or the other sector; where there is
neither, who looks after the installation. Decided from the team as it was read, without a further statement."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName, Sector

from . import permissions
from .actors import Actor
from .team import Person

OTHER = {Sector.GOVERNMENT: Sector.CIVIL_SOCIETY, Sector.CIVIL_SOCIETY: Sector.GOVERNMENT}


class Answers(StrEnum):
    """Who answers what somebody asks for herself."""

    COORDINATOR = "coordinator"
    SECTOR = "sector"
    ADMIN = "admin"


def who_answers(people: Sequence[Person], account_id: int, sector: Sector | None = None) -> Answers:
    """Who may answer what this person of the team asks for herself; ``sector``: the one of the role that she asks
    for."""
    others = [one for one in people if one.account_id != account_id and one.able]
    if any(one.role is RoleName.COORDINATOR for one in others):
        return Answers.COORDINATOR
    side = sector or own_sector(people, account_id)
    spoken = {one.sector for one in others if one.role in permissions.SECTOR_ROLES and one.sector}
    return Answers.SECTOR if (spoken if side is None else OTHER[side] in spoken) else Answers.ADMIN


def may_answer(
    people: Sequence[Person], consultation: ConsultationView, account_id: int, asked: Sector | None, actor: Actor
) -> bool:
    """Whether this person answers what that one asks for herself (``asked``: the sector of that role)."""
    if actor.id == account_id:
        return False
    if actor.roles_in(consultation.id, RoleName.COORDINATOR):
        return True
    side = asked or own_sector(people, account_id)
    spoken = {r.sector for r in actor.roles_in(consultation.id, *permissions.SECTOR_ROLES) if r.sector}
    if (side is None and spoken) or (side is not None and OTHER[side] in spoken):
        return True
    return permissions.is_admin(actor) and who_answers(people, account_id, asked) is Answers.ADMIN


def answers_some(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether this person could answer anything at all here."""
    roles = actor.roles_in(consultation.id, RoleName.COORDINATOR, *permissions.SECTOR_ROLES)
    return bool(roles) or permissions.is_admin(actor)


def own_sector(people: Sequence[Person], account_id: int) -> Sector | None:
    """For which side somebody speaks already, if for any."""
    return next((one.sector for one in people if one.account_id == account_id and one.sector), None)
