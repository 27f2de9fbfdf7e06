"""What of a file is there already: under its identifier, with another text, or only in the same words.

An identifier is the same though a spreadsheet ate its zeros; a row is the same though the file has another name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions.bodies import text_hash as digest
from consulta.models.base import table_of
from consulta.models.contributions import Contribution
from consulta.models.imports import Import, TakeBack
from consulta.models.opinions import Opinion

_C = table_of(Contribution)
_O = table_of(Opinion)
T = TypeVar("T")
CONTENT = "content"
"""The source of rows without an identifier: they are known by what they say, and the how-manieth they are."""
What = Literal["known", "other text", "alike", "new"]


class Row(Protocol):
    """What is asked about a row of a file."""

    @property
    def external_id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def body(self) -> str | None: ...


@dataclass
class Stored:
    """What is stored that the rows of a file may be. ``here``: texts without an identifier that came under the name of
    this import, ``texts``: every text, however it came."""

    generations: Counter[str]
    by_id: dict[tuple[str, str], bytes] = field(default_factory=dict)
    texts: Counter[bytes] = field(default_factory=Counter)
    here: Counter[bytes] = field(default_factory=Counter)
    ids_of: dict[bytes, set[str]] = field(default_factory=dict)
    seen: Counter[bytes] = field(default_factory=Counter)

    def generation(self, source: str) -> str:
        """The source under which new rows are stored: after an import was taken back with the number of its generation,
        so that the file can come again as new."""
        n = self.generations.total() if source == CONTENT else self.generations[source]
        return f"{source}~{n}" if n else source

    def compare(self, row: Row) -> What:
        """Whether a row is there: the same, under its identifier with another text, in the same words, or not."""
        text, id_ = digest(row.title, row.body), normal(row.external_id)
        if bare(row.source) == CONTENT:
            self.seen[text] += 1
            if self.seen[text] <= self.here[text]:
                return "known"
            return "alike" if self.texts[text] else "new"
        there = self.by_id.get((bare(row.source), id_))
        if there is not None:
            return "known" if there == text else "other text"
        if text not in self.texts:
            return "new"
        return "known" if id_ in self.ids_of.get(text, ()) else "alike"

    def content_id(self, row: Row) -> str:
        """What a row without an identifier is known by: its content, and the how-manieth of all that say the same."""
        text = digest(row.title, row.body)
        return f"{text.hex()}#{self.texts[text] + self.seen[text] - self.here[text]}"


def look(db: Session, consultation: ConsultationView, rows: Sequence[Row], name: str) -> Stored:
    """What these rows of the import ``name`` may be, found by indexes alone: it costs no more where much is stored."""
    query = select(Import.id, Import.source, TakeBack.import_id.label("back"))
    imports = db.execute(
        query.outerjoin(TakeBack, TakeBack.import_id == Import.id).where(Import.consultation_id == consultation.id)
    ).all()
    found = Stored(Counter(one.source for one in imports if one.back is not None))
    names = {one.id: one.source for one in imports if one.back is None}
    sources = {found.generation(one.source) for one in imports} | {one.source for one in imports}
    forms = {form for one in rows for form in _forms(one.external_id)} if sources else set()
    for piece in _pieces(forms):
        named = _of(db, consultation, _C.c.source.in_(sources), _C.c.external_id.in_(piece))
        hashes = _hashes(db, _O.c.id.in_([one.id for one in named])) if named else {}
        for one in named:
            if one.import_id in names and one.id in hashes:
                found.by_id[bare(one.source), normal(one.external_id)] = hashes[one.id]
    for texts in _pieces({digest(one.title, one.body) for one in rows}):
        hashes = _hashes(db, _O.c.text_hash.in_(texts))
        for one in _of(db, consultation, _C.c.id.in_(list(hashes))) if hashes else ():
            if one.import_id is None or one.import_id in names:  # what was taken back may come again as new
                _count(found, one, hashes[one.id], here=names.get(one.import_id) == name)
    return found


def _count(found: Stored, one: Any, text: bytes, *, here: bool) -> None:
    found.texts[text] += 1
    if one.source is not None and bare(one.source) == CONTENT:
        found.here[text] += here
    elif one.source is not None:
        found.ids_of.setdefault(text, set()).add(normal(one.external_id))


def _of(db: Session, consultation: ConsultationView, *which: ColumnElement[bool]) -> Sequence[Any]:
    query = select(_C.c.id, _C.c.source, _C.c.external_id, _C.c.import_id)
    return db.execute(query.where(_C.c.consultation_id == consultation.id, *which)).all()


def _hashes(db: Session, which: ColumnElement[bool]) -> dict[int, bytes]:
    """By the row of an opinion what its text is found by."""
    rows = db.execute(select(_O.c.id, _O.c.text_hash).where(which, _O.c.text_hash.is_not(None)))
    return {row.id: row.text_hash for row in rows}


def _pieces(values: set[T]) -> Iterator[list[T]]:
    every = list(values)
    return (every[at : at + 500] for at in range(0, len(every), 500))


def _forms(external_id: str) -> set[str]:
    """How an identifier may have been stored that a spreadsheet took for a number, or did not."""
    plain = normal(external_id)
    if not plain.isdecimal() or len(plain) > 12:
        return {external_id}
    return {external_id, plain, f"{plain}.0", *(plain.zfill(width) for width in range(len(plain), 13))}


def known_rows(db: Session, consultation: ConsultationView, rows: Sequence[Row]) -> set[tuple[str, str]]:
    """The (source, external id) of those rows that another run stored meanwhile."""
    known: set[tuple[str, str]] = set()
    for source in {one.source for one in rows}:
        ids = [one.external_id for one in rows if one.source == source]
        for start in range(0, len(ids), 500):
            pairs = select(_C.c.source, _C.c.external_id).where(
                _C.c.external_id.in_(ids[start : start + 500]), _C.c.source == source
            )
            known |= {(one, id_) for one, id_ in db.execute(pairs.where(_C.c.consultation_id == consultation.id))}
    return known


def normal(external_id: str) -> str:
    """An identifier as it is compared: without the zeros in front and the ``.0`` that spreadsheets eat and add."""
    text = external_id.strip().casefold()
    return re.sub(r"^0+(?=\d)", "", text.removesuffix(".0")) if re.fullmatch(r"[\d.]+", text) else text


def bare(source: str) -> str:
    """A source without the number of its generation."""
    return re.sub(r"~\d+$", "", source)
