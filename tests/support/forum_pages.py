"""A forum announced and registered for through its pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView

from .people import coordinator
from .visitor import Visitor

FORM = {
    "seen": "0",
    "name_es": "Foro en Cobán",
    "kind": "forum",
    "begins": "8:30",
    "ends": "12:00",
    "capacity": "2",
    "place_es": "Salón comunal",
    "table-tema-1": "1",
    "exception-tema-1": "Se designan una semana antes.",
}
FORUM = "…/foros/foro-en-coban"
JOIN = f"{FORUM}/inscripcion"


def day(now: datetime, days: int = 9) -> str:
    """A day from now on, as it is typed."""
    return f"{now + timedelta(days=days):%d/%m/%Y}"


def announced(app: Flask, database: Database, consultation: ConsultationView, now: datetime, **more: str) -> Visitor:
    """A coordinator who has announced a forum."""
    desk = coordinator(app, database, consultation)
    desk.post("/gestion/prueba/foros/nuevo", {**FORM, "day": day(now), **more})
    return desk


def join(visitor: Visitor, status: int = 303, **fields: str) -> str:
    """Fill the form in and send it; the page that follows."""
    page = visitor.get(JOIN).text
    given = {"submission": visitor.hidden(page, "submission"), "people": "1", "name-1": "Ana", **fields}
    answer = visitor.post(JOIN, given, status)
    return visitor.get(f"{FORUM}/comprobante").text if status == 303 else answer.text


def codes(page: str) -> list[str]:
    """The codes on a page."""
    return re.findall(r"<output[^>]*>([0-9A-Z-]{19})<", page)
