"""Long documents that somebody asked for, made by the worker."""

from __future__ import annotations

from datetime import datetime

import structlog
from flask import Flask

from consulta.database.transactions import Database
from consulta.documents import setting
from consulta.domain.consultations import reading as consultations
from consulta.domain.contributions import prints
from consulta.domain.proposals import reading as proposals
from consulta.domain.sheets import period
from consulta.web import sheet_files

log = structlog.get_logger()
MAX_PROPOSALS = 2_000
SECONDS = 300
"""What the longest may take: somebody waits for it, and no page does."""


def typeset(app: Flask, *, now: datetime) -> int:
    """Make the long document that was asked for first; one a round, for others wait for their mail meanwhile."""
    database: Database = app.extensions["database"]
    with database.session(read_only=True) as db:
        wanted = prints.asked(db)
        if wanted is None:
            return 0
        id_, slug, name = wanted
        current = consultations.find(db, slug)
        rows = proposals.all_sheets(db, current.view, limit=MAX_PROPOSALS)
    try:
        with app.test_request_context(base_url=app.extensions["settings"].base_url):
            generation = period.generation(current.view)
            manuscript = sheet_files.proposals(current.view, rows, name.rpartition(".")[2], generation)
        made = setting.apart(manuscript, seconds=SECONDS)
    except Exception as error:  # whatever it is: one that cannot be made does not hold up the others
        log.warning("print", name=name, kind=type(error).__name__)
        with database.transaction() as db:
            prints.give_up(db, id_)
        return 1
    with database.transaction() as db:
        prints.lock(db, id_)
        if proposals.published(db, current.view, limit=MAX_PROPOSALS) == [number for number, _sheet in rows]:
            prints.keep(db, id_, made, length=current.version, now=now)  # else one was withdrawn meanwhile: made anew
    return 1
