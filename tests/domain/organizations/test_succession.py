"""Another member signs when the signatory is gone: both sectors say so, and who still signs can say no."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert, select, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, DomainError, Invalid, NotAllowed
from consulta.domain.organizations import membership, succession
from consulta.domain.organizations import reading as organizations
from consulta.domain.organizations.reading import BodyView
from consulta.models.accounts import Account, RequestState, RoleName, Sector
from consulta.models.organizations import Organization, OrganizationMember, SignatoryRequest, Standing
from consulta.models.outbox import OutboxMessage
from tests.support.audits import faults, sound
from tests.support.people import staff
from tests.support.personae import act_for, bodies

ANA, EVA, WHY = "ana@vecinas.example", "eva@vecinas.example", "Ana dejó la organización en octubre."
GOV, CSO = Sector.GOVERNMENT, Sector.CIVIL_SOCIETY


@pytest.fixture
def body(database: Database, consultation: ConsultationView, now: datetime) -> BodyView:
    """A verified organisation for which Ana signs and Eva writes."""
    bodies(database, consultation, now)
    act_for(database, consultation, "vecinas", now, ANA, EVA)
    with database.session(read_only=True) as db:
        return organizations.one(db, consultation, "vecinas")


@pytest.fixture
def sides(database: Database, consultation: ConsultationView) -> dict[Sector, int]:
    """Somebody of each sector."""
    return {
        side: staff(database, consultation, email=f"{side}@equipo.example", role=RoleName.FACILITATOR, sector=side)
        for side in Sector
    }


def account(database: Database, email: str) -> int:
    """The id of an account."""
    with database.session(read_only=True) as db:
        found = accounts.by_email(db, email)
        assert found
        return found[0]


def ask(
    database: Database,
    view: ConsultationView,
    body: BodyView,
    now: datetime,
    email: str = EVA,
    asked_by: int | None = None,
    reason: str = WHY,
) -> None:
    """Eva asks, unless somebody else does."""
    with database.transaction() as db:
        who = by(db, view, asked_by or account(database, EVA))
        succession.ask(db, view, body, email=email, reason=reason, by=who, now=now)


def answer(
    database: Database,
    view: ConsultationView,
    body: BodyView,
    now: datetime,
    sector: Sector | None,
    account_id: int,
    agrees: bool = True,
    reason: str = "",
) -> RequestState:
    """One side says yes or no."""
    with database.transaction() as db:
        who = by(db, view, account_id, sector)
        given = {"sector": sector, "agrees": agrees, "reason": reason}
        return succession.answer(db, view, body, by=who, now=now, **given)  # type: ignore[arg-type]


def signs(database: Database, body: BodyView) -> list[str]:
    """Who signs."""
    with database.session(read_only=True) as db:
        return [one.email for one in membership.people(db, body) if one.signatory]


def unanswered(database: Database, view: ConsultationView, sector: Sector, account_id: int) -> int:
    """How many requests wait for this person."""
    with database.session(read_only=True) as db:
        return len(succession.unanswered(db, view, sector, account_id))


def test_with_both_sectors_another_signs(
    database: Database, consultation: ConsultationView, body: BodyView, sides: dict[Sector, int], now: datetime
) -> None:
    ask(database, consultation, body, now)
    assert [unanswered(database, consultation, side, sides[side]) for side in Sector] == [1, 1]
    assert answer(database, consultation, body, now, GOV, sides[GOV]) is RequestState.WAITING
    assert signs(database, body) == [ANA]
    assert [unanswered(database, consultation, side, sides[side]) for side in Sector] == [0, 1]
    with pytest.raises(Conflict):
        answer(database, consultation, body, now, GOV, sides[GOV])
    assert answer(database, consultation, body, now, CSO, sides[CSO]) is RequestState.AGREED
    assert signs(database, body) == [EVA]
    with pytest.raises(Conflict):
        answer(database, consultation, body, now, CSO, sides[CSO])
    with database.session(read_only=True) as db:
        mails = db.execute(select(OutboxMessage.template).order_by(OutboxMessage.id)).scalars()
        assert [one for one in mails if one in ("succession", "membership")] == ["succession", "membership"]
    sound(database)


def test_one_no_ends_it_with_a_reason(
    database: Database, consultation: ConsultationView, body: BodyView, sides: dict[Sector, int], now: datetime
) -> None:
    ask(database, consultation, body, now)
    with pytest.raises(Invalid):
        answer(database, consultation, body, now, CSO, sides[CSO], agrees=False)
    said = answer(database, consultation, body, now, CSO, sides[CSO], False, "Ana sigue ahí, la llamé.")
    assert said is RequestState.REFUSED
    assert signs(database, body) == [ANA]
    ask(database, consultation, body, now)
    sound(database)


def test_who_still_signs_says_no_and_who_asked_takes_it_back(
    database: Database, consultation: ConsultationView, body: BodyView, sides: dict[Sector, int], now: datetime
) -> None:
    ask(database, consultation, body, now)
    ana, eva = account(database, ANA), account(database, EVA)
    for who in (eva, ana):
        with pytest.raises(NotAllowed):
            answer(database, consultation, body, now, None, who)
    with pytest.raises(NotAllowed):
        answer(database, consultation, body, now, None, sides[GOV], False, "No es de mi sector.")
    assert answer(database, consultation, body, now, None, ana, False, "Sigo firmando yo.") is RequestState.REFUSED
    ask(database, consultation, body, now)
    assert answer(database, consultation, body, now, None, eva, False) is RequestState.WITHDRAWN
    assert signs(database, body) == [ANA]
    sound(database)


def test_nobody_answers_for_their_own_organisation_nor_for_both_sectors(
    database: Database, consultation: ConsultationView, body: BodyView, sides: dict[Sector, int], now: datetime
) -> None:
    ask(database, consultation, body, now)
    with database.transaction() as db:
        own = {"organization_id": body.id, "account_id": sides[GOV], "signatory": False}
        db.execute(insert(OrganizationMember).values(**own))
    assert unanswered(database, consultation, GOV, sides[GOV]) == 0
    with pytest.raises(Conflict):
        answer(database, consultation, body, now, GOV, sides[GOV])
    answer(database, consultation, body, now, CSO, sides[CSO])
    assert unanswered(database, consultation, GOV, sides[CSO]) == 0, "one person is one voice"


def test_who_coordinates_names_somebody_who_is_no_member_yet_and_a_member_does_not(
    database: Database, consultation: ConsultationView, body: BodyView, sides: dict[Sector, int], now: datetime
) -> None:
    coordinates = staff(database, consultation, email="c@equipo.example", role=RoleName.COORDINATOR)
    with pytest.raises(Invalid, match="ya actúe"):
        ask(database, consultation, body, now, email="leo@vecinas.example")
    with pytest.raises(Invalid, match="ya firma"):
        ask(database, consultation, body, now, email=ANA)
    ask(database, consultation, body, now, email=" LEO@vecinas.example", asked_by=coordinates)
    with pytest.raises(Conflict):
        ask(database, consultation, body, now)
    for side in Sector:
        answer(database, consultation, body, now, side, sides[side])
    assert signs(database, body) == ["leo@vecinas.example"]
    with database.session(read_only=True) as db:
        assert {one.email for one in membership.people(db, body)} == {ANA, EVA, "leo@vecinas.example"}
    sound(database)


def test_what_is_asked_says_why_of_an_organisation_that_is_verified(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        ask(database, consultation, body, now, reason="se fue")
    assert refused.value.field == "reason"
    with database.transaction() as db:
        db.execute(update(Organization).where(Organization.id == body.id).values(standing=Standing.REFUSED))
        body = organizations.one(db, consultation, "vecinas")
    with pytest.raises(NotAllowed):
        ask(database, consultation, body, now)


@pytest.mark.parametrize("what", ["suspended", "removed", "refused"])
def test_what_happened_since_it_was_asked_counts(
    database: Database,
    consultation: ConsultationView,
    body: BodyView,
    sides: dict[Sector, int],
    now: datetime,
    what: str,
) -> None:
    ask(database, consultation, body, now)
    answer(database, consultation, body, now, GOV, sides[GOV])
    eva = account(database, EVA)
    with database.transaction() as db:
        if what == "suspended":
            db.execute(update(Account).where(Account.id == eva).values(suspended=True))
        elif what == "removed":
            ana = by(db, consultation, accounts.by_email(db, ANA)[0])  # type: ignore[index]
            membership.remove(db, consultation, body, account_id=eva, by=ana, now=now)
        else:
            db.execute(update(Organization).where(Organization.id == body.id).values(standing=Standing.REFUSED))
            body = organizations.one(db, consultation, "vecinas")
    with pytest.raises(Conflict):
        answer(database, consultation, body, now, CSO, sides[CSO])
    assert signs(database, body) == [ANA]
    said = answer(database, consultation, body, now, CSO, sides[CSO], False, "Ya no puede ser así.")
    assert said is RequestState.REFUSED


def test_who_signs_is_warned_of_each_request(
    database: Database, consultation: ConsultationView, body: BodyView, now: datetime
) -> None:
    for _ in range(2):
        ask(database, consultation, body, now)
        answer(database, consultation, body, now, None, account(database, EVA), False)
    with database.session(read_only=True) as db:
        mails = db.execute(select(OutboxMessage.id).where(OutboxMessage.template == "succession")).all()
        assert len(mails) == 2


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_both_sectors_at_once_make_one_signatory(
    dialect: str,
    database: Database,
    consultation: ConsultationView,
    body: BodyView,
    sides: dict[Sector, int],
    now: datetime,
) -> None:
    """Whoever comes second at the same instant is told that it changed, and says it again."""
    ask(database, consultation, body, now)

    def say(side: Sector) -> str:
        for _ in range(3):
            try:
                return answer(database, consultation, body, now, side, sides[side]).value
            except DomainError:
                continue
        return "lost"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(say, Sector)) == ["agreed", "waiting"]
    assert signs(database, body) == [EVA]
    sound(database)


@pytest.mark.parametrize("column", ["reason", "gov_by", "state", "account_id"])
def test_the_check_finds_what_somebody_changes_behind_the_application(
    database: Database,
    consultation: ConsultationView,
    body: BodyView,
    sides: dict[Sector, int],
    now: datetime,
    column: str,
) -> None:
    ask(database, consultation, body, now)
    answer(database, consultation, body, now, CSO, sides[CSO])
    sound(database)
    new = {
        "reason": "Otra razón.",
        "gov_by": sides[GOV],
        "state": RequestState.WITHDRAWN,
        "account_id": account(database, ANA),
    }
    with database.transaction() as db:
        db.execute(update(SignatoryRequest).values(**{column: new[column]}))
    assert any("what was asked" in fault for fault in faults(database, consultation))
