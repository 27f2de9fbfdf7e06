"""``python -m benchmarks.tampering``: one cell of every column of every table is changed behind the application, in the
demonstration and the record on SQLite, and the ledger check asked each time. It prints what is not found, and sums."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta import Settings, create_app, reference
from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain.audit import check as audit_check
from consulta.domain.audit.places import PLACES
from consulta.models.base import Base
from consulta.models.proposals import ProposalDraft
from consulta.models.sheets import SheetMilestone, SheetVersion
from consulta.worker import rounds

DAY = timedelta(days=1)
GUESSES = {
    str: "x",
    int: 1,
    bool: True,
    bytes: b"x",
    date: date(2031, 1, 1),
    datetime: datetime(2031, 1, 1, tzinfo=UTC),
}


def other(value: Any, column: Column[Any]) -> Any:
    """Another value of the kind that the column holds."""
    members = list(getattr(column.type, "enum_class", None) or ())
    if members:
        return next(one for one in members if one != value)
    if value is None:
        kind: Any = column.type
        return GUESSES.get(getattr(kind, "impl_instance", kind).python_type, {"es": "x"})
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    if isinstance(value, date):
        return value + DAY
    return {**value, "x": "x"} if isinstance(value, dict) else [*value, "x"]


def not_of_a_draft(table: Table) -> ColumnElement[bool]:
    """Of sheets and what belongs to them, those that somebody sent or published: a draft is its author's alone."""
    drafts = select(ProposalDraft.sheet_id)
    versions = select(SheetVersion.id).where(SheetVersion.sheet_id.in_(drafts))
    goals = select(SheetMilestone.id).where(SheetMilestone.version_id.in_(versions))
    places = {
        "sheets": ("id", drafts),
        "sheet_versions": ("sheet_id", drafts),
        "milestone_parties": ("milestone_id", goals),
    }
    if "version_id" in table.c:
        return table.c.version_id.not_in(versions)
    name, within = places.get(table.name, ("", drafts))
    return table.c[name].not_in(within) if name else true()


def tried(connection: Connection, table: Table, column: Column[Any]) -> str:
    """``found``, ``missed``, or ``refused`` by the database itself; everything is undone."""
    keys = list(table.primary_key)
    query = select(*keys, column.label("the_cell")).where(not_of_a_draft(table))
    row = connection.execute(query.order_by(column.is_(None), *keys).limit(1)).one()
    mine = [key == part for key, part in zip(keys, row, strict=False)]
    try:
        connection.execute(update(table).where(*mine).values({column: other(row.the_cell, column)}))
        with Session(connection, autoflush=False, join_transaction_mode="rollback_only") as db:
            return "found" if any(report.faults for report in audit_check.check_all(db)) else "missed"
    except IntegrityError:
        return "refused"
    except (ValueError, LookupError):
        return "found"  # the consultation itself cannot be read any more: no page of it is shown
    finally:
        connection.rollback()


def filled(folder: Path) -> Database:
    """The demonstration and the record, with what a worker did to them, and without what guards them."""
    url = f"sqlite:///{folder}/consulta.db"
    made = Database(url)
    schema.upgrade(made)
    app = create_app(
        Settings(url, "a secret of the benchmarks, long enough..", folder, f"file://{folder}/mail"), database=made
    )
    now = datetime.now(UTC)
    reference.load(made, now=now)
    for hours in (0, 30):
        rounds.work(app, now=now + timedelta(hours=hours))
    with made.write.connect() as connection:
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.exec_driver_sql("DROP TRIGGER " + name)
        connection.commit()
    return made


def all_cells(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Table, column, and what became of it: ``empty`` (no row to change), ``found``, ``missed`` or ``refused``."""
    database = filled(folder)
    with database.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.rollback()
        for table in Base.metadata.sorted_tables:
            empty = connection.execute(select(table).limit(1)).first() is None
            connection.rollback()
            for column in table.c:
                yield table.name, column.name, "empty" if empty else tried(connection, table, column)
    database.dispose()


def main() -> None:
    """Print a line for each table with something that is not found, and the sums."""
    sums: Counter[str] = Counter()
    missed: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for table, column, how in all_cells(Path(folder)):
            sums[how] += 1
            if how == "missed":
                missed[table].append(column)
    for table, columns in missed.items():
        place, why = PLACES[table]
        print(f"{table} ({place}: {why}): {', '.join(columns)}")
    print(", ".join(f"{how} {n}" for how, n in sorted(sums.items())))


if __name__ == "__main__":
    main()
