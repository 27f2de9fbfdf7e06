"""The two consultations that ship: a historical record and a demonstration."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.demonstration import contributions
from consulta.domain.forums import turnout
from consulta.domain.management import loading
from consulta.domain.results import editions

FOLDER = Path(__file__).parent
RECORD, DEMONSTRATION = "plan-2016-2018", "demostracion"


def read(slug: str) -> dict[str, Any]:
    """The file of one of the two, with the commitments of its plan and of earlier ones, which stand beside it."""
    found: dict[str, Any] = json.loads((FOLDER / f"{slug}.json").read_text("utf-8"))
    found["earlier"] = json.loads((FOLDER / "earlier.json").read_text("utf-8"))
    beside = FOLDER / f"{slug}.commitments.json"
    if beside.exists():
        found["commitments"] = json.loads(beside.read_text("utf-8"))
    return found


def load(database: Database, *, now: datetime) -> list[tuple[str, str]]:
    """Load what is missing, each in one transaction; renew a demonstration that is over. What was done, by slug."""
    done = []
    for slug in (RECORD, DEMONSTRATION):
        data, what = read(slug), "estaba"
        with database.transaction() as db:
            if not consultations.exists(db, slug):
                loading.load(db, data, now=now)
                if slug == DEMONSTRATION:
                    contributions.fill(db, consultations.find(db, slug).view, data, now=now)
                what = "cargada"
            elif slug == DEMONSTRATION:
                view = consultations.find(db, slug).view
                if loading.renew_demonstration(db, view, data, now=now):
                    what = "cronograma renovado"
        done.append((slug, what))
        with database.transaction() as db:
            view = consultations.find(db, slug).view
            editions.renew_contributions(db, view, today=view.today(now))
            turnout.renew(db, view, now=now)
    return done
