"""Taking an opinion in, and taking it back: the windows, the causes to wait, and what is gone at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from consulta.database.transactions import Database, commit_new
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import opinions, reading, similar, status, withdrawal
from consulta.domain.contributions.queries import Filters
from consulta.domain.contributions.submission import Submitted
from consulta.domain.contributions.withdrawal import Own
from consulta.domain.errors import Closed, Conflict, NotFound
from consulta.domain.sheets.sheet import Sheet
from consulta.models.contributions import Status
from tests.support import moderation
from tests.support.audits import sound
from tests.support.contributions import submit
from tests.support.people import staff


def own(database: Database, view: ConsultationView, number: int = 1) -> Own:
    """A contribution as its author holds it."""
    with database.session(read_only=True) as db:
        row = status.by_number(db, view, number)
    return Own(row.id, number, row.status, row.awaiting_review, view)


@pytest.mark.parametrize(
    ("cause", "expected"), [(None, Status.RECEIVED), ("trap", Status.HELD), ("too-fast", Status.HELD)]
)
def test_nobody_is_refused_for_looking_suspicious(
    database: Database, consultation: ConsultationView, cause: str | None, expected: Status
) -> None:
    submit(database, consultation, held_cause=cause)
    assert own(database, consultation).status is expected


def test_an_opinion_has_its_time(database: Database, consultation: ConsultationView, now: datetime) -> None:
    for late in (timedelta(days=-30), timedelta(days=30)):
        with pytest.raises(Closed):
            submit(database, consultation, now=now + late)
        with database.session() as db, pytest.raises(Closed):
            opinions.send(
                db,
                consultation=consultation,
                given=Submitted(body="Tarde"),
                submission="k",
                held_cause=None,
                language="es",
                now=now + late,
            )


@pytest.mark.parametrize("email", [None, "eva@persona.example"])
def test_both_ways_in_give_the_code_of_the_key(
    database: Database, consultation: ConsultationView, now: datetime, email: str | None
) -> None:
    with database.session() as db:
        given = Submitted(body="Falta agua", email=email)
        args = {"submission": "k", "held_cause": None, "language": "es", "now": now}
        folio = opinions.send(db, consultation=consultation, given=given, **args)  # type: ignore[arg-type]
        commit_new(db)
    assert folio == codes.folio_of("k")
    assert own(database, consultation).status is Status.RECEIVED
    sound(database)


def test_what_is_taken_back_is_out_of_everything_at_once(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    submit(database, consultation, "Falta agua")
    moderation.decide(database, consultation, staff(database, consultation))
    with database.transaction() as db:
        withdrawal.withdraw(db, own(database, consultation), now=now)
    with database.session(read_only=True) as db:
        assert reading.page(db, consultation, Filters()).count == 0
        assert reading.page(db, consultation, Filters(q="agua")).rows == []
        assert list(reading.stream(db, consultation)) == []
        assert reading.one(db, consultation, 1).row is None
    sound(database)


def test_what_is_gone_is_not_taken_back_again_and_a_stale_one_is_told(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    submit(database, consultation)
    seen = own(database, consultation)
    moderation.decide(database, consultation, staff(database, consultation))
    with pytest.raises(Conflict, match="cambió"), database.transaction() as db:
        withdrawal.withdraw(db, seen, now=now)
    with database.transaction() as db:
        withdrawal.withdraw(db, own(database, consultation), now=now)
    with pytest.raises(Conflict, match="ya fue retirado"), database.transaction() as db:
        withdrawal.withdraw(db, own(database, consultation), now=now)
    with database.session(read_only=True) as db, pytest.raises(NotFound):
        status.by_number(db, consultation, 2)


def test_opinions_are_never_like_proposals(database: Database, consultation: ConsultationView) -> None:
    submit(database, consultation, "Nadie sabe cuánto pagan los hospitales por las medicinas")
    moderation.decide(database, consultation, staff(database, consultation))
    sheet = Sheet(title="Medicinas", problem="Nadie sabe cuánto pagan los hospitales por las medicinas")
    with database.transaction() as db:
        similar.refresh(db, consultation.id, own(database, consultation).id)
        assert similar.find(db, consultation, sheet, except_=None) == []
