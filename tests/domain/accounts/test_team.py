"""The team of a consultation: invited, suspended, let go, each on record and never without a coordinator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.accounts import roster, team
from consulta.domain.accounts.team import Person
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.models.accounts import RoleName, Sector
from consulta.models.outbox import OutboxMessage
from tests.support.audits import sound
from tests.support.people import staff

BY = By(None, "coordinación")
WHY = "La propuso la mesa técnica."


def invite(
    database: Database, view: ConsultationView, now: datetime, email: str = "eva@equipo.example", **more: Any
) -> None:
    """Invite somebody; a moderator of government unless said."""
    given = {
        "role": RoleName.MODERATOR,
        "theme_ids": (),
        "sector": Sector.GOVERNMENT,
        "organization": None,
        "language": None,
        "reason": WHY,
        **more,
    }
    with database.transaction() as db:
        team.invite(db, view, email=email, by=BY, now=now, **given)


def people(database: Database, view: ConsultationView) -> list[Person]:
    """Everybody with a role."""
    with database.session(read_only=True) as db:
        return team.team(db, view)


def entries(database: Database, view: ConsultationView, action: str) -> list[dict[str, Any]]:
    """What the ledger says."""
    with database.session(read_only=True) as db:
        lines = [line.content for line in log.entries(db, view.log_id)]
    return [line for line in lines if line["action"] == action]


def test_an_invitation_is_a_role_an_entry_and_a_mail(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    themes = (consultation.themes[0].id, consultation.themes[2].id)
    invite(database, consultation, now, theme_ids=themes)
    [person] = people(database, consultation)
    assert (person.email, person.role, person.sector) == ("eva@equipo.example", RoleName.MODERATOR, Sector.GOVERNMENT)
    assert set(person.themes) == set(themes)
    assert not person.signed_up
    granted = entries(database, consultation, "role:grant")
    assert [entry["payload"]["reason"] for entry in granted] == [WHY, WHY], "one a theme"
    assert "eva@" not in str(granted), "the ledger names a pseudonym"
    with database.session(read_only=True) as db:
        assert [row.template for row in db.execute(select(OutboxMessage.template))] == ["invitation"]
    sound(database)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"sector": None}, "sector"),
        ({"sector": Sector.CIVIL_SOCIETY}, "organization"),
        ({"role": RoleName.LIAISON}, "organization"),
        ({"role": RoleName.TRANSLATOR}, "language"),
        ({"reason": "corto"}, "reason"),
        ({"reason": "          "}, "reason"),
    ],
)
def test_a_role_names_what_it_cannot_be_without(
    database: Database, consultation: ConsultationView, now: datetime, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        invite(database, consultation, now, **more)
    assert refused.value.field == field
    assert people(database, consultation) == []


def test_who_holds_a_role_is_not_invited_to_it_again(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation, "eva@equipo.example", sector=Sector.GOVERNMENT)
    with pytest.raises(Invalid, match="ya tiene ese cargo"):
        invite(database, consultation, now, email=" EVA@equipo.example ")
    invite(database, consultation, now, theme_ids=(consultation.themes[0].id,))
    [person] = people(database, consultation)
    assert person.themes == (consultation.themes[0].id,), "other themes put the earlier ones aside"


def test_a_role_is_suspended_given_back_and_taken(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation, "eva@equipo.example", sector=Sector.GOVERNMENT)
    [person] = people(database, consultation)
    for suspended in (True, False):
        with database.transaction() as db:
            team.suspend(db, consultation, person, suspended=suspended, reason=WHY, by=BY, now=now)
        assert [one.suspended for one in people(database, consultation)] == [suspended]
        with database.session(read_only=True) as db:
            assert bool(roster.moderators(db, consultation)) is not suspended, "who is suspended is not shown"
        with pytest.raises(Conflict), database.transaction() as db:
            team.suspend(db, consultation, person, suspended=suspended, reason=WHY, by=BY, now=now)
    with database.transaction() as db:
        team.revoke(db, consultation, person, reason=WHY, by=BY, now=now)
    assert people(database, consultation) == []
    with pytest.raises(Conflict), database.transaction() as db:
        team.revoke(db, consultation, person, reason=WHY, by=BY, now=now)
    said = [
        one for action in ("suspend", "resume", "revoke") for one in entries(database, consultation, f"role:{action}")
    ]
    assert [one["payload"]["reason"] for one in said] == [WHY] * 3


def test_who_is_suspended_is_not_invited(database: Database, consultation: ConsultationView, now: datetime) -> None:
    staff(database, consultation, "eva@equipo.example", sector=Sector.GOVERNMENT)
    [person] = people(database, consultation)
    with database.transaction() as db:
        team.suspend(db, consultation, person, suspended=True, reason=WHY, by=BY, now=now)
    with pytest.raises(Invalid, match="suspendido"):
        invite(database, consultation, now)


def test_a_consultation_keeps_a_coordinator_who_can_sign_in(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation, "coordina@equipo.example", role=RoleName.COORDINATOR)
    invite(database, consultation, now, email="nueva@equipo.example", role=RoleName.COORDINATOR, sector=None)
    first = next(one for one in people(database, consultation) if one.signed_up)
    for act in (team.suspend, team.revoke):
        more = {"suspended": True} if act is team.suspend else {}
        with pytest.raises(Invalid, match="única persona"), database.transaction() as db:
            act(db, consultation, first, reason=WHY, by=BY, now=now, **more)  # type: ignore[operator]
    staff(database, consultation, "otra@equipo.example", role=RoleName.COORDINATOR)
    with database.transaction() as db:
        team.revoke(db, consultation, first, reason=WHY, by=BY, now=now)


def test_a_translator_has_a_role_for_each_language(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for language in ("quc", "kek"):
        invite(database, consultation, now, role=RoleName.TRANSLATOR, sector=None, language=language)
    found = people(database, consultation)
    assert sorted(one.key for one in found) == ["translator-kek", "translator-quc"]
    person = team.find(found, found[0].account_id, "translator-quc")
    assert person.language == "quc"
    for account, key in ((found[0].account_id, "translator-cak"), (0, "translator-quc")):
        with pytest.raises(NotFound):
            team.find(found, account, key)


def test_facilitators_are_listed_by_sector_pseudonym_and_address(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for n, sector in enumerate(Sector):
        invite(database, consultation, now, email=f"f{n}@equipo.example", role=RoleName.FACILITATOR, sector=sector)
    with database.session(read_only=True) as db:
        found = roster.facilitators(db, consultation)
    assert {sector: len(names) for sector, names in found.items()} == {"gov": 1, "cso": 1}
    assert all("@" not in name and "@" in address for names in found.values() for name, address in names.items())
