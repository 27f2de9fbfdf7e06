"""What the advice says of a proposal, with the months of the consultation's plan and the bodies that take part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations.reading import TAKES_PART
from consulta.domain.sheets import advice
from consulta.domain.sheets import period as sheet_period
from consulta.domain.sheets.advice import Diagnostic, Glossary, Phase
from consulta.domain.sheets.sheet import Period, Sheet
from consulta.models.base import table_of
from consulta.models.organizations import Organization

TIMELESS = ("T01", "T03", "T04")
"""Rules that mean nothing where nobody has said when the plan begins and ends."""
_O = table_of(Organization)


def advised(consultation: ConsultationView, sheet: Sheet, names: Glossary) -> list[Diagnostic]:
    """What could be better; what would block it comes from ``advice.blocking``. ``names``: as ``glossary`` has them."""
    return list(_advised(sheet, sheet_period.period(consultation), tuple(sorted(names.items()))))


@lru_cache(maxsize=256)
def _advised(
    sheet: Sheet, months: Period | None, names: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[Diagnostic, ...]:
    """The same sheet is read again and again, and says the same."""
    period = months or Period("0000-01", "9999-12")
    found = advice.advise(sheet, phase=Phase.PROPOSAL, period=period, glossary=dict(names))
    return tuple(one for one in found if months is not None or one.rule not in TIMELESS)


def glossary(db: Session, consultation: ConsultationView) -> Glossary:
    """The bodies that take part: by what acronym, and all their names."""
    return named([dict(row) for row in db.execute(bodies(consultation)).mappings()])


def bodies(consultation: ConsultationView) -> Select[Any, Any, Any, Any]:
    """The query of which ``named`` makes the glossary."""
    query = select(_O.c.acronym, _O.c.name, _O.c.aliases, _O.c.earlier_names)
    return query.where(_O.c.consultation_id == consultation.id, _O.c.acronym.is_not(None), TAKES_PART)


def named(rows: Sequence[Mapping[str, Any]]) -> Glossary:
    """Acronym to names."""
    return {
        row["acronym"]: tuple(dict.fromkeys([*row["name"].values(), *row["aliases"], *row["earlier_names"]]))
        for row in rows
    }
