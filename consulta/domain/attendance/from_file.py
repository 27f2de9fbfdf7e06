"""The attendance sheet as somebody typed it: CSV or XLSX with *fila*, *nombre* or *código*, *mesa*, *participa como*,
*departamento*. The number of a row is printed on the sheet, so that a file that comes twice adds nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.codes import folio_of, read_folio, sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.files import meanings
from consulta.domain.files import tables as file_tables
from consulta.domain.files.tables import TableFile
from consulta.domain.forums.reading import ForumView
from consulta.domain.forums.registrations import Guest
from consulta.domain.ledger.log import By
from consulta.domain.texts import sort_key
from consulta.models.base import table_of
from consulta.models.forums import Registration, Seat

from . import devices, door, marks

MAX_ROWS, LAST_ROW = 5_000, 99_999
COLUMNS = {
    "row": ("fila", "n.º", "no.", "n", "row"),
    "name": ("nombre", "name"),
    "code": ("codigo", "código", "code"),
    "table": ("mesa", "tema", "table"),
    "taking_part_as": ("participa_como", "participa como", "taking_part_as"),
    "department": ("departamento", "department"),
}
_R = table_of(Registration)


@dataclass(frozen=True)
class TypedArrival:
    """A row of the sheet; ``folio`` if the person wrote the code down; ``twins``: the other rows of the same name."""

    number: int
    guest: Guest
    folio: str | None
    department: str | None
    twins: tuple[int, ...] = ()

    def mark_id(self, forum: ForumView, number: int | None = None) -> str:
        """The name of this row's mark, or of a twin's: another name at the same number is another person."""
        return f"sheet/{forum.id}/{number or self.number}/{sort_key(self.guest.name) or self.folio}"


def read(file: TableFile, consultation: ConsultationView, forum: ForumView) -> list[TypedArrival]:
    """The rows; ``Invalid`` names line, column and value of the first fault."""
    table = file_tables.open_table(file)
    name, places = file.name, file_tables.places(table, COLUMNS)
    if places["row"] is None or places["name"] is None:
        raise Invalid("%(file)s, línea 1: faltan las columnas «fila» y «nombre».", file=name, field="sheet")
    found: dict[int, TypedArrival] = {}
    for line in file_tables.strict(table):
        given = file_tables.picked(line, places)
        if not (given["name"] or given["code"]):
            continue
        row = _row(given, {"file": name, "line": line.number, "field": "sheet"}, consultation, forum)
        if row.number in found:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «fila»: la fila %(value)s ya está más arriba.",
                file=name,
                line=line.number,
                value=row.number,
                field="sheet",
            )
        found[row.number] = row
        if len(found) > MAX_ROWS:
            raise Invalid("%(file)s: caben 5,000 filas por archivo. Divídalo en varios.", file=name, field="sheet")
    if not found:
        raise Invalid("%(file)s: no trae ninguna persona.", file=name, field="sheet")
    return _with_twins(list(found.values()))


def _with_twins(rows: Sequence[TypedArrival]) -> list[TypedArrival]:
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(sort_key(row.guest.name), []).append(row.number)
    others = (numbers[sort_key(row.guest.name)] if row.guest.name else [] for row in rows)
    return [
        replace(row, twins=tuple(n for n in same if n != row.number)) for row, same in zip(rows, others, strict=True)
    ]


def check(db: Session, forum: ForumView, rows: Sequence[TypedArrival]) -> None:
    """``Invalid`` names the first row whose code is of nobody here, before anything is written."""
    given = [row for row in rows if row.folio]
    for at in range(0, len(given), 500):
        hashes = {sha256(row.folio): row.number for row in given[at : at + 500] if row.folio}
        mine = select(_R.c.folio_hash).where(_R.c.forum_id == forum.id, _R.c.folio_hash.in_(list(hashes)))
        strange = hashes.keys() - set(db.execute(mine).scalars())
        if strange:
            raise _nobody(min(hashes[one] for one in strange))


def _nobody(number: int) -> Invalid:
    return Invalid("Fila %(row)s: nadie de este foro tiene ese código.", row=number, field="sheet")


def pieces(rows: Sequence[TypedArrival]) -> Iterator[Sequence[TypedArrival]]:
    """As many rows as one transaction takes."""
    return (rows[at : at + marks.PIECE] for at in range(0, len(rows), marks.PIECE))


def take(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    rows: Sequence[TypedArrival],
    *,
    by: By,
    now: datetime,
) -> int:
    """Note who is there; how many people came in by it. Whoever registered is marked, found by code or by a name that
    only one of those still to come bears; whoever the door noted is not counted again; anybody else came unannounced.
    ``Invalid`` for a code of nobody here."""
    return sum(_take(db, consultation, forum, row, by, now) for row in rows)


def _take(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    row: TypedArrival,
    by: By,
    now: datetime,
) -> bool:
    if _known(db, forum, row):
        return False
    who, mark_id = _registered(db, forum, row), row.mark_id(forum)
    if who is not None:
        return door.mark(db, consultation, forum, who, present=True, mark_id=mark_id, by=by, now=now, on_paper=True)
    folio = folio_of(secrets.token_hex(16))
    try:
        door.walk_in(
            db,
            consultation,
            forum,
            row.guest,
            department=row.department,
            folio=folio,
            mark_id=mark_id,
            by=by,
            now=now,
            on_paper=True,
        )
    except Conflict:
        return False
    return True


def _known(db: Session, forum: ForumView, row: TypedArrival) -> bool:
    """Whether the row came before. Marks of earlier days bear its number alone: they are this row's if the person whose
    they are has its name or code, or no name any more."""
    if marks.known(db, row.mark_id(forum)):
        return True
    earlier = marks.holder(db, f"sheet/{forum.id}/{row.number}")
    if earlier is None:
        return False
    query = select(_R.c.name_key, _R.c.folio_hash).where(_R.c.id == earlier)
    name_key, folio_hash = db.execute(query).one()
    return name_key in (None, sort_key(row.guest.name)) or (row.folio is not None and folio_hash == sha256(row.folio))


def _registered(db: Session, forum: ForumView, row: TypedArrival) -> int | None:
    """Who a row is: by code; else the one of this name who is still to come, else the one whom the door noted
    already, the first of several. Whoever another row of the sheet stands for is somebody else."""
    mine = select(_R.c.id, _R.c.present, _R.c.state, marks.ON_PAPER.label("on_paper")).where(_R.c.forum_id == forum.id)
    if row.folio is not None:
        found = db.execute(mine.where(_R.c.folio_hash == sha256(row.folio))).first()
        if found is None:
            raise _nobody(row.number)
        return int(found.id)
    twins = {marks.holder(db, row.mark_id(forum, number)) for number in row.twins}
    named = mine.where(_R.c.name_key == sort_key(row.guest.name)).order_by(_R.c.id)
    left = [one for one in db.execute(named) if one.id not in twins]
    to_come = [one.id for one in left if not one.present and one.state is not Seat.WALK_IN]
    if to_come:
        return int(to_come[0]) if len(to_come) == 1 else None
    return next((int(one.id) for one in left if one.present and not one.on_paper), None)


def _row(
    given: dict[str, str], where: dict[str, Any], consultation: ConsultationView, forum: ForumView
) -> TypedArrival:
    number = given["row"].removesuffix(".0")
    if not (number.isdecimal() and 1 <= int(number[:9]) <= LAST_ROW):
        raise Invalid(
            "%(file)s, línea %(line)s, columna «fila»: «%(value)s» no es el número de una fila.",
            value=given["row"][:80],
            **where,
        )
    folio = read_folio(given["code"])
    if given["code"] and folio is None:
        raise Invalid(
            "%(file)s, línea %(line)s, columna «código»: «%(value)s» no es un código.",
            value=given["code"][:80],
            **where,
        )
    if len(given["name"]) > devices.NAME:
        raise Invalid("%(file)s, línea %(line)s, columna «nombre»: pasa de 80 letras.", **where)
    guest = Guest(
        given["name"],
        first=_table(given["table"], consultation, forum, where),
        taking_part_as=_one(given["taking_part_as"], consultation, "taking_part_as", "participa_como", where),
    )
    department = _one(given["department"], consultation, "department", "departamento", where)
    return TypedArrival(int(number), guest, folio, department)


def _table(value: str, consultation: ConsultationView, forum: ForumView, where: dict[str, Any]) -> str | None:
    """The table of this forum that a word names; ``None`` if nothing was written."""
    slug = meanings.theme(consultation, value) if value else None
    if value and slug not in {table.theme for table in forum.tables}:
        raise _strange("mesa", value, where)
    return slug


def _one(value: str, consultation: ConsultationView, name: str, column: str, where: dict[str, Any]) -> str | None:
    """A choice by its code or by what it is called; ``None`` if nothing was written."""
    code = meanings.choice(consultation, name, value) if value else None
    if value and code is None:
        raise _strange(column, value, where)
    return code


def _strange(column: str, value: str, where: dict[str, Any]) -> Invalid:
    return Invalid(
        "%(file)s, línea %(line)s, columna «%(column)s»: «%(value)s» no está en la lista.",
        column=column,
        value=value[:80],
        **where,
    )
