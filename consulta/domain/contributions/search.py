"""Finding published contributions by words: stems made here, indexed by the database (FTS5, or tsvector with GIN).

Only what is published is in the index. Facets stand in it as words of their own, so that a rare filter with a frequent
word is one intersection and not a walk through every hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, column, literal_column, table

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.dialects import is_postgres
from consulta.domain.texts import stems, without_apostrophes
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Kind, Status

from . import bodies

MOST_WORDS = 100
"""Of a search; nobody types so many."""
INDEX = table("search_texts", column("id"), column("stems"))
INSERT_SQLITE = text("INSERT INTO search_texts (rowid, stems) VALUES (:id, :words)")
INSERT_POSTGRES = text(
    "INSERT INTO search_texts (id, stems) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ')))"
)


@dataclass(frozen=True)
class Shown:
    """A published contribution as the index takes it."""

    id: int
    title: str | None
    body: str | None
    theme: ThemeView | None
    department: str | None
    kind: Kind


def add(db: Session, consultation: ConsultationView, shown: Sequence[Shown]) -> None:
    """Put published contributions into the index."""
    if not shown:
        return
    rows: list[dict[str, object]] = [{"id": one.id, "words": words_of(db, consultation, one)} for one in shown]
    db.connection().execute(INSERT_POSTGRES if is_postgres(db) else INSERT_SQLITE, rows)


def words_of(db: Session, consultation: ConsultationView, one: Shown) -> str:
    """What stands in the index for a contribution: on SQLite words in their order, on PostgreSQL each once."""
    words = facets(consultation, theme=one.theme, department=one.department, kind=one.kind)
    words += _stems(f"{one.title or ''}\n{one.body or ''}")
    return " ".join(sorted(set(words)) if is_postgres(db) else words)


def count(db: Session, consultation: ConsultationView) -> int:
    """How many contributions of a consultation are in the index."""
    return len(found(db, [f"zc{consultation.id}x"], limit=2**31 - 1))


def _stems(value: str) -> list[str]:
    found = stems(value)
    return found + without_apostrophes(found)


def refresh(db: Session, consultation: ConsultationView, contribution_id: int) -> None:
    """Bring one contribution's place in the index up to date: in it if published, else out of it at once."""
    out = "DELETE FROM search_texts WHERE id = :id" if is_postgres(db) else "DELETE FROM search_texts WHERE rowid = :id"
    db.execute(text(out), {"id": contribution_id})
    row = db.execute(
        bodies.with_body(
            select(
                Contribution.status,
                Contribution.title,
                bodies.BODY,
                Contribution.theme_id,
                Contribution.department,
                Contribution.kind,
            ).select_from(table_of(Contribution))
        ).where(Contribution.id == contribution_id)
    ).one()
    if row.status is Status.PUBLISHED:
        theme = consultation.theme_by_id(row.theme_id)
        add(db, consultation, [Shown(contribution_id, row.title, row.body, theme, row.department, row.kind)])


def facets(
    consultation: ConsultationView, *, theme: ThemeView | None, department: str | None, kind: Kind | None
) -> list[str]:
    """The words that stand for a consultation and its filters; as nobody writes one by chance."""
    words = [f"zc{consultation.id}x"]
    words.append(f"zt{theme.id}x" if theme else "zt0x")
    words += [f"zd{department}x"] if department else []
    words += [f"zk{kind.value}x"] if kind else []
    return words


def wanted(
    consultation: ConsultationView, query: str, *, theme: str | None, department: str | None, kind: str | None
) -> list[str]:
    """The words that a search looks for: those typed, and the filters chosen (``theme`` empty: unclassified)."""
    words = [f"zc{consultation.id}x"]
    if theme is not None:
        found = consultation.theme(theme) if theme else None
        words.append(f"zt{found.id}x" if found else "zt0x")
    words += [f"zd{department}x"] if department else []
    words += [f"zk{kind}x"] if kind else []
    return words + sorted(set(stems(query)))[:MOST_WORDS]


def found(db: Session, words: list[str], *, limit: int, newest: bool = True, beyond: int | None = None) -> list[int]:
    """The ids of the contributions in whose text every word stands, in the order of their arrival.

    ``beyond``: only those before it (after it, when the oldest come first). Ids rise with numbers in a consultation,
    for both are given under the lock of its counter; so the index gives the first ones without looking at the rest.
    """
    name = "id" if is_postgres(db) else "rowid"
    if is_postgres(db):
        matches = text("stems @@ CAST(:words AS tsquery)")
        query = " & ".join("'" + word.replace("'", "''") + "'" for word in words)
    else:
        matches = text("search_texts MATCH :words")
        query = " AND ".join(f'"{word}"' for word in words)
    id_: ColumnElement[int] = literal_column(name, Integer)
    statement = select(id_).select_from(INDEX).where(matches)
    if beyond is not None:
        statement = statement.where(id_ < beyond if newest else id_ > beyond)
    statement = statement.order_by(id_.desc() if newest else id_).limit(limit)
    return list(db.connection().execute(statement, {"words": query}).scalars())
