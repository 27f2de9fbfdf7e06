"""What was deleted leaves SQLite's files, too: the index of words, and the journal beside the database."""

from __future__ import annotations

from sqlalchemy import Connection, text

from .transactions import Database

TRIES = 5
"""Each waits as long as for a lock: somebody may be reading."""
PAGES, STEPS = 64, 10_000
"""How much of the index one transaction merges, so that nobody waits for it long, and how often at most."""


_MERGE = text("INSERT INTO search_texts(search_texts, rank) VALUES('merge', :pages)")


def forget(database: Database) -> None:
    """After an erasure. ``secure_delete`` overwrites rows; but the words of a row stand in the index until its parts
    are merged, and everything stood in the journal. PostgreSQL does the like by itself (VACUUM)."""
    if database.write.dialect.name != "sqlite":
        return
    with database.write.connect() as connection:
        for step in range(STEPS):
            if not _merged(connection, first=step == 0):
                break
        for _ in range(TRIES):
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            if not busy:
                break


def _merged(connection: Connection, *, first: bool) -> bool:
    """One step of the merge; whether there was anything left to merge (as FTS5 tells it: more than one change)."""
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    pages = -PAGES if first else PAGES  # negative: begin with all parts, however few
    connection.execute(_MERGE, {"pages": pages})
    done = connection.exec_driver_sql("SELECT total_changes()").scalar_one() - before
    connection.commit()
    return int(done) > 1
