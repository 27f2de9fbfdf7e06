"""Who may do what in which consultation; how they are called there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, permissions, pseudonyms
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotAllowed
from consulta.models.accounts import RoleName, Sector
from consulta.models.consultations import ConsultationKind
from tests.support.consultations import a_consultation, load

Has = Callable[..., Actor]


@pytest.fixture
def has(consultation: ConsultationView) -> Has:
    """Whoever has this role, here unless elsewhere."""

    def actor(role: RoleName, sector: Sector | None = None, where: int | None = consultation.id) -> Actor:
        return Actor(1, "a@example.org", "es", 1, (Granted(role, where, None, sector),))

    return actor


def test_roles_are_those_of_one_consultation(consultation: ConsultationView) -> None:
    here = Granted(RoleName.MODERATOR, consultation.id, 3, Sector.GOVERNMENT)
    there = Granted(RoleName.MODERATOR, consultation.id + 1, None, None)
    actor = Actor(1, "a@example.org", "es", 1, (here, there))
    assert actor.roles_in(consultation.id, RoleName.MODERATOR) == [here]
    assert actor.roles_in(consultation.id, RoleName.OBSERVER, RoleName.MEMBER) == []
    assert Actor(1, "", "es", 1, ()).roles_in(consultation.id, *RoleName) == []


@pytest.mark.parametrize("role", RoleName)
def test_only_who_coordinates_here_and_an_administrator_coordinate(
    has: Has, consultation: ConsultationView, role: RoleName
) -> None:
    if role in (RoleName.COORDINATOR, RoleName.ADMIN):
        permissions.check(has(role), consultation)
    else:
        with pytest.raises(NotAllowed):
            permissions.check(has(role), consultation)


def test_who_coordinates_another_one_does_not_coordinate_this(has: Has, consultation: ConsultationView) -> None:
    with pytest.raises(NotAllowed):
        permissions.check(has(RoleName.COORDINATOR, where=consultation.id + 1), consultation)
    permissions.check(has(RoleName.ADMIN, where=None), consultation)
    assert permissions.is_admin(has(RoleName.ADMIN, where=None))
    assert not permissions.is_admin(has(RoleName.COORDINATOR))


@pytest.mark.parametrize("sector", Sector)
@pytest.mark.parametrize("role", RoleName)
def test_for_a_side_of_the_table_speaks_who_has_one(
    has: Has, consultation: ConsultationView, role: RoleName, sector: Sector
) -> None:
    if role in permissions.SECTOR_ROLES:
        assert permissions.sector_of(has(role, sector), consultation) is sector
    else:
        with pytest.raises(NotAllowed):
            permissions.sector_of(has(role, sector), consultation)
    for nobody in (has(role), has(role, sector, consultation.id + 1)):
        with pytest.raises(NotAllowed):
            permissions.sector_of(nobody, consultation)


def test_lists_hold_what_is_one_s_own(database: Database, consultation: ConsultationView, now: datetime) -> None:
    other = load(database, a_consultation("otra"), now)
    record = load(database, a_consultation("registro", kind="record"), now)
    both = Actor(
        1,
        "a@example.org",
        "es",
        1,
        (
            Granted(RoleName.COORDINATOR, consultation.id, None, None),
            Granted(RoleName.FACILITATOR, other.id, None, Sector.CIVIL_SOCIETY),
            Granted(RoleName.FACILITATOR, record.id, None, Sector.CIVIL_SOCIETY),
            Granted(RoleName.OBSERVER, other.id, None, None),
        ),
    )
    admin = Actor(2, "b@example.org", "es", 2, (Granted(RoleName.ADMIN, None, None, None),))
    with database.session(read_only=True) as db:
        assert [slug for slug, *_ in permissions.coordinated(db, both)] == ["prueba"]
        assert {slug for slug, *_ in permissions.coordinated(db, admin)} == {"prueba", "otra", "registro"}
        kinds = {slug: kind for slug, _, kind in permissions.coordinated(db, admin)}
        assert kinds["registro"] is ConsultationKind.RECORD
        assert {slug for slug, _ in permissions.workplaces(db, both)} == {"prueba", "otra", "registro"}
        assert permissions.workplaces(db, admin) == []


def test_somebody_is_called_the_same_here_and_otherwise_elsewhere(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    with database.transaction() as db:
        id_ = accounts.ensure(db, email="ana@example.org", now=now)
        assert pseudonyms.known_pseudonym(db, consultation_id=consultation.id, account_id=id_) is None
        name = pseudonyms.pseudonym(db, consultation_id=consultation.id, account_id=id_, sector=Sector.GOVERNMENT)
        again = pseudonyms.by(db, consultation, id_, Sector.CIVIL_SOCIETY)
        elsewhere = pseudonyms.by(db, other, id_)
    assert name.startswith("gobierno-")
    assert (again.account_id, again.pseudonym) == (id_, name)
    assert elsewhere.pseudonym.startswith("equipo-")
    assert "ana" not in name
