"""Who reviews, as the public sees them, and who facilitates, as colleagues do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import Account, Pseudonym, Role, RoleName, Sector


@dataclass(frozen=True)
class Moderator:
    """Somebody who moderates, as the public sees them."""

    pseudonym: str
    sector: Sector | None
    organization: str | None


def moderators(db: Session, consultation: ConsultationView) -> list[Moderator]:
    """Who reviews, by pseudonym: sector and nominating body."""
    rows = db.execute(
        select(Pseudonym.name, Role.sector, Role.organization)
        .join(Role, Role.account_id == Pseudonym.account_id)
        .where(
            Pseudonym.consultation_id == consultation.id,
            Role.consultation_id == consultation.id,
            Role.role == RoleName.MODERATOR,
            Role.suspended.is_(False),
        )
        .distinct()
        .order_by(Pseudonym.name)
    )
    return [Moderator(*row) for row in rows]


def facilitators(db: Session, consultation: ConsultationView) -> dict[str, dict[str, str]]:
    """Who facilitates here, by sector: pseudonyms, and the address by which colleagues know them."""
    rows = db.execute(
        select(Role.sector, Pseudonym.name, Account.email)
        .join(Account, Account.id == Role.account_id)
        .join(Pseudonym, (Pseudonym.account_id == Role.account_id) & (Pseudonym.consultation_id == consultation.id))
        .where(Role.consultation_id == consultation.id, Role.role == RoleName.FACILITATOR, Role.suspended.is_(False))
        .distinct()
        .order_by(Account.email)
    )
    found: dict[str, dict[str, str]] = {sector.value: {} for sector in Sector}
    for sector, name, email in rows:
        if sector is not None:
            found[sector.value][name] = email
    return found
