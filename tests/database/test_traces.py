"""After an erasure nothing of a text is in the files of the database, as anybody reads them who finds the disk."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Status
from consulta.worker import rounds
from tests.support.audits import sound
from tests.support.contributions import admit, submit
from tests.support.moderation import decide
from tests.support.people import staff

WORDS = ("xilofonoquetzal", "zarzamorapetenera", "yumbatitlan@correo.example", "Nombredepersonararo")
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def found(database: Database) -> set[str]:
    """Which of the words are in the database's files."""
    place = Path(database.url.removeprefix("sqlite:///"))
    files = b"".join(path.read_bytes().lower() for path in place.parent.glob(f"{place.name}*"))
    return {word for word in WORDS if word.lower().encode() in files}


def test_nothing_of_an_erased_text_is_left(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana = staff(database, consultation)
    for n in range(30):
        admit(database, consultation, f"Otro aporte cualquiera, el {n}", status=Status.PUBLISHED)
    body = " ".join(WORDS[:2]) * 20
    submit(database, consultation, body, "uno", email=WORDS[2], name=WORDS[3], publish_name=True)
    decide(database, consultation, ana, 31)
    for n in range(30):
        admit(database, consultation, f"Y otro aporte más, el {n}", status=Status.PUBLISHED)
    assert found(database) == set(WORDS)
    rounds.work(app, now=now)
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("uno"), now=now)
    rounds.work(app, now=now + timedelta(hours=73))
    assert found(database) == set()
    sound(database)
