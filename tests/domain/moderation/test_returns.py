"""A proposal goes back to be corrected: what is asked, until when, and that silence never loses it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.errors import Invalid
from consulta.domain.moderation import decisions, history, returns
from consulta.domain.moderation.returns import Returned
from consulta.models.contributions import Status
from consulta.models.moderation import Verdict
from tests.support import moderation
from tests.support.audits import sound
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.proposals import consultation as consultation
from tests.support.proposals import send, written
from tests.support.visitor import Visitor


@pytest.fixture
def number(app: Flask, visitor: Visitor) -> int:
    """A proposal of a person, sent."""
    send(visitor, written(visitor))
    return 1


def give_back(
    database: Database, view: ConsultationView, number: int, now: datetime, *fields: str, days: int = 10
) -> Returned:
    """Return it as the desk does."""
    account, asked = staff(database, view), Returned(fields, view.today(now) + timedelta(days=days))
    with database.transaction() as db:
        decisions.decide(
            db,
            consultation=view,
            number=number,
            verdict=Verdict.RETURN,
            reason_code=None,
            note="Falta decir a quién afecta.",
            ordinal=0,
            by=by(db, view, account),
            now=now,
            returned=asked,
        )
    return asked


def test_what_is_asked_is_kept_with_its_day(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    asked = give_back(database, consultation, number, now, "problem", "action")
    with database.session(read_only=True) as db:
        row = status.by_number(db, consultation, number)
        assert row.status is Status.RETURNED
        assert returns.latest(db, row.id) == asked
        assert returns.all_of(db, row.id) == [(["problem", "action"], asked.due_on.isoformat())]
        [step] = [one for one in history.history(db, consultation, row.id) if one.kind == "return"]
    assert step.note == "Falta decir a quién afecta."
    sound(database)


@pytest.mark.parametrize(
    ("fields", "days", "field"),
    [((), 10, "fields"), (("problem",), 0, "due"), (("problem",), -1, "due"), (("problem",), 61, "due")],
)
def test_a_return_names_fields_and_a_day_of_the_next_sixty(
    database: Database,
    consultation: ConsultationView,
    number: int,
    now: datetime,
    fields: tuple[str, ...],
    days: int,
    field: str,
) -> None:
    asked = Returned(fields, consultation.today(now) + timedelta(days=days))
    with database.session(read_only=True) as db:
        with pytest.raises(Invalid) as refused:
            returns.check(db, consultation, number, asked, now=now)
        with pytest.raises(Invalid):
            returns.check(db, consultation, number, None, now=now)
        last = Returned(("problem",), consultation.today(now) + timedelta(days=60))
        returns.check(db, consultation, number, last, now=now)
    assert refused.value.field == field


def test_only_a_proposal_that_waits_goes_back(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    [opinion] = admit(database, consultation, "Falta agua")
    asked = Returned(("problem",), consultation.today(now) + timedelta(days=5))
    with database.session(read_only=True) as db:
        for wrong in (opinion.number, 99):
            with pytest.raises(Invalid) as refused:
                returns.check(db, consultation, wrong, asked, now=now)
            assert refused.value.field == "verdict"


def test_not_corrected_in_time_it_goes_on_as_it_stands(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    give_back(database, consultation, number, now, "problem", days=2)
    for days, moved, after in ((1, 0, Status.RETURNED), (2, 0, Status.RETURNED), (3, 1, Status.RECEIVED)):
        with database.transaction() as db:
            assert returns.go_on(db, now=now + timedelta(days=days)) == moved, f"after {days} days"
        with database.session(read_only=True) as db:
            row = status.by_number(db, consultation, number)
        assert row.status is after
    assert row.awaiting_review
    with database.transaction() as db:
        assert returns.go_on(db, now=now + timedelta(days=9)) == 0, "once"
    sound(database)


def test_what_was_decided_meanwhile_does_not_go_back(
    database: Database, consultation: ConsultationView, number: int, now: datetime
) -> None:
    account = staff(database, consultation)
    moderation.decide(database, consultation, account, number)
    with pytest.raises(Invalid):
        give_back(database, consultation, number, now, "problem")
    with database.session(read_only=True) as db:
        assert status.by_number(db, consultation, number).status is Status.PUBLISHED
