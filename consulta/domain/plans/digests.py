"""What the ledger holds of a commitment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.ledger import digests
from consulta.domain.sheets import digest
from consulta.models.consultations import Theme
from consulta.models.plans import Amendment, Commitment, CommitmentLabel
from consulta.models.sheets import SheetVersion

AMENDMENT = (
    "footnote",
    "text",
    "day_text",
    "field",
    "milestone",
    "line",
    "path",
    "value",
    "before",
    "after",
    "approved_by",
)
PRIVATE_FIELDS = ("emails", "phones")


def of_commitment(db: Session, consultation_id: int, number: str, version: int) -> str | None:
    """The digest of what the public reads of a commitment; ``None`` if it is gone."""
    mine = (Commitment.consultation_id == consultation_id) & (Commitment.number == int(number))
    query = select(Commitment, SheetVersion.id, Theme.slug).join(Theme, Theme.id == Commitment.theme_id)
    query = query.join(SheetVersion, SheetVersion.sheet_id == Commitment.sheet_id)
    found = db.execute(query.where(mine, SheetVersion.version == version)).first()
    if found is None:
        return None
    row, version_id, theme = found
    label, change = CommitmentLabel, Amendment
    labels = db.execute(select(label.field, label.text).where(label.commitment_id == row.id).order_by(label.field))
    changes = db.execute(select(change).where(change.commitment_id == row.id).order_by(change.footnote)).scalars()
    return digests.digest(
        {
            **digests.columns(row, ("number", "theme_text", "section_heading", "theme_cell", "title_in_summary")),
            "theme": theme,
            "labels": [list(pair) for pair in labels],
            "sheet": digest.content(db, version_id),
            "amendments": [_amendment(one) for one in changes],
        }
    )


def _amendment(row: Amendment) -> dict[str, Any]:
    """Without the value that it names, where that is an address or a telephone."""
    values = {**digests.columns(row, AMENDMENT), "day": str(row.day)}
    secret = ("value", "before", "after") if row.field in PRIVATE_FIELDS else ()
    return {name: value for name, value in values.items() if name not in secret}
