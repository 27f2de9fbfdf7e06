"""Every table of a PostgreSQL database out and in, and from one database to another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, LiteralString

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select, text

from consulta.database.transactions import Database
from consulta.domain.contributions import search
from consulta.models import Base

PIECE = 5000
END = b"\x00\x00\x00\x00"
OUT, IN = "COPY {} ({}) TO STDOUT", "COPY {} ({}) FROM STDIN"


def dump(database: Database) -> Iterator[bytes]:
    """The tables as COPY gives them, all at one moment: a line with name and columns, then pieces with their length."""
    with database.read.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for name, columns in _tables(connection):
            yield json.dumps({"table": name, "columns": columns}).encode() + b"\n"
            with driver.cursor() as cursor, cursor.copy(_command(OUT, name, columns)) as copy:
                for piece in copy:
                    yield len(piece).to_bytes(4, "big") + bytes(piece)
            yield END


def load(connection: Connection, pieces: Iterator[bytes]) -> None:
    """Put the tables of a dump into empty ones; within the caller's transaction."""
    reader = _Reader(pieces)
    driver: Any = connection.connection.driver_connection
    known = dict(_tables(connection))
    while line := reader.line():
        said = json.loads(line)
        name, columns = said["table"], said["columns"]
        if set(columns) - set(known.get(name, [])):
            raise ValueError(f"{name}: {', '.join(columns)}")
        with driver.cursor() as cursor, cursor.copy(_command(IN, name, columns)) as copy:
            while size := int.from_bytes(reader.exactly(4), "big"):
                copy.write(reader.exactly(size))
    restart(connection)


def _command(command: LiteralString, name: str, columns: list[str]) -> Any:
    """Names are quoted by the driver, which is imported only where there is PostgreSQL."""
    from psycopg.sql import SQL, Identifier

    return SQL(command).format(Identifier(name), SQL(", ").join(Identifier(c) for c in columns))


def restart(connection: Connection) -> None:
    """Let the counters of new rows go on after the highest."""
    for table in Base.metadata.sorted_tables:
        column = table.c.get("id")
        if column is not None and column.primary_key and not column.foreign_keys:
            highest = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
            sequence = connection.execute(func.pg_get_serial_sequence(table.name, "id").select()).scalar_one()
            if sequence:
                connection.execute(select(func.setval(sequence, max(highest, 1), highest > 0)))


def copy(source: Database, target: Connection) -> int:
    """Every row of one database into the empty tables of another, 5,000 at a time, in one reading moment; how many."""
    done = 0
    with source.read.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for rows in _read(connection, table):
                target.execute(insert(table), rows)
                done += len(rows)
        for rows in _stems(connection):
            _index(target, rows)
    if target.dialect.name == "postgresql":
        restart(target)
    return done


def _tables(connection: Connection) -> list[tuple[str, list[str]]]:
    """Names and columns, those that others refer to first; the search index is a table of PostgreSQL's own."""
    found = [(t.name, [c.name for c in t.columns]) for t in Base.metadata.sorted_tables]
    there = set(
        connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars()
    )
    return [(name, columns) for name, columns in [*found, ("search_texts", ["id", "stems"])] if name in there]


def _read(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    piece = 10 if any(isinstance(c.type, LargeBinary) and c.name == "content" for c in table.c) else PIECE
    query = select(table).order_by(*table.primary_key)  # a row that refers to one of its own table comes after it
    result = connection.execution_options(stream_results=True, max_row_buffer=piece).execute(query)
    for rows in result.mappings().partitions(piece):
        yield [dict(row) for row in rows]


def _stems(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    if connection.dialect.name == "sqlite":
        query = text("SELECT rowid AS id, stems AS words FROM search_texts")
    else:
        query = text("SELECT id, array_to_string(tsvector_to_array(stems), ' ') AS words FROM search_texts")
    for rows in connection.execute(query).mappings().partitions(PIECE):
        yield [{"id": row["id"], "words": " ".join(sorted(set(row["words"].split())))} for row in rows]


def _index(target: Connection, rows: list[dict[str, Any]]) -> None:
    target.execute(search.INSERT_POSTGRES if target.dialect.name == "postgresql" else search.INSERT_SQLITE, rows)


class _Reader:
    """Lines and exact lengths out of a stream of pieces."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def exactly(self, size: int) -> bytes:
        parts, have = [self.rest], len(self.rest)
        while have < size:
            piece = next(self.pieces, None)
            if piece is None:
                raise ValueError("incomplete")
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self.rest = whole[size:]
        return whole[:size]

    def line(self) -> bytes:
        while b"\n" not in self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return b""
            self.rest += piece
        found, _, self.rest = self.rest.partition(b"\n")
        return found
