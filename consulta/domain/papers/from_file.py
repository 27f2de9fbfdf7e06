"""Notes of a forum's sheets from a table: CSV or XLSX with the columns *hoja*, *nota*, *idioma*, *objeción*."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid, NotFound
from consulta.domain.files import meanings, tables
from consulta.domain.files.tables import TableFile
from consulta.domain.forums.reading import ForumView
from consulta.domain.ledger.log import By

from . import notes
from .notes import Note

MAX_NOTES = 200
COLUMNS = {
    "sheet": ("hoja", "sheet", "numero", "número"),
    "body": ("nota", "note", "texto"),
    "language": ("idioma", "language"),
    "objection": ("objecion", "objeción", "objection"),
}


@dataclass(frozen=True)
class Taken:
    """How many notes were entered, and how many were there already."""

    entered: int
    there: int


def read(given: TableFile, consultation: ConsultationView) -> dict[int, list[Note]]:
    """The notes by the number of their sheet; ``Invalid`` names line, column and value of the first fault."""
    table = tables.open_table(given)
    name, places = given.name, tables.places(table, COLUMNS)
    if places["sheet"] is None or places["body"] is None:
        raise Invalid("%(file)s, línea 1: faltan las columnas «hoja» y «nota».", file=name, field="file")
    if (strange := tables.unknown(table, places, COLUMNS)) is not None:
        raise strange
    found: dict[int, list[Note]] = defaultdict(list)
    for line in tables.strict(table):
        cell = tables.picked(line, places)
        if not any(cell.values()):
            continue
        number = cell["sheet"].removesuffix(".0")
        where: dict[str, Any] = {"file": name, "line": line.number, "field": "file"}
        if not number.isdecimal() or len(number) > 9:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «hoja»: «%(value)s» no es el número de una hoja.",
                value=cell["sheet"][:80],
                **where,
            )
        language = meanings.choice(consultation, "language", cell["language"]) if cell["language"] else None
        if cell["language"] and language is None:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «idioma»: «%(value)s» no está en la lista de idiomas.",
                value=cell["language"][:80],
                **where,
            )
        if not cell["body"]:
            raise Invalid("%(file)s, línea %(line)s, columna «nota»: está vacía.", **where)
        objection = meanings.flag(cell["objection"])
        if objection is None:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «objeción»: «%(value)s» no es sí ni no. Si alguien no estuvo de "
                "acuerdo, ponga «sí» y escriba lo que dijo en la nota.",
                value=cell["objection"][:80],
                **where,
            )
        found[int(number)].append(Note(cell["body"], language, objection))
    if sum(map(len, found.values())) > MAX_NOTES:
        raise Invalid("%(file)s: caben 200 notas por archivo. Divídalo en varios.", file=name, field="file")
    if not found:
        raise Invalid("%(file)s: no trae ninguna nota.", file=name, field="file")
    return dict(found)


def take(
    db: Session,
    consultation: ConsultationView,
    forum: ForumView,
    found: dict[int, list[Note]],
    *,
    by: By,
    now: datetime,
) -> Taken:
    """Enter all of it or nothing; what is there already is not entered again."""
    try:
        entered = notes.enter_all(db, consultation, forum, found, by=by, now=now)
    except NotFound as error:
        raise Invalid("La hoja %(number)s no es de este foro.", number=error.values["number"], field="file") from error
    return Taken(entered, sum(map(len, found.values())) - entered)
