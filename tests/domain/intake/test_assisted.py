"""What came on paper or by word of mouth, entered by somebody else in the person's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.authors import tracking
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import AlreadyReceived, Conflict, Invalid, NotAllowed
from consulta.domain.intake import assisted
from consulta.domain.intake.assisted import Brought
from consulta.models.accounts import RoleName
from consulta.models.contributions import Channel
from consulta.models.moderation import Intake
from tests.support import moderation
from tests.support.audits import sound
from tests.support.consultations import a_consultation, load
from tests.support.people import staff


def brought(view: ConsultationView, now: datetime, **more: Any) -> Brought:
    """Something that came on paper today."""
    given = {"channel": Channel.PAPER, "body": "Falta agua en mi aldea", "received_on": view.today(now), **more}
    return Brought(**given)


def enter(database: Database, view: ConsultationView, now: datetime, account: int, key: str = "k", **more: Any) -> str:
    """Enter it; the code."""
    with database.transaction() as db:
        who, what = by(db, view, account), brought(view, now, **more)
        return assisted.enter(db, view, what, submission=key, by=who, now=now)


def test_the_person_gets_a_code_and_the_words_stay_theirs(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account = staff(database, consultation)
    words = "  así lo dijo,\n  con sus espacios "
    day = consultation.today(now) - timedelta(days=2)
    folio = enter(database, consultation, now, account, body=words, title="Agua", received_on=day, department="16")
    assert codes.read_folio(folio) == folio
    with database.session(read_only=True) as db:
        mine = tracking.follow(db, folio)
        assert db.execute(select(Intake.account_id)).scalar_one() == account
    assert (mine.body, mine.title, mine.received_on) == (words, "Agua", day)
    sound(database)


def test_who_entered_it_does_not_decide_upon_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    account, other = staff(database, consultation), staff(database, consultation, "otra@equipo.example")
    enter(database, consultation, now, account)
    with pytest.raises(NotAllowed):
        moderation.decide(database, consultation, account)
    moderation.decide(database, consultation, other)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"body": "…"}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"channel": Channel.WEB}, "channel"),
        ({"received_on": datetime(2999, 1, 1).date()}, "received_on"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    database: Database, consultation: ConsultationView, now: datetime, more: dict[str, Any], field: str
) -> None:
    account = staff(database, consultation)
    with pytest.raises(Invalid) as refused:
        enter(database, consultation, now, account, **more)
    assert refused.value.field == field


def test_one_form_is_one_contribution(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account = staff(database, consultation)
    folio = enter(database, consultation, now, account)
    with pytest.raises(AlreadyReceived):
        enter(database, consultation, now, account)
    with database.session(read_only=True) as db:
        assert assisted.repeated(db, brought(consultation, now), submission="k") == folio
        for other in (brought(consultation, now, body="Otra cosa"), brought(consultation, now, department="16")):
            with pytest.raises(Conflict):
                assisted.repeated(db, other, submission="k")


def test_a_record_takes_nothing(database: Database, consultation: ConsultationView, now: datetime) -> None:
    account, record = staff(database, consultation), load(database, a_consultation("registro", kind="record"), now)
    with pytest.raises(NotAllowed):
        enter(database, record, now, account)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (RoleName.COORDINATOR, True),
        (RoleName.MODERATOR, True),
        (RoleName.FACILITATOR, True),
        (RoleName.SECRETARY, True),
        (RoleName.OBSERVER, False),
        (RoleName.TRANSLATOR, False),
        (RoleName.LIAISON, False),
    ],
)
def test_who_may_enter(
    database: Database, consultation: ConsultationView, now: datetime, role: RoleName, may: bool
) -> None:
    other = load(database, a_consultation("otra"), now)
    actor = Actor(1, "a@x.example", "es", 1, (Granted(role, consultation.id, None, None),))
    if may:
        assisted.check(actor, consultation)
    else:
        with pytest.raises(NotAllowed):
            assisted.check(actor, consultation)
    with pytest.raises(NotAllowed):
        assisted.check(actor, other)
    assert assisted.may_enter(actor, consultation) is may
    assert not assisted.may_enter(actor, other)
