"""The first pass over a file of opinions: everything is read and checked, nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from consulta.domain import days as domain_days
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Invalid
from consulta.domain.files import meanings
from consulta.domain.files.formulas import unguarded
from consulta.domain.files.tables import Line, TableFile, digest
from consulta.domain.texts import OTHER_MAX, as_sent, plain, says_something

from . import known as known_texts
from .columns import is_our_own, opened
from .known import CONTENT

PERSONAL = [
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
]
EARLIER = 10
"""Years before a consultation's first that a day may lie; what is older is a slip, such as 1899 or the year 26."""
LISTED = ("department", "taking_part_as", "language")


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


@dataclass(frozen=True)
class Changed:
    """A text that is not taken to the letter, for it was HTML: as it stands in the file, and as it would be kept."""

    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Refusals:
    """Rows that are left out for one reason: how many, and the lines of the first."""

    why: str
    column: str
    value: str
    count: int
    lines: tuple[int, ...]


@dataclass
class Survey:
    """What the first pass found. ``strange``: by field the words that none of its choices bear, and how often;
    ``alike``: rows that say what is there already from elsewhere; two people may say the same, so somebody decides."""

    rows: int = 0
    columns: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    known: int = 0
    left: list[Left] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    withdrawn: int = 0
    repeated: int = 0
    blank: int = 0
    changed: list[Changed] = field(default_factory=list)
    alike: list[Taken] = field(default_factory=list)
    undecided: bool = False
    strange: dict[str, Counter[str]] = field(default_factory=dict)
    digest: str = ""
    source: str = ""

    def refusals(self) -> list[Refusals]:
        """What is left out, grouped: the most frequent reason first."""
        grouped: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for one in self.left:
            grouped[one.why, one.column, one.value[:60]].append(one.line)
        rows = (Refusals(*key, len(lines), tuple(lines[:5])) for key, lines in grouped.items())
        return sorted(rows, key=lambda one: (-one.count, one.lines))


def survey(db: Session, consultation: ConsultationView, given: TableFile, *, today: date) -> Survey:
    """The first pass: read and check the whole file. ``Invalid`` if it cannot be read at all."""
    table, columns = opened(given)
    found = Survey(digest=digest(given.data), source=given.known_as, columns=list(table.columns))
    found.chosen = {name: table.columns[at] for name, at in columns.items()}
    found.dropped_columns = [
        table.columns[at]
        for at, heading in enumerate(table.headings)
        if heading.casefold() in PERSONAL and at not in columns.values()
    ]
    reader = _Reader(consultation, given, columns, found, today, ours=is_our_own(table))
    for line in table.lines:
        found.rows += 1
        one = reader.row(line)
        if isinstance(one, Left):
            found.left.append(one)
        else:
            found.taken.append(one)
    found.blank = len(table.blank)
    texts = Counter((one.title, one.body) for one in found.taken)
    found.repeated = sum(count - 1 for count in texts.values())
    _compare(db, consultation, found, given.alike)
    found.withdrawn = sum(t.withdrawn for t in found.taken)
    return found


def _compare(db: Session, consultation: ConsultationView, found: Survey, alike: str | None) -> None:
    """Tell apart what is new, what is there already, what is there with another text, and what only says the same."""
    stored = known_texts.look(db, consultation, found.taken, found.source)
    new: list[Taken] = []
    for row in found.taken:
        what = stored.compare(row)
        external_id = stored.content_id(row) if row.source == CONTENT else row.external_id
        one = replace(row, source=stored.generation(row.source), external_id=external_id)
        if what == "known":
            found.known += 1
        elif what == "other text":
            column = found.chosen.get("external_id", "external_id")
            found.left.append(Left(one.line, column, one.external_id, "ya estaba con otro texto"))
        elif what == "alike":
            found.alike.append(one)
            if alike == "take":
                new.append(one)
            elif alike == "skip":
                found.left.append(Left(one.line, _text_column(found), "", "ya hay un aporte que dice lo mismo"))
        else:
            new.append(one)
    found.undecided = bool(found.alike) and alike not in ("take", "skip")
    found.taken = new


def _text_column(found: Survey) -> str:
    return found.chosen.get("body") or found.chosen.get("title", "")


@dataclass
class _Reader:
    """Reads rows one by one: what it saw before decides how a row without an identifier is known."""

    consultation: ConsultationView
    given: TableFile
    columns: Mapping[str, int]
    found: Survey
    today: date
    ours: bool
    occurrences: Counter[str] = field(default_factory=Counter)

    def row(self, line: Line) -> Taken | Left:
        """A row as it can be taken, or why it cannot."""
        if line.beyond:
            beyond = next(cell for cell in line.beyond if cell.strip())
            why = "más celdas que columnas: ponga entre comillas el texto que lleva comas"
            return Left(line.number, self.found.columns[-1], beyond[:60], why)
        value = {name: line.cells[at].strip() for name, at in self.columns.items()}
        if self.ours:
            value = {name: unguarded(one) for name, one in value.items()}
        text = self._texts(line.number, value)
        if isinstance(text, Left):
            return text
        codes: dict[str, str | None] = {}
        days: dict[str, date] = {}
        for name in ("theme", *LISTED):
            if value.get(name) and (codes.setdefault(name, self._code(name, value[name])) is None):
                self.found.strange.setdefault(name, Counter())[value[name]] += 1
                why = "no hay tal tema" if name == "theme" else "no está en la lista de la consulta"
                return self._left(line.number, name, value[name], why)
        for name in ("received_on", "withdrawn_on"):
            if value.get(name):
                day = domain_days.read_date(value[name], self.given.date_format, self.consultation.timezone)
                if day is None or not self._first_year <= day.year or day > self.today:
                    return self._left(line.number, name, value[name], self._wrong_day(day))
                days[name] = day
        return self._taken(line.number, value, text, codes, days)

    def _texts(self, line: int, value: dict[str, str]) -> tuple[str | None, str | None] | Left:
        """Title and text, plain; what had to be changed for it is noted."""
        column = self.columns_name("body") or self.columns_name("title")
        try:
            before = [as_sent(value.get(name, "")).strip() for name in ("title", "body")]
            title, body = (as_sent(plain(one)) or None for one in before)
        except Invalid:
            return Left(line, column, "", "signo que no se puede guardar (NUL o medio carácter)")
        words = f"{title or ''}{body or ''}"
        if not says_something(words):
            return Left(line, column, words[:60], "no dice nada: ni una letra ni un número")
        if len(words) > OTHER_MAX:
            return Left(line, column, words[:60], f"{len(words):,} caracteres; caben {OTHER_MAX:,}")
        for one, kept in zip(before, (title, body), strict=True):
            if one != (kept or ""):
                self.found.changed.append(Changed(line, one, kept or ""))
        return title, body

    def _taken(
        self,
        line: int,
        value: dict[str, str],
        text: tuple[str | None, str | None],
        codes: dict[str, str | None],
        days: dict[str, date],
    ) -> Taken | Left:
        external, (title, body) = value.get("external_id", ""), text
        source = self.given.known_as if external else CONTENT
        self.occurrences[external] += 1
        if external and self.occurrences[external] > 1:
            return self._left(line, "external_id", external, "identificador repetido en el archivo")
        theme = codes.get("theme")
        return Taken(
            line,
            external,
            source,
            title,
            body,
            self.consultation.theme(theme) if theme else None,
            days.get("received_on", self.today),
            codes.get("department"),
            codes.get("taking_part_as"),
            codes.get("language"),
            "withdrawn_on" in days,
        )

    def _code(self, name: str, value: str) -> str | None:
        """The choice that a word means: as it was said, else as the consultation calls it."""
        said = self.given.values.get(name, {}).get(value)
        return meanings.field(self.consultation, name, said or value)

    @property
    def _first_year(self) -> int:
        return min((stage.first_day.year for stage in self.consultation.stages), default=self.today.year) - EARLIER

    def _wrong_day(self, day: date | None) -> str:
        if day is not None and day.year < self._first_year:
            return f"es una fecha de antes de {self._first_year}"
        return "no es una fecha pasada que se entienda"

    def _left(self, line: int, name: str, value: str, why: str) -> Left:
        return Left(line, self.columns_name(name), value, why)

    def columns_name(self, name: str) -> str:
        """What the column of a field is called."""
        return self.found.chosen.get(name, "")


def sample(found: Survey, count: int = 3) -> Iterator[Changed]:
    """Some of the texts that would change, for a look at before and after."""
    return iter(found.changed[:count])
