"""Who may do what in which consultation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotAllowed
from consulta.models.accounts import Role, RoleName, Sector
from consulta.models.base import Localized
from consulta.models.consultations import Consultation, ConsultationKind

from .actors import Actor

SECTOR_ROLES = (RoleName.MODERATOR, RoleName.FACILITATOR, RoleName.MEMBER, RoleName.SECRETARY)


def sector_of(actor: Actor, consultation: ConsultationView) -> Sector:
    """For which side of the table somebody speaks here; ``NotAllowed`` if for none."""
    sides = sorted({r.sector for r in actor.roles_in(consultation.id, *SECTOR_ROLES) if r.sector})
    if not sides:
        raise NotAllowed("Se pronuncia quien facilita o revisa por el gobierno o por la sociedad civil.")
    return sides[0]


def workplaces(db: Session, actor: Actor) -> list[tuple[str, Localized]]:
    """The published consultations in which somebody has work of any kind, the latest first: slug and title."""
    ids = {r.consultation_id for r in actor.roles}
    query = select(Consultation.slug, Consultation.title).where(
        Consultation.id.in_(ids), Consultation.published_at.is_not(None)
    )
    rows = db.execute(query.order_by(Consultation.published_at.desc(), Consultation.id))
    return [(slug, title) for slug, title in rows]


def suspended_in(db: Session, account_id: int) -> list[tuple[Localized, RoleName]]:
    """The roles that somebody holds and may not use for now: the consultation's title and what they are there."""
    query = select(Consultation.id, Consultation.title, Role.role)
    query = query.join(Consultation, Consultation.id == Role.consultation_id)
    rows = db.execute(query.where(Role.account_id == account_id, Role.suspended).order_by(Role.id))
    return list({(id_, role): (title, role) for id_, title, role in rows}.values())


def coordinated(db: Session, actor: Actor) -> list[tuple[str, Localized, ConsultationKind]]:
    """The published consultations that one coordinates, the latest first; an administrator's are all."""
    query = select(Consultation.slug, Consultation.title, Consultation.kind)
    query = query.where(Consultation.published_at.is_not(None))
    if not is_admin(actor):
        ids = [r.consultation_id for r in actor.roles if r.role is RoleName.COORDINATOR]
        query = query.where(Consultation.id.in_(ids))
    rows = db.execute(query.order_by(Consultation.published_at.desc(), Consultation.id))
    return [(slug, title, kind) for slug, title, kind in rows]


def on_team(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether somebody has any work in this consultation."""
    return is_admin(actor) or bool(actor.roles_in(consultation.id, *RoleName))


def leads(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether somebody coordinates this consultation."""
    return is_admin(actor) or bool(actor.roles_in(consultation.id, RoleName.COORDINATOR))


def reads_proposals(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether somebody reads of every proposal where it is."""
    readers = (*SECTOR_ROLES, RoleName.OBSERVER, RoleName.LIAISON)
    return leads(actor, consultation) or bool(actor.roles_in(consultation.id, *readers))


def check(actor: Actor, consultation: ConsultationView) -> None:
    """``NotAllowed`` for who does not coordinate this consultation."""
    if not leads(actor, consultation):
        raise NotAllowed("Esta página es de quienes coordinan la consulta.")


def is_admin(actor: Actor) -> bool:
    """Whether somebody looks after the whole installation."""
    return any(r.role is RoleName.ADMIN for r in actor.roles)
