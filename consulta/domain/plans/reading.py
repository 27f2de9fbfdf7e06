"""The commitments of a plan as the document prints them, with what was amended after approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import NotFound
from consulta.domain.sheets import store
from consulta.domain.sheets.sheet import Amendment, Line, Sheet
from consulta.models.base import table_of
from consulta.models.plans import Amendment as AmendmentRow
from consulta.models.plans import Commitment as CommitmentRow
from consulta.models.plans import CommitmentLabel
from consulta.models.sheets import LineKind, SheetMilestone, SheetTranslation, SheetVersion

from . import digests

_C = table_of(CommitmentRow)
_A = table_of(AmendmentRow)
_V = table_of(SheetVersion)
_T = table_of(SheetTranslation)
PRIVATE_FIELDS = digests.PRIVATE_FIELDS
AMENDED = tuple(one.name for one in fields(Amendment))


@dataclass(frozen=True)
class Printed:
    """A commitment as the document has it. ``labels``: how it labels its fields; ``translation``: field (or
    ``milestone:KEY``) to text in ``translated_into``."""

    number: int
    sheet: Sheet
    theme: str
    theme_text: str
    section_heading: str
    theme_cell: str
    title_in_summary: str
    summary: tuple[Line, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()
    translation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedCommitment:
    """A commitment in the list: its title in both languages."""

    number: int
    theme: ThemeView
    title: str
    language: str
    translated: str | None
    milestones: int


def listing(db: Session, consultation: ConsultationView, *, theme: ThemeView | None = None) -> list[ListedCommitment]:
    """The commitments, in their order."""
    mine = (SheetMilestone.version_id == _V.c.id) & SheetMilestone.parent.is_(None)
    goals = select(func.count()).where(mine).scalar_subquery()
    query = (
        select(_C.c.number, _C.c.theme_id, _V.c.title, _V.c.language, _T.c.text, goals.label("goals"))
        .join(_V, (_V.c.sheet_id == _C.c.sheet_id) & (_V.c.version == 1))
        .outerjoin(_T, (_T.c.version_id == _V.c.id) & (_T.c.field == "title") & (_T.c.language == "es"))
        .where(_C.c.consultation_id == consultation.id)
        .order_by(_C.c.number)
    )
    if theme is not None:
        query = query.where(_C.c.theme_id == theme.id)
    themes = {one.id: one for one in consultation.themes}
    return [
        ListedCommitment(r.number, themes[r.theme_id], r.title, r.language, r.text, r.goals) for r in db.execute(query)
    ]


def row_of(db: Session, consultation: ConsultationView, number: int) -> int:
    """The row of a commitment that there is."""
    mine = (_C.c.consultation_id == consultation.id) & (_C.c.number == number)
    found: int = db.execute(select(_C.c.id).where(mine)).scalar_one()
    return found


def numbers(db: Session, consultation: ConsultationView) -> list[int]:
    """The numbers of its commitments."""
    mine = select(_C.c.number).where(_C.c.consultation_id == consultation.id)
    return list(db.execute(mine.order_by(_C.c.number)).scalars())


def read(
    db: Session, consultation: ConsultationView, wanted: Sequence[int] | None = None, *, private: bool = False
) -> list[Printed]:
    """Commitments as they were printed, all unless some are ``wanted``; addresses and telephones if ``private``.

    ``NotFound`` for a number that there is not."""
    mine = select(_C, _V.c.id.label("version_id")).join(_V, (_V.c.sheet_id == _C.c.sheet_id) & (_V.c.version == 1))
    mine = mine.where(_C.c.consultation_id == consultation.id).order_by(_C.c.number)
    if wanted is not None:
        mine = mine.where(_C.c.number.in_(wanted))
    rows = db.execute(mine).mappings().all()
    if wanted is not None and len(rows) < len(set(wanted)):
        raise NotFound("No hay un compromiso con ese número.")
    sheets = store.load(db, consultation, [row["version_id"] for row in rows], private=private)
    return [_printed(db, consultation, row, sheets[row["version_id"]], private=private) for row in rows]


def _amendment(values: dict[str, Any], *, with_values: bool) -> Amendment:
    values["day"] = values["day"].isoformat()
    if values["field"] in PRIVATE_FIELDS and not with_values:
        values |= {"value": "", "before": None, "after": None}
    return Amendment(**values)


def _printed(db: Session, consultation: ConsultationView, row: Any, sheet: Sheet, *, private: bool) -> Printed:
    theme = consultation.theme_by_id(row["theme_id"])
    label = CommitmentLabel
    labels = db.execute(select(label.field, label.text).where(label.commitment_id == row["id"])).all()
    said = select(_T.c.field, _T.c.text).where(_T.c.version_id == row["version_id"], _T.c.language == "es")
    changed = select(*(_A.c[name] for name in AMENDED)).where(_A.c.commitment_id == row["id"])
    printed = ("theme_text", "section_heading", "theme_cell", "title_in_summary")
    return Printed(
        number=row["number"],
        sheet=replace(sheet, number=row["number"]),
        theme=theme.slug if theme else "",
        **{name: row[name] for name in printed},
        labels=dict(labels),
        summary=store.lines(db, row["version_id"], LineKind.SUMMARY),
        translation=dict(db.execute(said).all()),
        amendments=tuple(
            _amendment(dict(zip(AMENDED, values, strict=True)), with_values=private)
            for values in db.execute(changed.order_by(_A.c.footnote))
        ),
    )
