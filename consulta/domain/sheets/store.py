"""Sheets between their value and their tables: what is written is read back equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, SelectBase, delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log
from consulta.domain.rows import Rows, together
from consulta.models.base import table_of
from consulta.models.sheets import (
    LineKind,
    MilestoneResponsible,
    SheetContact,
    SheetContactPhone,
    SheetLine,
    SheetMilestone,
    SheetVersion,
    StoredSheet,
)

from .digest import PRIVATE
from .sheet import PROSE, Challenge, Contact, Continuity, Line, Milestone, Responsible, Sheet

_V = table_of(SheetVersion)
_L = table_of(SheetLine)
_C = table_of(SheetContact)
_P = table_of(SheetContactPhone)
_M = table_of(SheetMilestone)
_B = table_of(MilestoneResponsible)
LISTS = {
    "leads": LineKind.LEAD,
    "persons": LineKind.PERSON,
    "posts": LineKind.POST,
    "emails": LineKind.EMAIL,
    "phones": LineKind.PHONE,
}
_LINE = tuple(field.name for field in fields(Line))
_CONTACT = tuple(field.name for field in fields(Contact) if field.name != "phones")
_MILESTONE = tuple(
    field.name for field in fields(Milestone) if field.name not in ("parties", "continuity", "responsible", "inherited")
)


def create(db: Session, consultation: ConsultationView, sheet: Sheet, *, now: datetime) -> tuple[int, int]:
    """A new sheet with its first version; their ids."""
    sheet_id = db.execute(insert(StoredSheet).values(version=1).returning(StoredSheet.id)).scalar_one()
    return sheet_id, _write(db, consultation, sheet_id, 1, sheet, now)


def add(db: Session, consultation: ConsultationView, sheet_id: int, sheet: Sheet, *, now: datetime) -> tuple[int, int]:
    """The next version, which is then in force; its number and id. The row of the sheet is locked by it."""
    stored = table_of(StoredSheet)
    raised = update(stored).where(stored.c.id == sheet_id).values(version=stored.c.version + 1)
    version = db.execute(raised.returning(stored.c.version)).scalar_one()
    return version, _write(db, consultation, sheet_id, version, sheet, now)


def rewrite(db: Session, consultation: ConsultationView, version_id: int, sheet: Sheet, *, now: datetime) -> None:
    """Put another text in the place of one that was not sent yet."""
    clear(db, [version_id])
    values = {**_columns(consultation, sheet), "written_on": consultation.today(now)}
    db.execute(update(_V).where(_V.c.id == version_id).values(**values))
    _write_rows(db, version_id, sheet)


def clear(db: Session, version_ids: Collection[int]) -> None:
    """Destroy what versions say, with the salt of their commitments; their numbers stay."""
    milestones = select(_M.c.id).where(_M.c.version_id.in_(version_ids))
    db.execute(delete(_B).where(_B.c.milestone_id.in_(milestones)))
    for table in (_M, _P, _C, _L):
        db.execute(delete(table).where(table.c.version_id.in_(version_ids)))
    empty = dict.fromkeys((*PROSE, "salt")) | {"challenges": [], "undecided": []}
    db.execute(update(_V).where(_V.c.id.in_(version_ids)).values(**empty))


def load(
    db: Session, consultation: ConsultationView, version_ids: Collection[int], *, private: bool = False
) -> dict[int, Sheet]:
    """Sheets by the id of their version, in one statement however many; addresses and telephones if ``private``."""
    if not version_ids:
        return {}
    return built(consultation, together(db, parts(version_ids, private=private)))


def parts(version_ids: Collection[int] | Select[int], *, private: bool = False) -> dict[str, SelectBase]:
    """The queries of which ``built`` makes sheets, to be asked together with others."""
    lines = select(_L.c.version_id, _L.c.kind, _L.c.position, *(_L.c[name] for name in _LINE))
    lines = lines.where(_L.c.version_id.in_(version_ids))
    phones = select(_P).where(_P.c.version_id.in_(version_ids))
    mine = select(_B.c.milestone_id, _B.c.position, _B.c.name, _B.c.units, _B.c.role)
    return {
        "versions": select(*(c for c in _V.c if c.name != "salt")).where(_V.c.id.in_(version_ids)),
        "lines": lines if private else lines.where(_L.c.kind.not_in(PRIVATE)),
        "contacts": select(_C).where(_C.c.version_id.in_(version_ids)),
        **({"phones": phones} if private else {}),
        "milestones": select(_M).where(_M.c.version_id.in_(version_ids)),
        "parties": mine.join(_M, _M.c.id == _B.c.milestone_id).where(_M.c.version_id.in_(version_ids)),
    }


def built(consultation: ConsultationView, found: Rows) -> dict[int, Sheet]:
    """Sheets by the id of their version, from what the queries of ``parts`` found."""
    lines, contacts, milestones = cells(found), _contacts(found), _milestones(found)
    sheets = {}
    for row in found["versions"]:
        theme = consultation.theme_by_id(row["theme_id"])
        prose: dict[str, Any] = {name: row[name] for name in PROSE}
        said: dict[str, Any] = {name: tuple(lines[row["id"], kind]) for name, kind in LISTS.items()}
        sheets[row["id"]] = Sheet(
            **prose,
            **said,
            language=row["language"],
            theme=theme.slug if theme else None,
            challenges=tuple(map(Challenge, row["challenges"])),
            undecided=frozenset(row["undecided"]),
            contacts=tuple(contacts[row["id"]]),
            milestones=tuple(milestones[row["id"]]),
            notes=tuple(line.text for line in lines[row["id"], LineKind.NOTE]),
        )
    return sheets


def write_lines(db: Session, version_id: int, kind: LineKind, cell: Iterable[Line]) -> None:
    """Store the lines of one cell."""
    rows = [
        {"version_id": version_id, "kind": kind, "position": at} | {name: getattr(line, name) for name in _LINE}
        for at, line in enumerate(cell, start=1)
    ]
    if rows:
        db.execute(insert(_L), rows)


def _write(
    db: Session, consultation: ConsultationView, sheet_id: int, version: int, sheet: Sheet, now: datetime
) -> int:
    values = {
        "sheet_id": sheet_id,
        "version": version,
        "written_on": consultation.today(now),
        **_columns(consultation, sheet),
    }
    version_id: int = db.execute(insert(_V).values(**values).returning(_V.c.id)).scalar_one()
    _write_rows(db, version_id, sheet)
    return version_id


def _columns(consultation: ConsultationView, sheet: Sheet) -> dict[str, Any]:
    theme = consultation.theme(sheet.theme) if sheet.theme else None
    return {
        **{name: getattr(sheet, name) for name in PROSE},
        "language": sheet.language,
        "salt": log.new_salt(),
        "theme_id": theme.id if theme else None,
        "challenges": [one.value for one in sheet.challenges],
        "undecided": sorted(sheet.undecided),
    }


def _write_rows(db: Session, version_id: int, sheet: Sheet) -> None:
    for name, kind in LISTS.items():
        write_lines(db, version_id, kind, getattr(sheet, name))
    write_lines(db, version_id, LineKind.NOTE, (Line(note, note) for note in sheet.notes))
    people = [
        {"version_id": version_id, "position": at} | {name: getattr(one, name) for name in _CONTACT}
        for at, one in enumerate(sheet.contacts, start=1)
    ]
    phones = [
        {"version_id": version_id, "contact": at, "position": n, "number": number, "extension": extension}
        for at, one in enumerate(sheet.contacts, start=1)
        for n, (number, extension) in enumerate(one.phones, start=1)
    ]
    for table, rows in ((_C, people), (_P, phones)):
        if rows:
            db.execute(insert(table), rows)
    _write_milestones(db, version_id, sheet)


def _write_milestones(db: Session, version_id: int, sheet: Sheet) -> None:
    if not sheet.milestones:
        return
    rows = [
        {
            "version_id": version_id,
            "place": place,
            "continuity": one.continuity.value if one.continuity else None,
            "responsible": list(one.responsible),
            "inherited": list(one.inherited),
        }
        | {name: getattr(one, name) for name in _MILESTONE}
        for place, one in enumerate(sheet.milestones, start=1)
    ]
    db.execute(insert(_M), rows)
    keys = db.execute(select(_M.c.key, _M.c.id).where(_M.c.version_id == version_id))
    ids: dict[str, int] = dict(keys.all())
    parties = [
        {
            "milestone_id": ids[one.key],
            "position": at,
            "name": party.name,
            "units": list(party.units),
            "role": party.role,
            "organization_id": None,
        }
        for one in sheet.milestones
        for at, party in enumerate(one.parties, start=1)
    ]
    if parties:
        db.execute(insert(_B), parties)


def cells(found: Rows) -> dict[tuple[int, LineKind], list[Line]]:
    """The lines of every cell, by version and cell."""
    lines: dict[tuple[int, LineKind], list[Line]] = defaultdict(list)
    for row in sorted(found["lines"], key=itemgetter("version_id", "kind", "position")):
        lines[row["version_id"], row["kind"]].append(Line(**{name: row[name] for name in _LINE}))
    return lines


def _contacts(found: Rows) -> dict[int, list[Contact]]:
    phones: dict[tuple[int, int], list[tuple[str, str | None]]] = defaultdict(list)
    for phone in sorted(found.get("phones", ()), key=itemgetter("version_id", "contact", "position")):
        phones[phone["version_id"], phone["contact"]].append((phone["number"], phone["extension"]))
    contacts: dict[int, list[Contact]] = defaultdict(list)
    for row in sorted(found["contacts"], key=itemgetter("version_id", "position")):
        values = {name: row[name] for name in _CONTACT} | ({} if "phones" in found else {"email": None})
        numbers = tuple(phones[row["version_id"], row["position"]])
        contacts[row["version_id"]].append(Contact(**values, phones=numbers))
    return contacts


def _milestones(found: Rows) -> dict[int, list[Milestone]]:
    parties: dict[int, list[Responsible]] = defaultdict(list)
    for row in sorted(found["parties"], key=itemgetter("milestone_id", "position")):
        parties[row["milestone_id"]].append(Responsible(row["name"], tuple(row["units"]), row["role"]))
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for goal in sorted(found["milestones"], key=itemgetter("version_id", "place")):
        milestones[goal["version_id"]].append(
            Milestone(
                **{name: goal[name] for name in _MILESTONE},
                responsible=tuple(goal["responsible"]),
                inherited=tuple(goal["inherited"]),
                parties=tuple(parties[goal["id"]]),
                continuity=Continuity(goal["continuity"]) if goal["continuity"] else None,
            )
        )
    return milestones
