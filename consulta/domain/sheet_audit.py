"""What the entries say of addresses and telephones in sheets, against the tables: they stand there as commitments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.models.plans import Commitment
from consulta.models.sheets import SheetVersion

from . import ledger, plans
from .actions import Action
from .snapshots import ConsultationView


class SheetAudit:
    """Reads the entries one by one; ``faults`` names what the tables say otherwise."""

    def __init__(self) -> None:
        self.private: dict[int, str] = {}

    def entry(self, action: Action, key: str, payload: dict[str, Any]) -> None:
        """One entry of a commitment, with its number and version."""
        if action is Action.COMMITMENT_PUBLISH:
            self.private[int(key.partition("@")[0])] = payload["commitments"]["private"]

    def faults(self, db: Session, view: ConsultationView) -> list[str]:
        """What does not fit."""
        if not self.private:
            return []
        salted = select(Commitment.number, SheetVersion.salt).join(
            SheetVersion, (SheetVersion.sheet_id == Commitment.sheet_id) & (SheetVersion.version == 1)
        )
        salts = dict(db.execute(salted.where(Commitment.consultation_id == view.id)).all())
        return [
            f"commitment {one.number}: private is not what was published"
            for one in plans.read(db, view, private=True)
            if one.number in self.private
            and ledger.commitment(salts[one.number] or b"", plans.secrets_of(one)) != self.private[one.number]
        ]
