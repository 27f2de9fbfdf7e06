"""What an author may do with the code: withdraw, remove the name, erase the address, erase everything, confirm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check
from consulta.domain.authors import erasure, rights, tracking
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading as contributions
from consulta.domain.contributions.queries import Filters
from consulta.domain.errors import Conflict, NotFound
from consulta.models.contributions import Contribution, Contributor, Status
from consulta.models.moderation import Verdict
from consulta.models.opinions import Opinion
from tests.support.clock import NOW
from tests.support.contributions import submit
from tests.support.moderation import decide
from tests.support.people import staff

FOLIO = codes.folio_of("k")


@pytest.fixture
def shown(database: Database, consultation: ConsultationView) -> ConsultationView:
    """A published opinion with everything that may be said of its author."""
    submit(
        database,
        consultation,
        name="Eva",
        publish_name=True,
        email="eva@persona.example",
        department="16",
        taking_part_as="citizen",
        age_group="30-59",
        gender="woman",
        language="quc",
        theme=consultation.themes[0],
    )
    decide(database, consultation, staff(database, consultation), note="Gracias")
    return consultation


def listed(database: Database, view: ConsultationView, q: str = "") -> list[int]:
    """The numbers in public."""
    with database.session(read_only=True) as db:
        return [row.number for row in contributions.page(db, view, Filters(q=q)).rows]


def sound(database: Database, view: ConsultationView) -> bool:
    """Whether the ledger check passes."""
    with database.session(read_only=True) as db:
        return check.check(db, view.log_id, consultation=view).faults == []


def test_withdrawn_is_gone_from_list_and_search_at_once(database: Database, shown: ConsultationView) -> None:
    assert listed(database, shown, "agua") == [1]
    with database.transaction() as db:
        rights.withdraw(db, FOLIO, now=NOW)
    assert listed(database, shown) == []
    assert listed(database, shown, "agua") == []
    with database.session(read_only=True) as db:
        assert contributions.one(db, shown, 1).status is Status.WITHDRAWN
    with pytest.raises(Conflict), database.transaction() as db:
        rights.withdraw(db, FOLIO, now=NOW)
    assert sound(database, shown)


def test_erasure_hides_at_once_and_destroys_after_72_hours(database: Database, shown: ConsultationView) -> None:
    with database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=NOW)
    assert listed(database, shown) == []
    with database.transaction() as db:
        assert erasure.erase(db, now=NOW + timedelta(hours=71)) == 0
    with database.transaction() as db:
        assert erasure.erase(db, now=NOW + timedelta(hours=73)) == 1
    with database.session(read_only=True) as db:
        body, salt = db.execute(select(Opinion.__table__.c.body, Opinion.__table__.c.body_salt)).one()
        person = db.execute(select(Contributor.__table__)).mappings().one()
        assert (body, salt) == (None, None)
        kept = {"contribution_id", "publish_name", "erase_contact_on"}
        assert {value for name, value in person.items() if name not in kept} == {None}
        assert tracking.follow(db, FOLIO).steps[0].note is None
        assert db.execute(select(Contribution.status)).scalar_one() is Status.ERASED
    assert sound(database, shown)


def test_an_erasure_is_taken_back_in_time(database: Database, shown: ConsultationView) -> None:
    with database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=NOW)
    with database.transaction() as db:
        rights.take_back_erasure(db, FOLIO, now=NOW + timedelta(hours=1))
    assert listed(database, shown, "agua") == [1]
    with database.transaction() as db:
        assert erasure.erase(db, now=NOW + timedelta(hours=100)) == 0
    with pytest.raises(Conflict), database.transaction() as db:
        rights.take_back_erasure(db, FOLIO, now=NOW)
    assert sound(database, shown)


def test_asking_twice_to_erase_is_refused_in_words(database: Database, shown: ConsultationView) -> None:
    with database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=NOW)
    with pytest.raises(Conflict, match="pedido"), database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=NOW)


def test_what_was_withdrawn_can_still_be_erased(database: Database, shown: ConsultationView) -> None:
    with database.transaction() as db:
        rights.withdraw(db, FOLIO, now=NOW)
    with database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=NOW)
    with database.transaction() as db:
        assert erasure.erase(db, now=NOW + timedelta(hours=73)) == 1
    assert sound(database, shown)


def test_name_and_address_go_alone(database: Database, shown: ConsultationView) -> None:
    with database.transaction() as db:
        rights.remove_name(db, FOLIO, now=NOW)
        rights.erase_email(db, FOLIO, now=NOW)
    with database.transaction() as db:
        rights.remove_name(db, FOLIO, now=NOW)
    with database.session(read_only=True) as db:
        assert contributions.page(db, shown, Filters()).rows[0].name is None
        followed = tracking.follow(db, FOLIO)
        assert (followed.name, followed.has_email) == (None, False)
    assert sound(database, shown)


def test_a_confirmation_needs_the_mailed_code_and_outlives_the_address(
    database: Database, shown: ConsultationView
) -> None:
    code = codes.confirmation_code("s" * 40, FOLIO, "eva@persona.example")
    for wrong in ("", "00000000", "ñ", "\ud800"):
        with pytest.raises(NotFound), database.transaction() as db:
            rights.confirm(db, FOLIO, typed=wrong, secret="s" * 40, now=NOW)
    with database.transaction() as db:
        rights.confirm(db, FOLIO, typed=f" {code[:4].lower()} {code[4:]}", secret="s" * 40, now=NOW)
        rights.erase_email(db, FOLIO, now=NOW)
    with database.session(read_only=True) as db:
        assert tracking.follow(db, FOLIO).confirmed
    assert sound(database, shown)


def test_contacts_expire_by_themselves_but_a_shown_name_stays(database: Database, shown: ConsultationView) -> None:
    submit(database, shown, "Otra opinión más", "other", name="Oculta", email="o@persona.example")
    later = NOW + timedelta(days=366)
    with database.transaction() as db:
        assert erasure.forget_contacts(db, today=later.date(), now=later) == 2
    with database.transaction() as db:
        assert erasure.forget_contacts(db, today=later.date(), now=later) == 0
    with database.session(read_only=True) as db:
        rows = db.execute(select(Contributor.name, Contributor.email).order_by(Contributor.contribution_id)).all()
    assert [tuple(row) for row in rows] == [("Eva", None), (None, None)]
    assert sound(database, shown)


@pytest.mark.parametrize("fate", ["pending", "rejected", "withdrawn", "published"])
def test_a_name_that_was_to_be_shown_goes_after_a_year_where_nobody_sees_it(
    database: Database, consultation: ConsultationView, fate: str
) -> None:
    number = submit(database, consultation, "Falta agua", "k", name="Eva", publish_name=True).number
    if fate == "rejected":
        moderator = staff(database, consultation)
        decide(database, consultation, moderator, number, verdict=Verdict.REJECT, reason="off-topic")
    elif fate == "published":
        decide(database, consultation, staff(database, consultation), number)
    elif fate == "withdrawn":
        with database.transaction() as db:
            rights.withdraw(db, codes.folio_of("k"), now=NOW)
    later = NOW + timedelta(days=366)
    with database.transaction() as db:
        erasure.forget_contacts(db, today=later.date(), now=later)
    with database.session(read_only=True) as db:
        [kept] = db.execute(select(Contributor.name, Contributor.publish_name, Contributor.name_salt)).all()
    assert kept[:2] == (("Eva", True) if fate == "published" else (None, False))
    assert (kept[2] is None) is (fate != "published")
    assert sound(database, consultation)


def test_who_takes_back_an_erasure_after_a_year_finds_the_name_that_was_shown(
    database: Database, consultation: ConsultationView
) -> None:
    submit(database, consultation, "Falta agua", "k", name="Eva", publish_name=True)
    decide(database, consultation, staff(database, consultation))
    later = NOW + timedelta(days=400)
    with database.transaction() as db:
        rights.ask_erasure(db, FOLIO, now=later)
    with database.transaction() as db:
        assert erasure.forget_contacts(db, today=later.date(), now=later) == 0
    with database.transaction() as db:
        rights.take_back_erasure(db, FOLIO, now=later)
    with database.session(read_only=True) as db:
        assert contributions.page(db, consultation, Filters()).rows[0].name == "Eva"


def test_an_unknown_code_is_not_found(database: Database, consultation: ConsultationView) -> None:
    for act in (
        rights.withdraw,
        rights.ask_erasure,
        rights.remove_name,
        rights.erase_email,
    ):
        with pytest.raises(NotFound), database.transaction() as db:
            act(db, "0000-0000-0000-0000", now=NOW)
