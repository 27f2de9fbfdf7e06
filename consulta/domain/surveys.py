"""The first pass over a file of opinions: everything is read and checked, nothing is written."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.models.contributions import Contribution

from .errors import Invalid
from .snapshots import ConsultationView, ThemeView
from .texts import OTHER_MAX, as_sent, plain, says_something

FIELDS = (
    "external_id", "title", "body", "theme", "received_on", "department", "taking_part_as", "language", "withdrawn_on",
)  # fmt: skip
GUESSES = {
    "external_id": ("id", "external_id"), "title": ("title", "titulo", "título"),
    "body": ("body", "description", "texto", "text", "opinion", "opinión"), "theme": ("theme", "tema"),
    "received_on": ("received_on", "created_at", "fecha", "date"), "department": ("department", "departamento"),
    "taking_part_as": ("taking_part_as", "participo_como"), "language": ("language", "idioma"),
    "withdrawn_on": ("withdrawn_on", "retired_at"),
}  # fmt: skip
PERSONAL = ("dpi", "cui", "nit", "birth", "nacimiento",
            "address", "direccion", "dirección", "pueblo", "email", "correo",
            "phone", "telefono", "teléfono", "name", "nombre")  # fmt: skip
PIECE = 200
CELL_MAX = 200_000


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
    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    left: list[Left] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    withdrawn: int = 0
    repeated: int = 0
    digest: str = ""
    source: str = ""


def survey(
    db: Session, consultation: ConsultationView, path: Path, *, source: str | None = None, delimiter: str | None = None,
    mapping: dict[str, str] | None = None, date_format: str | None = None, today: date,
) -> Survey:  # fmt: skip
    """The first pass: read and check the whole file. ``Invalid`` if it cannot be read at all."""
    data = path.read_bytes()
    text = _decode(data, path)
    found = Survey(digest=hashlib.sha256(data).hexdigest(), source=source or path.stem)
    reader, columns = _open(text, path, delimiter, mapping or {})
    found.dropped_columns = [
        name for name in reader.fieldnames or () if name and name.lower() in PERSONAL and name not in columns.values()
    ]
    occurrences: Counter[str] = Counter()
    try:
        for row in reader:
            found.rows += 1
            one = _row(consultation, row, columns, reader.line_num, found, occurrences, date_format, today)
            if isinstance(one, Left):
                found.left.append(one)
            else:
                found.taken.append(one)
    except csv.Error as error:
        raise Invalid(
            "%(file)s, línea %(line)s: %(why)s", file=path.name, line=reader.line_num, why=str(error)
        ) from error
    texts = Counter((one.title, one.body) for one in found.taken)
    found.repeated = sum(count - 1 for count in texts.values())
    known = known_rows(db, consultation, found.taken)
    found.known = sum((t.source, t.external_id) in known for t in found.taken)
    found.taken = [t for t in found.taken if (t.source, t.external_id) not in known]
    found.withdrawn = sum(t.withdrawn for t in found.taken)
    return found


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(
            "%(file)s, línea %(line)s: el archivo no está en UTF-8 (byte %(byte)s); guárdelo como «CSV UTF-8».",
            file=path.name, line=line, byte=f"0x{data[error.start]:02x}",
        ) from error  # fmt: skip


def _open(
    text: str, path: Path, delimiter: str | None, mapping: dict[str, str]
) -> tuple[csv.DictReader[str], dict[str, str]]:
    csv.field_size_limit(CELL_MAX)
    header = text.split("\n", 1)[0]
    mark = delimiter or max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restkey="", strict=True)
    names = reader.fieldnames or []
    columns = {}
    for name, wanted in mapping.items():
        if name not in FIELDS:
            raise Invalid("--map %(name)s: no existe ese campo; existen %(valid)s", name=name, valid=", ".join(FIELDS))
        if wanted not in names:
            raise Invalid("%(file)s, línea 1: falta la columna «%(column)s»", file=path.name, column=wanted)
        columns[name] = wanted
    for name, guesses in GUESSES.items():
        match = next((n for n in names if n.strip().lower() in guesses and n not in columns.values()), None)
        if name not in columns and match:
            columns[name] = match
    if "body" not in columns and "title" not in columns:
        raise Invalid(
            "%(file)s, línea 1: falta la columna del texto («body»); hay %(columns)s. Use --map body=COLUMNA.",
            file=path.name, columns=", ".join(names) or "ninguna",
        )  # fmt: skip
    return reader, columns


def _row(
    consultation: ConsultationView, row: dict[str, str], columns: dict[str, str], line: int, found: Survey,
    occurrences: Counter[str], date_format: str | None, today: date,
) -> Taken | Left:  # fmt: skip
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
    theme = consultation.theme(value["theme"]) if value.get("theme") else None
    if value.get("theme") and theme is None:
        return Left(line, columns["theme"], value["theme"], "no hay tal tema")
    days = {}
    for name in ("received_on", "withdrawn_on"):
        if value.get(name):
            day = read_date(value[name], date_format)
            if day is None or day > today:
                return Left(line, columns[name], value[name], "no es una fecha pasada que se entienda")
            days[name] = day
    for name in ("department", "taking_part_as", "language"):
        if value.get(name) and consultation.choice(name, value[name]) is None:
            return Left(line, columns[name], value[name], "no está en la lista de la consulta")
    external, source = value.get("external_id", ""), found.source
    if not external:
        content = hashlib.sha256(f"{title}\0{body}".encode()).hexdigest()[:40]
        occurrences[content] += 1
        external, source = f"{content}#{occurrences[content]}", "content"
    else:
        occurrences[external] += 1
        if occurrences[external] > 1:
            return Left(line, columns["external_id"], external, "identificador repetido en el archivo")
    return Taken(
        line, external, source, title, body, theme, days.get("received_on", today), value.get("department") or None,
        value.get("taking_part_as") or None, value.get("language") or None, bool(value.get("withdrawn_on")),
    )  # fmt: skip


def read_date(value: str, date_format: str | None = None) -> date | None:
    """A day from an ISO date or time stamp, ``dd/mm/yyyy``, or the form given; ``None`` if it is none of these."""
    stamp = re.sub(r" ([+-]\d{4})$", r"\1", value.replace(" UTC", "+0000"))
    forms = [date_format] if date_format else []
    for form in [*forms, "%d/%m/%Y", "%d/%m/%Y %H:%M:%S"]:
        try:
            return datetime.strptime(value, form).date()
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(stamp).date()
    except ValueError:
        return None


def known_rows(db: Session, consultation: ConsultationView, rows: Sequence[Taken]) -> set[tuple[str, str]]:
    """The (source, external id) of those rows that are stored already."""
    known: set[tuple[str, str]] = set()
    for source in {t.source for t in rows}:
        ids = [t.external_id for t in rows if t.source == source]
        for start in range(0, len(ids), 500):
            query = select(Contribution.external_id).where(
                Contribution.consultation_id == consultation.id, Contribution.source == source,
                Contribution.external_id.in_(ids[start : start + 500]),
            )  # fmt: skip
            known |= {(source, found) for found in db.execute(query).scalars() if found}
    return known
