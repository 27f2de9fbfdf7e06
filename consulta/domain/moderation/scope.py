"""Which part of a desk is whose."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.accounts import actors
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.errors import NotAllowed
from consulta.models.accounts import RoleName
from consulta.models.base import Localized
from consulta.models.consultations import Consultation


def scope_of(actor: actors.Actor, consultation: ConsultationView) -> list[int] | None:
    """The themes a moderator is bound to, or ``None`` for all; ``NotAllowed`` for who is no moderator here."""
    roles = actor.roles_in(consultation.id, RoleName.MODERATOR, RoleName.OBSERVER)
    if not roles:
        raise NotAllowed("Esta página es del equipo de revisión.")
    if any(role.theme_id is None for role in roles):
        return None
    return sorted(role.theme_id for role in roles if role.theme_id is not None)


def desks(db: Session, consultation_ids: Sequence[int]) -> list[tuple[str, Localized]]:
    """Slug and title of the published consultations among these, by title."""
    rows = db.execute(
        select(Consultation.slug, Consultation.title)
        .where(Consultation.id.in_(consultation_ids), Consultation.published_at.is_not(None))
        .order_by(Consultation.slug)
    )
    return [(slug, title) for slug, title in rows]


def check_scope(db: Session, consultation: ConsultationView, actor: actors.Actor, number: int) -> None:
    """``NotAllowed`` for a moderator bound to other themes than this contribution's (what has none is everybody's)."""
    scope = scope_of(actor, consultation)
    row = status.by_number(db, consultation, number)
    if scope is not None and row.theme_id is not None and row.theme_id not in scope:
        raise NotAllowed("Ese aporte es de un tema que revisa otra persona.")
