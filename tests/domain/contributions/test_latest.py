"""The order of publication: by day and place, without a time of day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import latest
from consulta.models.contributions import Status
from tests.support.audits import sound
from tests.support.contributions import admit, submit
from tests.support.moderation import decide
from tests.support.people import staff


def published(database: Database, view: ConsultationView) -> list[tuple[int, date | None]]:
    """Number and day, the latest first."""
    with database.session(read_only=True) as db:
        return [(row.number, row.published_on) for row in latest.published(db, view, limit=50)]


def test_taking_back_an_erasure_does_not_publish_anew(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana, today = staff(database, consultation), consultation.today(now)
    submit(database, consultation, "Dije esto primero", "uno")
    submit(database, consultation, "Dije otra cosa", "dos")
    decide(database, consultation, ana, 2)
    decide(database, consultation, ana, 1)
    assert published(database, consultation) == [(1, today), (2, today)]
    with database.transaction() as db:
        rights.ask_erasure(db, codes.folio_of("dos"), now=now)
    assert published(database, consultation) == [(1, today)]
    with database.transaction() as db:
        rights.take_back_erasure(db, codes.folio_of("dos"), now=now)
    assert published(database, consultation) == [(1, today), (2, today)]
    sound(database)


def test_earlier_publications_get_their_day_and_place(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana, today = staff(database, consultation), consultation.today(now)
    admit(database, consultation, "Dije esto hace nueve días", now=now - timedelta(days=9))
    admit(database, consultation, "Al instante", status=Status.PUBLISHED, now=now - timedelta(days=2))
    decide(database, consultation, ana, 1)
    before = published(database, consultation)
    schema.downgrade(database, "0019")
    schema.upgrade(database)
    assert published(database, consultation) == [(1, today), (2, today - timedelta(days=2))] == before
    admit(database, consultation, "Después", status=Status.PUBLISHED)
    assert [number for number, _ in published(database, consultation)] == [3, 1, 2]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_two_at_once_lose_none(database: Database, consultation: ConsultationView) -> None:
    def publish(_n: int) -> None:
        for n in range(10):
            admit(database, consultation, f"Una más, la {n}", status=Status.PUBLISHED)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(publish, range(2)))
    assert sorted(number for number, _ in published(database, consultation)) == list(range(1, 21))
