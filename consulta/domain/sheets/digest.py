"""What the public can read of a sheet's version, as it is stored: of this the ledger holds a digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.models.base import table_of
from consulta.models.sheets import (
    LineKind,
    MilestoneResponsible,
    SheetContact,
    SheetLine,
    SheetMilestone,
    SheetTranslation,
    SheetVersion,
)

from .sheet import PROSE

PRIVATE = (LineKind.EMAIL, LineKind.PHONE)
_V = table_of(SheetVersion)
_L = table_of(SheetLine)
_C = table_of(SheetContact)
_M = table_of(SheetMilestone)
_B = table_of(MilestoneResponsible)
_T = table_of(SheetTranslation)


def content(db: Session, version_id: int) -> dict[str, Any]:
    """What the public can read of a version, as it is stored now, for its digest."""
    row = db.execute(select(_V).where(_V.c.id == version_id)).mappings().one()
    mine = select(_B, _M.c.key).join(_M, _M.c.id == _B.c.milestone_id).where(_M.c.version_id == version_id)
    parties = mine.order_by(_M.c.place, _B.c.position)
    return {
        "version": {name: row[name] for name in (*PROSE, "version", "language", "challenges", "undecided")},
        "lines": _rows(db, select(_L).where(_L.c.version_id == version_id, _L.c.kind.not_in(PRIVATE)), _L),
        "contacts": _rows(db, select(_C).where(_C.c.version_id == version_id), _C, "email"),
        "milestones": _rows(db, select(_M).where(_M.c.version_id == version_id), _M, "id"),
        "parties": [
            [r["key"], r["position"], r["name"], r["units"], r["role"]] for r in db.execute(parties).mappings()
        ],
        "translations": _rows(db, select(_T).where(_T.c.version_id == version_id), _T),
    }


def _rows(db: Session, query: Any, table: Any, *except_: str) -> list[dict[str, Any]]:
    """Rows by their keys, without the number of the row they belong to."""
    left = ("version_id", *except_)
    key = [c for c in table.primary_key.columns if c.name not in left] or [table.c.place]
    return [
        {name: value for name, value in row.items() if name not in left}
        for row in db.execute(query.order_by(*key)).mappings()
    ]
