"""Sheets of a forum, printed and entered."""

from __future__ import annotations

from datetime import datetime

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.domain.ledger.log import By
from consulta.domain.papers import batches
from consulta.domain.papers import notes as paper_notes
from consulta.domain.papers.notes import Note

SECRET = "k" * 40


def batch(database: Database, consultation: ConsultationView, now: datetime, count: int, theme: int = 0) -> int:
    """Number some sheets."""
    with database.transaction() as db:
        forum = forums.one(db, consultation, "foro")
        chosen = consultation.themes[theme]
        return batches.print_batch(
            db, consultation, forum, chosen, count, secret=SECRET, by=By(None, "equipo"), now=now
        )


def enter(
    database: Database, consultation: ConsultationView, now: datetime, number: int, *bodies: str, account: int
) -> int:
    """Enter the notes of a sheet."""
    with database.transaction() as db:
        forum = forums.one(db, consultation, "foro")
        notes = [Note(body, "kek") for body in bodies]
        return paper_notes.enter(db, consultation, forum, number, notes, by=by(db, consultation, account), now=now)
