"""Bodies put into a consultation's list, who acts for them, and what they declare."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, pseudonyms
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.log import BY_SYSTEM
from consulta.domain.organizations import enlisting, members, positions, reading
from consulta.domain.organizations.enlisting import Listed
from consulta.models.organizations import Organization, OrganizationMember, Standing
from consulta.models.positions import Stance
from tests.support.consultations import a_consultation, load, said

WATER = Listed(
    slug="agua",
    name={"es": "Ágora del Agua"},
    sector="cso",
    acronym="AGUA",
    capacities=("proponent",),
    aliases=("Agua para todos",),
    contact_email="agua@example.org",
    contact_phone="5555 0000",
)
Publish = Callable[..., int]


def enlisted(database: Database, consultation: ConsultationView, now: datetime, body: Listed, **rest: Any) -> None:
    """Put a body on the list, new unless said."""
    with database.transaction() as db:
        enlisting.enlist(db, consultation, body, by=BY_SYSTEM, now=now, **{"new": True, **rest})


def changed(body: Listed, **values: Any) -> Listed:
    """The same body with something changed."""
    return Listed(**{**vars(body), **values})


def test_a_body_is_listed_and_its_contact_is_in_no_entry(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    enlisted(database, consultation, now, WATER)
    with database.session(read_only=True) as db:
        one = reading.one(db, consultation, "agua")
        (entry,) = (line for line in log.entries(db, consultation.log_id) if "organization/agua" in line.text)
    assert (one.name, one.acronym, one.sector, one.standing) == (WATER.name, "AGUA", "cso", Standing.LISTED)
    assert tuple(one.capacities) == ("proponent",)
    assert entry.content["payload"]["aliases"] == ["Agua para todos"]
    assert "example.org" not in entry.text
    assert "5555" not in entry.text


@pytest.mark.parametrize(
    ("values", "field"), [({"sector": "no-hay"}, "sector"), ({"capacities": ("proponent", "rey")}, "capacities")]
)
def test_what_is_in_no_list_is_refused(
    database: Database, consultation: ConsultationView, now: datetime, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        enlisted(database, consultation, now, changed(WATER, **values))
    assert refused.value.field == field
    with database.session(read_only=True) as db, pytest.raises(NotFound):
        reading.one(db, consultation, "agua")


def test_a_name_is_taken_once_in_a_consultation(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    enlisted(database, consultation, now, WATER)
    with pytest.raises(Conflict, match="«agua»"):
        enlisted(database, consultation, now, WATER)
    enlisted(database, load(database, a_consultation("otra"), now), now, WATER)


def test_whoever_saw_something_else_is_told_so(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    enlisted(database, consultation, now, WATER)
    with database.session(read_only=True) as db:
        seen = enlisting.seal(reading.one(db, consultation, "agua"))
    enlisted(database, consultation, now, changed(WATER, acronym="AG"), new=False, seen=seen)
    with pytest.raises(Conflict, match="otra persona"):
        enlisted(database, consultation, now, changed(WATER, acronym="X"), new=False, seen=seen)
    with database.session(read_only=True) as db:
        assert reading.one(db, consultation, "agua").acronym == "AG"


@pytest.mark.parametrize(("keep", "kept"), [(True, "agua@example.org"), (False, None)])
def test_a_contact_is_kept_or_changed(
    database: Database, consultation: ConsultationView, now: datetime, keep: bool, kept: str | None
) -> None:
    enlisted(database, consultation, now, WATER)
    enlisted(database, consultation, now, changed(WATER, contact_email=None), new=False, keep_contact=keep)
    with database.session(read_only=True) as db:
        stored = reading.by_slug(db, consultation.id, "agua")
        assert stored is not None
        assert stored.contact_email == kept


def test_bodies_are_counted_and_named(database: Database, consultation: ConsultationView, now: datetime) -> None:
    for slug, name, sector in [("z", "Zona", "cso"), ("a", "Árbol", "cso"), ("m", "Ministerio", "executive")]:
        enlisted(database, consultation, now, Listed(slug=slug, name=said(name), sector=sector))
    with database.session(read_only=True) as db:
        assert reading.counts(db, consultation) == {"executive": 1, "cso": 2}
        assert reading.names(db, consultation, ["a", "no-hay"]) == {"a": said("Árbol")}
        assert reading.sectors(db, consultation, ["z", "a", "m"]) == {
            "executive": [("m", said("Ministerio"))],
            "cso": [("a", said("Árbol")), ("z", said("Zona"))],
        }
        assert list(reading.some_names(db, consultation, limit=2)) == ["a", "m"]


@pytest.fixture
def member(database: Database, consultation: ConsultationView, now: datetime) -> int:
    """Somebody who acts for the verified organisation ``agua``; another one only said they would."""
    enlisted(database, consultation, now, WATER)
    with database.transaction() as db:
        db.execute(update(Organization).values(standing=Standing.VERIFIED))
        body = reading.by_slug(db, consultation.id, "agua")
        assert body is not None
        mine, other = (accounts.ensure(db, email=f"{name}@example.org", now=now) for name in ("ana", "beto"))
        link = insert(OrganizationMember).values(organization_id=body.id)
        db.execute(link.values(account_id=mine, signatory=True))
        db.execute(link.values(account_id=other, signatory=False, wished_on=now.date()))
    return mine


def test_who_acts_for_an_organisation(
    database: Database, consultation: ConsultationView, member: int, now: datetime
) -> None:
    with database.session(read_only=True) as db:
        body = members.of_member(db, consultation, "agua", member)
        assert members.members(db, body.id) == [member], "not who only said they would"
        assert [slug for _, slug, *_ in members.memberships(db, member)] == ["agua"]
        assert [one.slug for one in members.spoken_for(db, consultation, member)] == ["agua"]
        assert members.represented(db, consultation) == [("agua", WATER.name)]
        for account, slug in [(member + 99, "agua"), (member, "no-hay"), (member, "")]:
            with pytest.raises(NotFound):
                members.of_member(db, consultation, slug, account)
        assert members.spoken_for(db, consultation, member + 1) == []


@pytest.fixture
def publish(database: Database, consultation: ConsultationView, member: int, now: datetime) -> Publish:
    """Publish a position of that organisation, as its member unless somebody else is named."""

    def published(stance: Stance = Stance.DISSENT, text: str = "No nos escucharon.", **rest: Any) -> int:
        with database.transaction() as db:
            body = reading.one(db, consultation, "agua")
            by = pseudonyms.by(db, consultation, rest.pop("account", member))
            given = {"subject": positions.WHOLE, "document": None, **rest}
            return positions.publish(db, consultation, body, stance=stance, text=text, by=by, now=now, **given)

    return published


def listed(database: Database, consultation: ConsultationView, **rest: Any) -> list[tuple[int, bool]]:
    """Number of each position and whether it holds."""
    with database.session(read_only=True) as db:
        return [(one.number, one.in_force) for one in positions.listing(db, consultation, **rest)[0]]


def test_the_latest_position_upon_a_subject_holds(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    whole = (positions.WHOLE,)
    assert publish() == 1
    with database.session(read_only=True) as db:
        assert positions.dissent_in_force(db, consultation, whole)
    assert publish(Stance.RETURN, "Ya nos escucharon.") == 2
    assert listed(database, consultation) == [(2, True), (1, False)]
    with database.session(read_only=True) as db:
        assert not positions.dissent_in_force(db, consultation, whole)
        assert [row.number for row in positions.latest(db, consultation)] == [2, 1]


def test_a_second_click_is_no_second_position(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    assert [publish(), publish(), publish(text="Otra cosa que decir."), publish()] == [1, 1, 2, 3]
    assert len(listed(database, consultation)) == 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "corto"}, "text"),
        ({"text": "a" * 20_001}, "text"),
        ({"subject": "act/no-hay"}, "subject"),
        ({"subject": "proposal/1"}, "subject"),
        ({"subject": "proposal/" + "9" * 40}, "subject"),
        ({"subject": "nada"}, "subject"),
        ({"subject": "act/\x00"}, "subject"),
    ],
)
def test_a_position_that_cannot_be_taken_says_where(
    database: Database, consultation: ConsultationView, publish: Publish, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        publish(**given)
    assert refused.value.field == field
    assert listed(database, consultation) == []


def test_nobody_else_publishes_for_an_organisation(
    database: Database, consultation: ConsultationView, publish: Publish, member: int
) -> None:
    with pytest.raises(NotAllowed):
        publish(account=member + 1)
    with database.transaction() as db:
        db.execute(update(Organization).values(standing=Standing.LISTED))
    with pytest.raises(NotAllowed):
        publish()
    assert listed(database, consultation) == []


def test_positions_come_page_by_page(database: Database, consultation: ConsultationView, publish: Publish) -> None:
    for n in range(5):
        publish(text=f"Posición número {n}.")
    with database.session(read_only=True) as db:
        first, more = positions.listing(db, consultation, limit=2)
        second, _ = positions.listing(db, consultation, limit=2, before=more)
        assert [one.number for one in (*first, *second)] == [5, 4, 3, 2]
        assert positions.listing(db, consultation, organization="no-hay") == ([], None)
        assert len(positions.listing(db, consultation, subjects=(positions.WHOLE,))[0]) == 5


def test_the_digest_changes_with_what_is_said(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    publish()
    publish(text="Otra cosa que decir.")
    with database.session(read_only=True) as db:
        one, other, none = (positions.of_position(db, consultation.id, n) for n in (1, 2, 3))
        entry = next(line for line in log.entries(db, consultation.log_id) if '"position/1"' in line.text)
    assert none is None
    assert one != other
    assert json.loads(entry.text)["payload"]["sha256"] == one


def test_a_body_is_known_by_its_name_however_it_is_typed(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        for slug, name in (("uno", "Colegio Ñandú"), ("dos", "Colegio"), ("tres", "COLEGIO")):
            listed = Listed(slug=slug, name={"es": name}, sector="cso")
            enlisting.enlist(db, consultation, listed, new=True, by=BY_SYSTEM, now=now)
        assert reading.called(db, consultation, [" colegio  nandu", "nadie"]) == {"uno": "Colegio Ñandú"}
        assert reading.called(db, consultation, ["colegio"]) == {}, "of two that are called the same, neither"
        assert reading.called(db, consultation, ["dos"]) == {"dos": "Colegio"}
