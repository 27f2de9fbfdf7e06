"""Notes of a forum's sheets from a table: CSV or XLSX with the columns *hoja*, *nota*, *idioma*, *objeción*."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Invalid, NotFound
from consulta.domain.files import tables
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
YES = ("si", "sí", "x", "1", "yes")


@dataclass(frozen=True)
class Taken:
    """How many notes were entered, and how many were there already."""

    entered: int
    there: int


def read(data: bytes, name: str, consultation: ConsultationView) -> dict[int, list[Note]]:
    """The notes by the number of their sheet; ``Invalid`` names line, column and value of the first fault."""
    rows = tables.rows(data, name)
    places = tables.places(next(rows, (1, []))[1], COLUMNS, name)
    if places["sheet"] is None or places["body"] is None:
        raise Invalid("%(file)s, línea 1: faltan las columnas «hoja» y «nota».", file=name, field="file")
    codes = {c.code for c in consultation.lists.get("language", ())}
    labels = {c.label["es"].casefold(): c.code for c in consultation.lists.get("language", ())}
    found: dict[int, list[Note]] = defaultdict(list)
    for line, cells in rows:
        given = tables.picked(cells, places)
        if not any(given.values()):
            continue
        number = given["sheet"].removesuffix(".0")
        where: dict[str, Any] = {"file": name, "line": line, "field": "file"}
        if not number.isdecimal() or len(number) > 9:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «hoja»: «%(value)s» no es el número de una hoja.",
                value=given["sheet"][:80],
                **where,
            )
        language = labels.get(given["language"].casefold(), given["language"]) or None
        if language and language not in codes:
            raise Invalid(
                "%(file)s, línea %(line)s, columna «idioma»: «%(value)s» no está en la lista de idiomas.",
                value=language[:80],
                **where,
            )
        if not given["body"]:
            raise Invalid("%(file)s, línea %(line)s, columna «nota»: está vacía.", **where)
        found[int(number)].append(Note(given["body"], language, given["objection"].casefold() in YES))
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
