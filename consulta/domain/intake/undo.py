"""Taking an import back: its contributions are *annulled*, piece by piece, and may come again as new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status as contribution_status
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.texts import demand_reason
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.imports import Import, TakeBack

PIECE = 40
"""How many contributions are withdrawn in one transaction: others are waiting to write."""


def take_back(
    db: Session, consultation: ConsultationView, import_id: int, *, reason: str, by: By, now: datetime
) -> None:
    """Decide that an import was wrong; the worker moves its contributions to *annulled*, 200 at a time."""
    finished = select(Import.id).where(
        Import.id == import_id, Import.consultation_id == consultation.id, Import.finished_at.is_not(None)
    )
    if db.execute(finished).first() is None:
        raise Conflict("Solo se anula una importación terminada.")
    demand_reason(
        reason, Invalid("Escriba por qué se anula, en 10 letras o más: queda en la bitácora.", field="reason")
    )
    try:
        db.execute(
            insert(TakeBack).values(
                import_id=import_id, account_id=by.account_id, taken_at=now, reason=reason, finished=False
            )
        )
    except IntegrityError as error:
        raise Conflict("Esta importación ya se anuló.") from error
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.IMPORT_TAKE_BACK,
        subject=f"import/{import_id}",
        recorded=now,
        payload={"reason": reason},
    )


def withdraw_piece(db: Session, *, now: datetime) -> int:
    """Move some contributions of an import that was taken back; how many. The worker repeats until 0."""
    slugs = consultations.slug_of()
    row = db.execute(
        select(TakeBack.import_id, TakeBack.reached, slugs.c.slug)
        .join(Import, Import.id == TakeBack.import_id)
        .join(slugs, slugs.c.id == Import.consultation_id)
        .where(TakeBack.finished.is_(False))
        .order_by(TakeBack.import_id)
        .limit(1)
    ).first()
    if row is None:
        return 0
    view, base = consultations.find(db, row.slug).view, table_of(Contribution).c
    standing = select(base.id, base.number, base.status).where(
        base.import_id == row.import_id, base.status.not_in((Status.ANNULLED, Status.ERASED))
    )
    left = db.execute(standing.where(base.id > row.reached).order_by(base.id).limit(PIECE)).all()
    for id_, number, status in left:
        if contribution_status.lock(db, id_, status=status):
            on = Occasion(number, Action.CANCEL, ledger.SYSTEM, now, {"import": row.import_id})
            contribution_status.change(db, view, id_, on, status=Status.ANNULLED, awaiting=False)
    if left:
        further: dict[str, Any] = {"reached": left[-1].id}
    else:  # what somebody decided upon in that very moment may still stand: then once more from the beginning
        further = {"reached": 0, "finished": db.execute(standing.limit(1)).first() is None}
    db.execute(update(TakeBack).where(TakeBack.import_id == row.import_id).values(**further))
    return max(1, len(left))


def taken(db: Session, import_id: int) -> int:
    """How many contributions an import brought."""
    base = table_of(Contribution)
    return db.execute(select(func.count()).select_from(base).where(base.c.import_id == import_id)).scalar_one()
