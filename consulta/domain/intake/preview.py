"""The first pass over a file of opinions: everything is read and checked, nothing is written."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consulta.domain import days as domain_days
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Invalid
from consulta.domain.files.tables import TableFile, digest
from consulta.domain.texts import OTHER_MAX, as_sent, plain, says_something
from consulta.models.base import table_of
from consulta.models.contributions import Contribution
from consulta.models.imports import Import, TakeBack

from .columns import opened

PERSONAL = (
    "dpi",
    "cui",
    "nit",
    "birth",
    "nacimiento",
    "address",
    "direccion",
    "dirección",
    "pueblo",
    "email",
    "correo",
    "phone",
    "telefono",
    "teléfono",
    "name",
    "nombre",
)
CONTENT = "content"
"""The source of rows without an identifier: they are known by what they say, and the how-manieth they are."""


@dataclass(frozen=True)
class Taken:
    """A row that can be taken."""

    line: int
    external_id: str
    source: str
    title: str | None
    body: str | None
    theme: ThemeView | None
    received_on: date
    department: str | None
    taking_part_as: str | None
    language: str | None
    withdrawn: bool


@dataclass(frozen=True)
class Left:
    """A row, or a column, that is not taken, and why. ``line`` counts the lines of the file from 1."""

    line: int
    column: str
    value: str
    why: str


@dataclass
class Survey:
    """What the first pass found."""

    rows: int = 0
    columns: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    left: list[Left] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    withdrawn: int = 0
    repeated: int = 0
    digest: str = ""
    source: str = ""


def survey(db: Session, consultation: ConsultationView, given: TableFile, *, today: date) -> Survey:
    """The first pass: read and check the whole file. ``Invalid`` if it cannot be read at all."""
    reader, columns = opened(given)
    found = Survey(digest=digest(given.data), source=given.known_as, columns=list(reader.fieldnames or ()))
    found.dropped_columns = [n for n in found.columns if n.lower() in PERSONAL and n not in columns.values()]
    sources = _sources(db, consultation, found.source)
    occurrences: Counter[str] = Counter()
    try:
        for row in reader:
            found.rows += 1
            one = _too_wide(row, reader.line_num) or _row(
                consultation, row, columns, reader.line_num, sources, occurrences, given.date_format, today
            )
            if isinstance(one, Left):
                found.left.append(one)
            else:
                found.taken.append(one)
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea %(line)s: %(why)s", file=given.name, line=reader.line_num, why=str(error), field="file"
        ) from error
    texts = Counter((one.title, one.body) for one in found.taken)
    found.repeated = sum(count - 1 for count in texts.values())
    known = known_rows(db, consultation, found.taken)
    found.known = sum((t.source, t.external_id) in known for t in found.taken)
    found.taken = [t for t in found.taken if (t.source, t.external_id) not in known]
    found.withdrawn = sum(t.withdrawn for t in found.taken)
    return found


def _sources(db: Session, consultation: ConsultationView, source: str) -> tuple[str, str]:
    """Under which source rows with an identifier, and rows known by their content, are stored.

    After an import was taken back both bear the number of its generation, so that the file can come again as new.
    """
    query = (
        select(Import.source, func.count())
        .join(TakeBack, TakeBack.import_id == Import.id)
        .where(Import.consultation_id == consultation.id)
        .group_by(Import.source)
    )
    back = {name: n for name, n in db.execute(query)}  # noqa: C416  (rows are no pairs for mypy)
    return _generation(source, back.get(source, 0)), _generation(CONTENT, sum(back.values()))


def _generation(source: str, n: int) -> str:
    return f"{source}~{n}" if n else source


def _too_wide(row: dict[str, str], line: int) -> Left | None:
    """Cells beyond the last heading: a text with commas and no quotation marks, of which the end would be lost."""
    beyond = "".join(row.get(None) or ())  # type: ignore[call-overload]
    why = "más celdas que columnas: ponga entre comillas el texto que lleva comas"
    return Left(line, list(row)[-2], beyond[:60], why) if beyond.strip() else None


def _row(
    consultation: ConsultationView,
    row: dict[str, str],
    columns: dict[str, str],
    line: int,
    sources: tuple[str, str],
    occurrences: Counter[str],
    date_format: str | None,
    today: date,
) -> Taken | Left:
    value = {name: (row.get(column) or "").strip() for name, column in columns.items()}
    try:
        title = as_sent(plain(value.get("title", ""))) or None
        body = as_sent(plain(value.get("body", ""))) or None
    except Invalid:
        return Left(line, columns.get("body", "title"), "", "signo que no se puede guardar (NUL o medio carácter)")
    words = f"{title or ''}{body or ''}"
    if not says_something(words):
        return Left(line, columns.get("body", "title"), words[:60], "no dice nada: ni una letra ni un número")
    if len(words) > OTHER_MAX:
        return Left(line, columns.get("body", "title"), words[:60], f"{len(words):,} caracteres; caben {OTHER_MAX:,}")
    if (unknown := _unknown(consultation, value)) is not None:
        return Left(line, columns[unknown[0]], value[unknown[0]], unknown[1])
    days = {}
    for name in ("received_on", "withdrawn_on"):
        if value.get(name):
            day = domain_days.read_date(value[name], date_format)
            if day is None or day > today:
                return Left(line, columns[name], value[name], "no es una fecha pasada que se entienda")
            days[name] = day
    external, source = value.get("external_id", ""), sources[0]
    known_as = external or hashlib.sha256(f"{title}\0{body}".encode()).hexdigest()[:40]
    occurrences[known_as] += 1
    if not external:
        external, source = f"{known_as}#{occurrences[known_as]}", sources[1]
    elif occurrences[known_as] > 1:
        return Left(line, columns["external_id"], external, "identificador repetido en el archivo")
    return Taken(
        line,
        external,
        source,
        title,
        body,
        consultation.theme(value["theme"]) if value.get("theme") else None,
        days.get("received_on", today),
        value.get("department") or None,
        value.get("taking_part_as") or None,
        value.get("language") or None,
        bool(value.get("withdrawn_on")),
    )


def _unknown(consultation: ConsultationView, value: dict[str, str]) -> tuple[str, str] | None:
    """The first value that none of the consultation's lists has, by its name, and why it is not taken."""
    if value.get("theme") and consultation.theme(value["theme"]) is None:
        return "theme", "no hay tal tema"
    for name in ("department", "taking_part_as", "language"):
        if value.get(name) and consultation.choice(name, value[name]) is None:
            return name, "no está en la lista de la consulta"
    return None


def known_rows(db: Session, consultation: ConsultationView, rows: Sequence[Taken]) -> set[tuple[str, str]]:
    """The (source, external id) of those rows that are stored already, in any generation that was not taken back."""
    known: set[tuple[str, str]] = set()
    for source in {t.source for t in rows}:
        base, n = re.sub(r"~\d+$", "", source), re.search(r"~(\d+)$", source)
        generations = [_generation(base, i) for i in range(int(n[1]) + 1 if n else 1)]
        ids = [t.external_id for t in rows if t.source == source]
        for start in range(0, len(ids), 500):
            found = _stored(db, consultation, generations, ids[start : start + 500])
            known |= {(source, external_id) for _, external_id in found}
    return known


def _stored(db: Session, consultation: ConsultationView, sources: list[str], ids: list[str]) -> set[tuple[str, str]]:
    """Source and external id of what is stored and was not taken back.

    In two statements that need nothing but an index each: in one, SQLite would look through all contributions.
    """
    c = table_of(Contribution).c
    pairs = select(c.source, c.external_id).where(c.external_id.in_(ids), c.source.in_(sources))
    found = {(source, id_) for source, id_ in db.execute(pairs.where(c.consultation_id == consultation.id))}
    backs = list(db.execute(select(TakeBack.import_id)).scalars()) if found else []
    if backs:
        found -= {(source, id_) for source, id_ in db.execute(pairs.where(c.import_id.in_(backs)))}
    return found
