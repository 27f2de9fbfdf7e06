"""The commitments of a plan as the document prints them, with what was amended after approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.audit import published
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.sheets import store as sheet_store
from consulta.domain.sheets.sheet import Amendment, Generation, Line, Period, Sheet
from consulta.domain.sheets.sheet import private as private_of
from consulta.models.base import Said
from consulta.models.consultations import Consultation
from consulta.models.plans import Amendment as AmendmentRow
from consulta.models.plans import Commitment as CommitmentRow
from consulta.models.plans import CommitmentLabel, EarlierCommitment
from consulta.models.sheets import LineKind, SheetMilestone, SheetTranslation, SheetVersion

_C: Any = CommitmentRow.__table__
_A: Any = AmendmentRow.__table__
_V: Any = SheetVersion.__table__
_T: Any = SheetTranslation.__table__
PRIVATE_FIELDS = published.PRIVATE_FIELDS
_AMENDMENT = tuple(one.name for one in fields(Amendment))


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
class Row:
    """A commitment in the list: its title in both languages."""

    number: int
    theme: ThemeView
    title: str
    language: str
    translated: str | None
    milestones: int


@dataclass(frozen=True)
class Earlier:
    """A commitment of an earlier plan."""

    plan: str
    key: str
    name: Said
    facts: Mapping[str, Any]

    @property
    def form_name(self) -> str:
        """The field by which it is chosen."""
        return f"earlier-{self.plan}/{self.key}"


def period(consultation: ConsultationView) -> Period | None:
    """The months of its plan, if the settings name them."""
    plan = consultation.settings.get("plan", {})
    return Period(plan["approved"], plan["end"]) if "approved" in plan else None


def generation(consultation: ConsultationView) -> Generation:
    """The generation of OGP's template that its plan is bound to."""
    return Generation(consultation.settings.get("plan", {}).get("template", "C"))


def publish(
    db: Session, consultation: ConsultationView, found: Sequence[Printed], *, actor: str, now: datetime
) -> None:
    """Store the commitments of a plan that has none yet; each is an entry. ``Conflict`` if there are some, ``Invalid``
    names a theme that the consultation has not."""
    if db.execute(select(_C.c.id).where(_C.c.consultation_id == consultation.id).limit(1)).first():
        raise Conflict("La consulta «%(slug)s» ya tiene compromisos.", slug=consultation.slug)
    revised = update(Consultation).where(Consultation.id == consultation.id)
    db.execute(revised.values(revision=Consultation.revision + 1))
    for one in found:
        theme = consultation.theme(one.theme)
        if theme is None:
            raise Invalid("Compromiso %(number)s: no hay un tema «%(theme)s».", number=one.number, theme=one.theme)
        _publish(db, consultation, theme, one, actor, now)


def _publish(
    db: Session, consultation: ConsultationView, theme: ThemeView, one: Printed, actor: str, now: datetime
) -> None:
    sheet = replace(one.sheet, theme=theme.slug, number=None)
    sheet_id, version_id = sheet_store.create(db, consultation, sheet, now=now)
    values = {
        "consultation_id": consultation.id,
        "number": one.number,
        "sheet_id": sheet_id,
        "theme_id": theme.id,
        "theme_text": one.theme_text,
        "section_heading": one.section_heading,
        "theme_cell": one.theme_cell,
        "title_in_summary": one.title_in_summary,
        "published_at": now,
    }
    id_ = db.execute(insert(_C).values(**values).returning(_C.c.id)).scalar_one()
    sheet_store.write_lines(db, version_id, LineKind.SUMMARY, one.summary)
    _add(db, CommitmentLabel, [{"commitment_id": id_, "field": k, "text": v} for k, v in one.labels.items()])
    said = [{"version_id": version_id, "language": "es", "field": k, "text": v} for k, v in one.translation.items()]
    _add(db, SheetTranslation, said)
    _add(
        db,
        AmendmentRow,
        [
            {name: getattr(a, name) for name in _AMENDMENT} | {"commitment_id": id_, "day": date.fromisoformat(a.day)}
            for a in one.amendments
        ],
    )
    salt = db.execute(select(_V.c.salt).where(_V.c.id == version_id)).scalar_one()
    ledger.note(
        db,
        consultation,
        actor=actor,
        action=Action.COMMITMENT_PUBLISH,
        subject=f"commitment/{one.number}@1",
        recorded=now,
        payload={
            "theme": theme.slug,
            "sha256": published.of_subject(db, consultation.id, f"commitment/{one.number}@1"),
            "commitments": {"private": ledger.commitment(salt, secrets_of(one))},
        },
    )


def _add(db: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert(model), rows)


def load_earlier(db: Session, consultation: ConsultationView, found: Sequence[Mapping[str, Any]]) -> None:
    """Store the commitments of earlier plans, to be pointed to."""
    _add(
        db,
        EarlierCommitment,
        [
            {
                "consultation_id": consultation.id,
                "position": at,
                **{k: one[k] for k in ("plan", "key", "name", "facts")},
            }
            for at, one in enumerate(found)
        ],
    )


def earlier(db: Session, consultation: ConsultationView) -> list[Earlier]:
    """The commitments of earlier plans, in their order."""
    e = EarlierCommitment
    query = select(e.plan, e.key, e.name, e.facts).where(e.consultation_id == consultation.id)
    return [Earlier(*row) for row in db.execute(query.order_by(e.position))]


def has_earlier(db: Session, consultation: ConsultationView) -> bool:
    """Whether there are any."""
    mine = select(EarlierCommitment.id).where(EarlierCommitment.consultation_id == consultation.id)
    return db.execute(mine.limit(1)).first() is not None


def listing(db: Session, consultation: ConsultationView, *, theme: ThemeView | None = None) -> list[Row]:
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
    return [Row(r.number, themes[r.theme_id], r.title, r.language, r.text, r.goals) for r in db.execute(query)]


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
    sheets = sheet_store.load(db, consultation, [row["version_id"] for row in rows], private=private)
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
    changed = select(*(_A.c[name] for name in _AMENDMENT)).where(_A.c.commitment_id == row["id"])
    printed = ("theme_text", "section_heading", "theme_cell", "title_in_summary")
    return Printed(
        number=row["number"],
        sheet=replace(sheet, number=row["number"]),
        theme=theme.slug if theme else "",
        **{name: row[name] for name in printed},
        labels=dict(labels),
        summary=sheet_store.lines(db, row["version_id"], LineKind.SUMMARY),
        translation=dict(db.execute(said).all()),
        amendments=tuple(
            _amendment(dict(zip(_AMENDMENT, values, strict=True)), with_values=private)
            for values in db.execute(changed.order_by(_A.c.footnote))
        ),
    )


def secrets_of(one: Printed) -> list[Any]:
    """The addresses and telephones of a commitment, and the values of amendments that name one."""
    values = [[a.footnote, a.value, a.before, a.after] for a in one.amendments if a.field in PRIVATE_FIELDS]
    return [private_of(one.sheet), values]
