"""Diagnostics of the advice that a proponent waives, each with a reason that everybody reads."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from consulta.domain.errors import Invalid
from consulta.domain.texts import demand_reason
from consulta.models.base import table_of
from consulta.models.proposals import Dismissal

LONGEST = 1_000
_T = table_of(Dismissal)


def query(sheet_id: int) -> Select[str, str]:
    """Diagnostic and reason of what was waived, by diagnostic."""
    return select(_T.c.finding, _T.c.reason).where(_T.c.sheet_id == sheet_id).order_by(_T.c.finding)


def of(db: Session, sheet_id: int) -> dict[str, str]:
    """The reasons by diagnostic: the rule, or ``rule:milestone``."""
    return dict(db.execute(query(sheet_id)).all())


def dismiss(db: Session, sheet_id: int, diagnostic: str, reason: str, *, today: date) -> None:
    """Waive a diagnostic. ``Invalid`` without a reason."""
    demand_reason(
        reason, Invalid("Escriba por qué, entre 10 y 1,000 letras: todas las personas lo leen.", field="reason")
    )
    restore(db, sheet_id, diagnostic)
    db.execute(insert(_T).values(sheet_id=sheet_id, finding=diagnostic, reason=reason, dismissed_on=today))


def copy(db: Session, from_sheet: int, to_sheet: int) -> None:
    """What was waived in a draft is waived in what was sent."""
    db.execute(delete(_T).where(_T.c.sheet_id == to_sheet))
    kept = select(_T.c.finding, _T.c.reason, _T.c.dismissed_on).where(_T.c.sheet_id == from_sheet)
    rows = [{"sheet_id": to_sheet, **row} for row in db.execute(kept).mappings()]
    if rows:
        db.execute(insert(_T), rows)


def restore(db: Session, sheet_id: int, diagnostic: str) -> None:
    """Take a dismissal back."""
    db.execute(delete(_T).where(_T.c.sheet_id == sheet_id, _T.c.finding == diagnostic))
