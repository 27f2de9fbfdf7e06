"""Verified organisations: which there are, and for which somebody speaks."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations.reading import BodyView, view_of
from consulta.models.base import Said
from consulta.models.organizations import Organization, OrganizationMember, Standing


def that_may_speak(db: Session, consultation: ConsultationView) -> list[tuple[str, Said]]:
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
