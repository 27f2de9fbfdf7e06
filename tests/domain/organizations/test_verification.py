"""An organisation asks for an account: confirmed by mail, looked at by both sides, never kept out by silence."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.domain.organizations import members, reading, requests, verification
from consulta.domain.organizations.reading import BodyView
from consulta.models.accounts import Account, RoleName, Sector
from consulta.models.organizations import Organization, OrganizationMember, Standing
from consulta.models.outbox import OutboxMessage
from tests.support.acts import listed
from tests.support.audits import sound
from tests.support.people import staff

NO = "No encontramos a la organización en ningún registro."


def ask(
    database: Database, view: ConsultationView, now: datetime, email: str = "ana@vecinas.example", name: str = "Vecinas"
) -> int:
    """Ask for an account; the account's id."""
    with database.transaction() as db:
        requests.ask(
            db,
            consultation=view,
            name=name,
            acronym=None,
            sector="cso",
            about="Somos vecinas.",
            email=email,
            language="es",
            now=now,
        )
        id_: int = db.execute(select(Account.id).where(Account.email == email)).scalar_one()
    return id_


def body(database: Database, view: ConsultationView, slug: str = "vecinas") -> BodyView:
    """The organisation as it stands."""
    with database.session(read_only=True) as db:
        found = reading.by_slug(db, view.id, slug)
        assert found is not None
        return reading.view_of(found)


def send(database: Database, view: ConsultationView, account: int, now: datetime, slug: str = "vecinas") -> None:
    """Stand by the request, signed in."""
    with database.transaction() as db:
        found = reading.by_slug(db, view.id, slug)
        assert found is not None
        requests.send(db, view, reading.view_of(found), by=by(db, view, account), now=now)


def judge(
    database: Database, view: ConsultationView, sector: Sector, now: datetime, accepts: bool = True, **more: Any
) -> None:
    """One side says yes or no."""
    account = more.pop("account", None) or staff(
        database, view, f"{sector.value}@equipo.example", role=RoleName.FACILITATOR, sector=sector
    )
    given = {"reason": None if accepts else NO, **more}
    seen = given.pop("seen", None) or body(database, view)
    with database.transaction() as db:
        who = by(db, view, account)
        verification.decide(db, view, seen, sector=sector, by=who, accepts=accepts, now=now, **given)


@pytest.fixture
def asked(database: Database, consultation: ConsultationView, now: datetime) -> int:
    """A request that its representative stands by; the account."""
    account = ask(database, consultation, now)
    send(database, consultation, account, now)
    return account


def test_nothing_is_public_until_the_mail_is_answered(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ask(database, consultation, now)
    with database.session(read_only=True) as db:
        with pytest.raises(NotFound):
            reading.one(db, consultation, "vecinas")
        assert reading.asking(db, consultation) == []
        assert [row.template for row in db.execute(select(OutboxMessage.template))] == ["organization"]
        before = log.head(db, consultation.log_id).length
    send(database, consultation, ask(database, consultation, now), now)
    with database.session(read_only=True) as db:
        assert reading.one(db, consultation, "vecinas").standing is Standing.ASKED
        assert log.head(db, consultation.log_id).length == before + 1
    sound(database)


def test_one_mail_a_day_and_a_short_name_of_its_own_for_each_request(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for name in ("Vecinas", "Vecinas", "¡¿?!"):
        ask(database, consultation, now, name=name)
    with database.session(read_only=True) as db:
        assert sorted(db.execute(select(Organization.slug)).scalars()) == ["entidad-1", "vecinas", "vecinas-2"]
        assert db.execute(select(func.count(OutboxMessage.id))).scalar_one() == 1


def test_both_sides_say_yes(database: Database, consultation: ConsultationView, now: datetime, asked: int) -> None:
    with database.session(read_only=True) as db:
        for sector in Sector:
            assert [one.slug for one in verification.unanswered(db, consultation, sector)] == ["vecinas"]
    judge(database, consultation, Sector.GOVERNMENT, now)
    assert body(database, consultation).standing is Standing.ASKED
    with database.session(read_only=True) as db:
        assert verification.unanswered(db, consultation, Sector.GOVERNMENT) == []
    judge(database, consultation, Sector.CIVIL_SOCIETY, now)
    assert body(database, consultation).standing is Standing.VERIFIED
    with database.session(read_only=True) as db:
        said = verification.verdicts(db, consultation, body(database, consultation).id)
        assert [(one.sector, one.accepts) for one in said] == [(Sector.GOVERNMENT, True), (Sector.CIVIL_SOCIETY, True)]
        assert members.spoken_for(db, consultation, asked)[0].slug == "vecinas"
        assert members.represented(db, consultation)[0][0] == "vecinas"
        assert members.memberships(db, asked)[0][3] is Standing.VERIFIED
    sound(database)


def test_a_no_has_a_reason_and_may_be_appealed_once(
    database: Database, consultation: ConsultationView, now: datetime, asked: int
) -> None:
    with pytest.raises(Invalid):
        judge(database, consultation, Sector.GOVERNMENT, now, accepts=False, reason="no")
    judge(database, consultation, Sector.GOVERNMENT, now, accepts=False)
    refused = body(database, consultation)
    assert refused.standing is Standing.REFUSED
    with database.transaction() as db:
        who = by(db, consultation, asked)
        with pytest.raises(Invalid):
            verification.appeal(db, consultation, refused, text="corto", by=who, now=now)
        verification.appeal(db, consultation, refused, text="Sí estamos en el registro.", by=who, now=now)
    again = body(database, consultation)
    assert (again.standing, again.round, again.appeal) == (Standing.APPEALED, 2, "Sí estamos en el registro.")
    judge(
        database,
        consultation,
        Sector.GOVERNMENT,
        now,
        accepts=False,
        account=staff(database, consultation, "x@e.example"),
    )
    seen = body(database, consultation)
    with pytest.raises(Conflict), database.transaction() as db:
        verification.appeal(db, consultation, seen, text="Otra vez.....", by=By(asked, "vecinas"), now=now)
    sound(database)


def test_nobody_judges_their_own_or_twice_or_what_changed(
    database: Database, consultation: ConsultationView, now: datetime, asked: int
) -> None:
    with pytest.raises(NotAllowed):
        judge(database, consultation, Sector.GOVERNMENT, now, account=asked)
    seen = body(database, consultation)
    judge(database, consultation, Sector.GOVERNMENT, now)
    other = staff(database, consultation, "otra@equipo.example", role=RoleName.FACILITATOR, sector=Sector.GOVERNMENT)
    with pytest.raises(Conflict):
        judge(database, consultation, Sector.GOVERNMENT, now, account=other)
    judge(database, consultation, Sector.CIVIL_SOCIETY, now, accepts=False)
    with pytest.raises(Conflict):
        judge(database, consultation, Sector.CIVIL_SOCIETY, now, seen=seen)
    stranger = staff(database, consultation, "nadie@equipo.example")
    seen = body(database, consultation)
    with pytest.raises(NotAllowed), database.transaction() as db:
        verification.appeal(db, consultation, seen, text="Yo también apelo.", by=By(stranger, "otra"), now=now)


def test_silence_does_not_keep_it_out(
    database: Database, consultation: ConsultationView, now: datetime, asked: int
) -> None:
    due = body(database, consultation).answer_by
    assert due is not None
    last_day = datetime.combine(due, time(12), tzinfo=consultation.timezone)
    for at, lapsed, standing in (
        (last_day, 0, Standing.ASKED),
        (last_day + timedelta(days=1), 1, Standing.PROVISIONAL),
        (last_day + timedelta(days=2), 0, Standing.PROVISIONAL),
    ):
        with database.transaction() as db:
            assert verification.lapse(db, now=at) == lapsed
        assert body(database, consultation).standing is standing
    judge(database, consultation, Sector.GOVERNMENT, now, accepts=False)
    assert body(database, consultation).standing is Standing.REFUSED, "a provisional one can still be refused"
    with database.session(read_only=True) as db:
        told = list(db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "standing")).scalars())
    assert [one["standing"] for one in told] == ["provisional", "refused"]
    sound(database)


def test_what_nobody_confirmed_in_a_week_is_forgotten_with_its_account(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ask(database, consultation, now)
    for days, left in ((7, 1), (9, 0)):
        with database.transaction() as db:
            requests.forget(db, now=now + timedelta(days=days))
        with database.session(read_only=True) as db:
            for model in (Organization, OrganizationMember):
                assert db.execute(select(func.count()).select_from(model)).scalar_one() == left
            assert db.execute(select(func.count(Account.id))).scalar_one() == left


def test_two_say_that_they_speak_for_a_listed_body_and_one_stands_by_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    listed(database, consultation)
    for email in ("ana@agua.example", "impostor@otra.example", "ana@agua.example"):
        with database.transaction() as db:
            water = requests.listed(db, consultation, "agua", now=now)
            assert water is not None
            args: dict[str, Any] = {"email": email, "language": "es", "now": now}
            requests.request_listed(db, consultation=consultation, body=water, **args)
    with database.session(read_only=True) as db:
        ana = db.execute(select(Account.id).where(Account.email == "ana@agua.example")).scalar_one()
        assert requests.pending(db, body(database, consultation, "agua"), ana)
        assert requests.listed(db, consultation, None, now=now) is None
    send(database, consultation, ana, now, "agua")
    with database.session(read_only=True) as db:
        assert members.members(db, body(database, consultation, "agua").id) == [ana]
        assert db.execute(select(func.count(Account.id))).scalar_one() == 1, "the other account was never used"
        with pytest.raises(Conflict):
            requests.listed(db, consultation, "agua", now=now)
    with pytest.raises(Conflict):
        send(database, consultation, ana, now, "agua")
    sound(database)
