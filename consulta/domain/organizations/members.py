"""Who acts for an organisation."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.models.base import Localized
from consulta.models.consultations import Consultation
from consulta.models.organizations import Organization, OrganizationMember, Standing

from . import reading
from .reading import BodyView, view_of

REPRESENTED = (Standing.PROVISIONAL, Standing.VERIFIED)


def of_member(db: Session, consultation: ConsultationView, slug: str, account_id: int) -> BodyView:
    """The organisation for which an account acts; ``NotFound`` for anybody else."""
    found, m = reading.by_slug(db, consultation.id, slug), OrganizationMember
    acts_for = select(m.account_id).where(m.organization_id == (found.id if found else 0), m.account_id == account_id)
    if found is None or db.execute(acts_for).first() is None:
        raise NotFound("No hay una organización suya con ese nombre.")
    return reading.view_of(found)


def memberships(db: Session, account_id: int) -> list[tuple[str, str, Localized, Standing]]:
    """For which organisations an account acts: consultation, slug, name, standing."""
    o, m = Organization, OrganizationMember
    rows = db.execute(
        select(Consultation.slug, o.slug, o.name, o.standing)
        .join(m, m.organization_id == o.id)
        .join(Consultation, Consultation.id == o.consultation_id)
        .where(m.account_id == account_id)
        .order_by(o.id)
    )
    return [(slug, own, name, standing) for slug, own, name, standing in rows]


def members(db: Session, organization_id: int) -> list[int]:
    """The accounts that act for an organisation; not those that only said they would."""
    m = OrganizationMember
    mine = (m.organization_id == organization_id, m.wished_on.is_(None))
    return list(db.execute(select(m.account_id).where(*mine)).scalars())


def signatories(db: Session, organization_id: int) -> list[int]:
    """Of them, whoever signs for it."""
    m = OrganizationMember
    mine = (m.organization_id == organization_id, m.wished_on.is_(None), m.signatory)
    return list(db.execute(select(m.account_id).where(*mine)).scalars())


def represented(db: Session, consultation: ConsultationView) -> list[tuple[str, Localized]]:
    """Slug and name of the verified organisations, by name."""
    o = Organization
    query = select(o.slug, o.name).where(o.consultation_id == consultation.id)
    query = query.where(o.standing.in_((Standing.PROVISIONAL, Standing.VERIFIED)))
    return [(row.slug, row.name) for row in db.execute(query.order_by(o.sort_key, o.id).limit(500))]


def spoken_for(db: Session, consultation: ConsultationView, account_id: int) -> list[BodyView]:
    """The verified organisations of this consultation that somebody acts for, by name."""
    o, m = Organization, OrganizationMember
    mine = (m.organization_id == o.id) & (m.account_id == account_id) & m.wished_on.is_(None)
    query = select(o).join(m, mine).where(o.consultation_id == consultation.id)
    query = query.where(o.standing.in_((Standing.PROVISIONAL, Standing.VERIFIED)))
    return [view_of(one) for one in db.execute(query.order_by(o.sort_key, o.id)).scalars()]
