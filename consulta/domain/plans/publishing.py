"""A plan's commitments put down as approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.sheets import store
from consulta.domain.sheets.sheet import private as private_of
from consulta.models.base import Base, table_of
from consulta.models.consultations import Consultation
from consulta.models.plans import Amendment as AmendmentRow
from consulta.models.plans import Commitment, CommitmentLabel
from consulta.models.sheets import LineKind, SheetTranslation, SheetVersion

from . import digests
from .reading import AMENDED, PRIVATE_FIELDS, Printed

_C = table_of(Commitment)
_V = table_of(SheetVersion)


def publish(db: Session, consultation: ConsultationView, found: Sequence[Printed], *, by: By, now: datetime) -> None:
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
        _publish(db, consultation, theme, one, by, now)


def _publish(
    db: Session, consultation: ConsultationView, theme: ThemeView, one: Printed, by: By, now: datetime
) -> None:
    sheet = replace(one.sheet, theme=theme.slug, number=None)
    sheet_id, version_id = store.create(db, consultation, sheet, now=now)
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
    store.write_lines(db, version_id, LineKind.SUMMARY, one.summary)
    _add(db, CommitmentLabel, [{"commitment_id": id_, "field": k, "text": v} for k, v in one.labels.items()])
    said = [{"version_id": version_id, "language": "es", "field": k, "text": v} for k, v in one.translation.items()]
    _add(db, SheetTranslation, said)
    _add(
        db,
        AmendmentRow,
        [
            {name: getattr(a, name) for name in AMENDED} | {"commitment_id": id_, "day": date.fromisoformat(a.day)}
            for a in one.amendments
        ],
    )
    salt = db.execute(select(_V.c.salt).where(_V.c.id == version_id)).scalar_one()
    log.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.COMMITMENT_PUBLISH,
        subject=f"commitment/{one.number}@1",
        recorded=now,
        payload={
            "theme": theme.slug,
            "sha256": digests.of_commitment(db, consultation.id, str(one.number), 1),
            "commitments": {"private": log.fingerprint(salt, secrets_of(one))},
        },
    )


def _add(db: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert(model), rows)


def secrets_of(one: Printed) -> list[Any]:
    """The addresses and telephones of a commitment, and the values of amendments that name one."""
    values = [[a.footnote, a.value, a.before, a.after] for a in one.amendments if a.field in PRIVATE_FIELDS]
    return [private_of(one.sheet), values]
