"""How a member of the team is called in one consultation's ledger."""

from __future__ import annotations

import secrets

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.models.accounts import Pseudonym, Sector

_WORDS = "abcdefghjkmnpqrstvwxyz23456789"


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


def by(db: Session, consultation: ConsultationView, account_id: int, sector: Sector | None = None) -> By:
    """An account as who acts in this consultation."""
    return By(account_id, pseudonym(db, consultation_id=consultation.id, account_id=account_id, sector=sector))
