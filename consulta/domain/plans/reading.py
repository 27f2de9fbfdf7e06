"""The commitments of a plan as the document prints them, with what was amended after approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import NotFound
from consulta.domain.rows import together
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


def places(db: Session, consultation: ConsultationView) -> dict[int, int]:
    """The numbers of its commitments in their order, and the row of each."""
    mine = select(_C.c.number, _C.c.id).where(_C.c.consultation_id == consultation.id)
    return {row.number: row.id for row in db.execute(mine.order_by(_C.c.number))}


def read(
    db: Session, consultation: ConsultationView, wanted: Sequence[int] | None = None, *, private: bool = False
) -> list[Printed]:
    """Commitments as they were printed, all unless some are ``wanted``; addresses and telephones if ``private``. One
    statement however many they are. ``NotFound`` for a number that there is not."""
    mine = _C.c.consultation_id == consultation.id
    if wanted is not None:
        mine = mine & _C.c.number.in_(wanted)
    joined = select(_V.c.id).join(_C, (_V.c.sheet_id == _C.c.sheet_id) & (_V.c.version == 1)).where(mine)
    ids = select(_C.c.id).where(mine)
    label = CommitmentLabel
    found = together(
        db,
        {
            **store.parts(joined, private=private),
            "commitments": select(_C, _V.c.id.label("version_id"))
            .join(_V, (_V.c.sheet_id == _C.c.sheet_id) & (_V.c.version == 1))
            .where(mine),
            "labels": select(label.commitment_id, label.field, label.text).where(label.commitment_id.in_(ids)),
            "translations": select(_T.c.version_id, _T.c.field, _T.c.text).where(
                _T.c.version_id.in_(joined), _T.c.language == "es"
            ),
            "amendments": select(_A.c.commitment_id, *(_A.c[name] for name in AMENDED)).where(
                _A.c.commitment_id.in_(ids)
            ),
        },
    )
    rows = sorted(found["commitments"], key=itemgetter("number"))
    if wanted is not None and len(rows) < len(set(wanted)):
        raise NotFound("No hay un compromiso con ese número.")
    sheets, lines = store.built(consultation, found), store.cells(found)
    return [
        _printed(
            consultation,
            row,
            replace(sheets[row["version_id"]], number=row["number"]),
            summary=tuple(lines[row["version_id"], LineKind.SUMMARY]),
            labels={one["field"]: one["text"] for one in found["labels"] if one["commitment_id"] == row["id"]},
            translation={
                one["field"]: one["text"] for one in found["translations"] if one["version_id"] == row["version_id"]
            },
            amendments=tuple(
                _amendment({name: one[name] for name in AMENDED}, with_values=private)
                for one in sorted(found["amendments"], key=itemgetter("footnote"))
                if one["commitment_id"] == row["id"]
            ),
        )
        for row in rows
    ]


def _amendment(values: dict[str, Any], *, with_values: bool) -> Amendment:
    values["day"] = values["day"].isoformat()
    if values["field"] in PRIVATE_FIELDS and not with_values:
        values |= {"value": "", "before": None, "after": None}
    return Amendment(**values)


def _printed(consultation: ConsultationView, row: Mapping[str, Any], sheet: Sheet, **parts: Any) -> Printed:
    theme = consultation.theme_by_id(row["theme_id"])
    printed = ("theme_text", "section_heading", "theme_cell", "title_in_summary")
    return Printed(
        number=row["number"],
        sheet=sheet,
        theme=theme.slug if theme else "",
        **{name: row[name] for name in printed},
        **parts,
    )
