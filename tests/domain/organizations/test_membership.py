"""The people of an organisation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, links
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.organizations import membership, positions
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations.reading import BodyView
from consulta.models.accounts import Account
from consulta.models.organizations import Organization, Standing
from consulta.models.outbox import OutboxMessage
from consulta.models.positions import Stance
from tests.support.audits import sound
from tests.support.personae import act_for, bodies


@pytest.fixture
def body(database: Database, consultation: ConsultationView, now: datetime) -> BodyView:
    """A verified organisation, and Ana who signs for it."""
    bodies(database, consultation, now)
    act_for(database, consultation, "vecinas", now, ANA)
    with database.session(read_only=True) as db:
        return organizations.one(db, consultation, "vecinas")


def account(database: Database, email: str) -> int:
    """The id of an account."""
    with database.session(read_only=True) as db:
        found = accounts.by_email(db, email)
        assert found
        return found[0]


def act(
    database: Database, view: ConsultationView, body: BodyView, now: datetime, what: str, who: str, **given: object
) -> None:
    """One act by somebody."""
    with database.transaction() as db:
        getattr(membership, what)(db, view, body, by=by(db, view, account(database, who)), now=now, **given)


def who(database: Database, body: BodyView) -> list[tuple[str, bool]]:
    """Who acts for it, and whether they sign."""
    with database.session(read_only=True) as db:
        return [(one.email, one.signatory) for one in membership.people(db, body)]


def chosen(database: Database, email: str) -> int:
    """Somebody chose a password."""
    with database.transaction() as db:
        db.execute(update(Account).where(Account.email == email).values(password_hash="x"))
    return account(database, email)


ANA, EVA = "ana@vecinas.example", "eva@vecinas.example"


def test_a_second_person_writes_and_takes_the_signature_over(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    act(database, consultation, body, now, "add", ANA, email=" EVA@vecinas.example ")
    assert who(database, body) == [(ANA, True), (EVA, False)]
    with pytest.raises(Invalid, match="todavía no eligió"):
        act(database, consultation, body, now, "hand_over", ANA, account_id=account(database, EVA))
    eva = chosen(database, EVA)
    with pytest.raises(NotAllowed):
        act(database, consultation, body, now, "hand_over", EVA, account_id=eva)
    act(database, consultation, body, now, "hand_over", ANA, account_id=eva)
    assert who(database, body) == [(EVA, True), (ANA, False)]
    act(database, consultation, body, now, "remove", EVA, account_id=account(database, ANA))
    assert who(database, body) == [(EVA, True)]
    sound(database)


def test_a_mail_says_what_one_may_do_and_gives_a_link_to_who_has_no_password(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    act(database, consultation, body, now, "add", ANA, email=EVA)
    eva = chosen(database, EVA)
    act(database, consultation, body, now, "hand_over", ANA, account_id=eva)
    with database.session(read_only=True) as db:
        mails = db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "membership")).scalars()
        assert [(mail["signs"], mail["token"] is None) for mail in mails] == [(False, False), (True, True)]


def test_nobody_is_added_twice_nor_by_who_does_not_sign(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    act(database, consultation, body, now, "add", ANA, email=EVA)
    with pytest.raises(Invalid, match="ya actúa"):
        act(database, consultation, body, now, "add", ANA, email=EVA)
    with pytest.raises(NotAllowed):
        act(database, consultation, body, now, "add", EVA, email="otra@vecinas.example")
    with pytest.raises(NotAllowed):
        act(database, consultation, body, now, "remove", EVA, account_id=account(database, ANA))
    act(database, consultation, body, now, "remove", EVA, account_id=account(database, EVA))
    assert who(database, body) == [(ANA, True)]


def test_who_signs_does_not_leave_it_without_a_signature(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    with pytest.raises(Conflict):
        act(database, consultation, body, now, "remove", ANA, account_id=account(database, ANA))


def test_an_organisation_that_is_not_verified_has_no_people_to_add(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    with database.transaction() as db:
        db.execute(update(Organization).where(Organization.id == body.id).values(standing=Standing.REFUSED))
        refused = organizations.view_of(db.get(Organization, body.id))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        act(database, consultation, refused, now, "add", ANA, email=EVA)


def test_no_more_than_so_many(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "MOST", 1)
    with pytest.raises(Invalid, match="más no caben"):
        act(database, consultation, body, now, "add", ANA, email=EVA)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_two_hands_at_once_leave_one_signature(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    others = [f"{n}@vecinas.example" for n in range(6)]
    for one in others:
        act(database, consultation, body, now, "add", ANA, email=one)
        chosen(database, one)

    def hand(email: str) -> bool:
        try:
            act(database, consultation, body, now, "hand_over", ANA, account_id=account(database, email))
        except (Conflict, NotAllowed):
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(hand, others)) == 1
    assert sum(signs for _, signs in who(database, body)) == 1
    sound(database)


def test_added_again_on_the_same_day_the_first_link_holds(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    act(database, consultation, body, now, "add", ANA, email=EVA)
    with database.session(read_only=True) as db:
        (mail,) = db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "membership")).scalars()
    act(database, consultation, body, now, "remove", ANA, account_id=account(database, EVA))
    act(database, consultation, body, now, "add", ANA, email=EVA)
    with database.session(read_only=True) as db:
        assert links.link_holds(db, mail["token"], now=now)


def test_who_signs_does_not_hand_it_to_themselves_nor_to_who_is_suspended(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    with pytest.raises(Conflict, match="ya firma"):
        act(database, consultation, body, now, "hand_over", ANA, account_id=account(database, ANA))
    act(database, consultation, body, now, "add", ANA, email=EVA)
    eva = chosen(database, EVA)
    with database.transaction() as db:
        db.execute(update(Account).where(Account.id == eva).values(suspended=True))
    with pytest.raises(Invalid):
        act(database, consultation, body, now, "hand_over", ANA, account_id=eva)


def test_who_writes_publishes_no_position(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    act(database, consultation, body, now, "add", ANA, email=EVA)
    with database.transaction() as db, pytest.raises(NotAllowed):
        positions.publish(
            db,
            consultation,
            body,
            subject=positions.WHOLE,
            stance=Stance.SUPPORT,
            text="Estamos de acuerdo con todo.",
            document=None,
            by=by(db, consultation, account(database, EVA)),
            now=now,
        )


def test_who_verifies_sees_the_address_and_that_is_on_record(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    with database.transaction() as db:
        assert membership.look(db, consultation, body, by=by(db, consultation, account(database, ANA)), now=now) == [
            ANA
        ]
    sound(database)
