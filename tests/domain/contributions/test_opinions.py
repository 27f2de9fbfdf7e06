"""Giving an opinion: once per key, with a code, in its stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import submission
from consulta.domain.contributions.submission import Submitted
from consulta.domain.errors import AlreadyReceived, Closed, Conflict
from consulta.models.contributions import Contribution, Contributor
from consulta.models.opinions import Opinion
from consulta.models.outbox import OutboxMessage
from tests.support.consultations import a_consultation, load
from tests.support.contributions import submit


def test_a_receipt_has_number_code_and_two_dates(database: Database, consultation: ConsultationView) -> None:
    now = datetime.now(UTC)
    receipt = submit(database, consultation, now=now)
    assert receipt.number == 1
    assert receipt.folio == codes.folio_of("k")
    assert receipt.review_by == consultation.today(now) + timedelta(days=7)
    assert receipt.answer_by == consultation.today(now) + timedelta(days=60)
    assert submit(database, consultation, key="other").number == 2


def test_the_text_is_kept_as_sent(database: Database, consultation: ConsultationView) -> None:
    body = "O'Brien, ch'e', saltillo ꞌ =) 👍🏽\n\n  dos  espacios\n" + "á" * 3000
    submit(database, consultation, body)
    with database.session(read_only=True) as db:
        assert db.execute(select(Opinion.__table__.c.body)).scalar_one() == body


def test_the_same_key_and_text_give_the_first_receipt(database: Database, consultation: ConsultationView) -> None:
    first = submit(database, consultation)
    with pytest.raises(AlreadyReceived):
        submit(database, consultation)
    with database.session(read_only=True) as db:
        again = submission.repeated(db, submission="k", given=Submitted(body="Falta agua en mi colonia."))
        assert (again.folio, again.number) == (first.folio, first.number)
        with pytest.raises(Conflict):
            submission.repeated(db, submission="k", given=Submitted(body="Otro texto distinto."))
        assert len(db.execute(select(Contribution.number)).all()) == 1


def test_the_code_is_kept_nowhere(database: Database, consultation: ConsultationView) -> None:
    receipt = submit(database, consultation, key="secret-key")
    with database.session(read_only=True) as db:
        row = db.execute(select(Contribution.__table__)).mappings().one()
        assert receipt.folio not in repr(dict(row))
        assert "secret-key" not in repr(dict(row))


@pytest.mark.parametrize(
    "typed", ["{0}", "{1}", " {2} ", "{0}\u2011", "{3}"], ids=["printed", "lower", "spaces", "hyphen", "o for zero"]
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    folio = codes.folio_of("k")
    shown = typed.format(folio, folio.lower(), folio.replace("-", "  "), folio.replace("0", "o").replace("1", "l"))
    assert codes.read_folio(shown) == folio


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * 16, "á" * 16, "\x00" * 16, "A" * 17, "x" * 5000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read_folio(typed) is None


def test_outside_its_stage_nothing_is_taken(database: Database) -> None:
    data = a_consultation("cerrada")
    data["stages"][1]["ends"] = "D-1"
    closed = load(database, data, datetime.now(UTC))
    with pytest.raises(Closed):
        submit(database, closed)
    with database.session(read_only=True) as db:
        assert db.execute(select(Contribution.number)).all() == []


def test_a_stage_opens_and_closes_at_midnight_of_its_zone(database: Database) -> None:
    data = a_consultation("zona")
    data["stages"][1] |= {"starts": "2026-03-01", "ends": "2026-03-31"}
    view = load(database, data, datetime(2026, 3, 5, tzinfo=UTC))
    assert not view.window("opinion", datetime(2026, 3, 1, 5, 59, 59, tzinfo=UTC)).open
    assert view.window("opinion", datetime(2026, 3, 1, 6, 0, tzinfo=UTC)).open
    assert view.window("opinion", datetime(2026, 4, 1, 5, 59, 59, tzinfo=UTC)).open
    assert not view.window("opinion", datetime(2026, 4, 1, 6, 0, tzinfo=UTC)).open


def test_under_18_neither_name_nor_address_is_kept(database: Database, consultation: ConsultationView) -> None:
    submit(database, consultation, age_group="under-18", name="Luz", publish_name=True, email="luz@persona.example")
    with database.session(read_only=True) as db:
        person = db.execute(select(Contributor.name, Contributor.email, Contributor.publish_name)).one()
        assert tuple(person) == (None, None, False)
        assert db.execute(select(OutboxMessage.id)).all() == []


def test_after_mode_publishes_on_arrival_and_waits_for_a_person(database: Database) -> None:
    data = a_consultation("despues")
    data["settings"] = {**data["settings"], "moderation": {"opinion": "after"}}
    view = load(database, data, datetime.now(UTC))
    assert submit(database, view).published
    assert not submit(database, view, key="held", held_cause="trap").published
    with database.session(read_only=True) as db:
        rows = db.execute(select(Contribution.status, Contribution.awaiting_review).order_by(Contribution.id)).all()
        assert [(status.value, waits) for status, waits in rows] == [("published", True), ("held", True)]


def test_an_address_brings_one_receipt_by_mail(database: Database, consultation: ConsultationView) -> None:
    submit(database, consultation, email="eva@persona.example")
    with database.session(read_only=True) as db:
        [message] = db.execute(select(OutboxMessage.template, OutboxMessage.recipient, OutboxMessage.payload)).all()
        assert message.template == "receipt"
        assert "eva@" not in message.recipient + repr(message.payload)
