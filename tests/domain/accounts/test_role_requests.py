"""What somebody who coordinates asks for herself: others answer, once, and all of it is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from consulta.database.transactions import Database
from consulta.domain.accounts import answering, role_requests, team
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.accounts.answering import Answers
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.accounts.role_requests import RequestView, Terms
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, DomainError, Invalid, NotAllowed
from consulta.domain.ledger import log
from consulta.models.accounts import Account, RequestState, Role, RoleChange, RoleName, RoleRequest, Sector
from consulta.models.outbox import OutboxMessage
from tests.support.audits import faults, sound
from tests.support.people import staff

WHY = "Revisa mientras llega otra persona."
EVA = "eva@equipo.example"


def somebody(
    database: Database,
    view: ConsultationView,
    email: str,
    role: RoleName = RoleName.MODERATOR,
    sector: Sector | None = None,
) -> Actor:
    """A person of the team."""
    id_ = staff(database, view, email=email, role=role, sector=sector)
    return Actor(id_, email, "es", 1, (Granted(role, view.id, None, sector),))


def eva(database: Database, view: ConsultationView) -> Actor:
    """Who coordinates."""
    return somebody(database, view, EVA, RoleName.COORDINATOR)


def ask(database: Database, view: ConsultationView, actor: Actor, now: datetime, **more: Any) -> None:
    """Ask to review for the government, unless said otherwise."""
    given = {
        "change": RoleChange.GRANT,
        "role": RoleName.MODERATOR,
        "terms": Terms(("tema-1",), Sector.GOVERNMENT),
        "reason": WHY,
    }
    with database.transaction() as db:
        role_requests.ask(db, view, by=by(db, view, actor.id), now=now, **given | more)


def waiting(database: Database, view: ConsultationView, actor: Actor | None = None) -> list[RequestView]:
    """What waits; for somebody."""
    with database.session(read_only=True) as db:
        return role_requests.to_answer(db, view, actor) if actor else role_requests.waiting(db, view)


def answer(
    database: Database, view: ConsultationView, id_: int, actor: Actor, now: datetime, agrees: bool, reason: str = ""
) -> None:
    """Yes or no."""
    with database.transaction() as db:
        who = by(db, view, actor.id)
        role_requests.answer(db, view, id_, actor, agrees=agrees, reason=reason, by=who, now=now)


def roles(database: Database, account_id: int) -> set[tuple[RoleName, Sector | None, bool]]:
    """What somebody is."""
    with database.session(read_only=True) as db:
        rows = db.execute(select(Role.role, Role.sector, Role.suspended).where(Role.account_id == account_id))
        return {(role, sector, suspended) for role, sector, suspended in rows}


def who_answers(database: Database, view: ConsultationView, actor: Actor, sector: Sector | None = None) -> Answers:
    """Who may answer what this person asks."""
    with database.session(read_only=True) as db:
        return answering.who_answers(team.team(db, view), actor.id, sector)


def test_nobody_grants_it_to_herself_and_another_who_coordinates_does(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one, other = (
        eva(database, consultation),
        somebody(database, consultation, "leo@equipo.example", RoleName.COORDINATOR),
    )
    with pytest.raises(Invalid, match="Nadie cambia"), database.transaction() as db:
        team.invite(
            db,
            consultation,
            email=EVA,
            role=RoleName.MODERATOR,
            theme_ids=(),
            sector=Sector.GOVERNMENT,
            organization=None,
            language=None,
            reason=WHY,
            by=by(db, consultation, one.id),
            now=now,
        )
    ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)
    assert (request.email, request.change, request.role, request.reason) == (
        EVA,
        RoleChange.GRANT,
        RoleName.MODERATOR,
        WHY,
    )
    assert waiting(database, consultation, one) == []
    assert waiting(database, consultation, other) == [request]
    assert who_answers(database, consultation, one) is Answers.COORDINATOR
    with pytest.raises(NotAllowed):
        answer(database, consultation, request.id, one, now, True)
    answer(database, consultation, request.id, other, now, True)
    assert roles(database, one.id) == {
        (RoleName.COORDINATOR, None, False),
        (RoleName.MODERATOR, Sector.GOVERNMENT, False),
    }
    with pytest.raises(Conflict):
        answer(database, consultation, request.id, other, now, False, WHY)
    with database.session(read_only=True) as db:
        said = [line.content for line in log.entries(db, consultation.log_id)]
        mails = db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "role-answer")).scalars()
        assert [(mail["role"], mail["agreed"]) for mail in mails] == [("moderator", True)]
    actions = [one["action"] for one in said]
    assert actions[-3:] == ["role:ask", "role:answer", "role:grant"]
    assert said[-3]["actor"] == said[-3]["subject"].removeprefix("person/") != said[-1]["actor"]
    assert EVA not in str(said)
    sound(database)


@pytest.mark.parametrize(
    ("sector", "may"), [(Sector.CIVIL_SOCIETY, True), (Sector.GOVERNMENT, False)], ids=["the other", "the same"]
)
def test_without_another_who_coordinates_the_other_sector_answers(
    database: Database, consultation: ConsultationView, now: datetime, sector: Sector, may: bool
) -> None:
    one, other = eva(database, consultation), somebody(database, consultation, "leo@equipo.example", sector=sector)
    admin = Actor(10**6, "admin@x.example", "es", 1, (Granted(RoleName.ADMIN, None, None, None),))
    expected = Answers.SECTOR if may else Answers.ADMIN
    assert who_answers(database, consultation, one, Sector.GOVERNMENT) is expected
    ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)
    assert bool(waiting(database, consultation, other)) is may
    assert bool(waiting(database, consultation, admin)) is not may
    if not may:
        with pytest.raises(NotAllowed):
            answer(database, consultation, request.id, other, now, True)
        return
    with pytest.raises(Invalid) as refused:
        answer(database, consultation, request.id, other, now, False, "No.")
    assert refused.value.field == "reason"
    answer(database, consultation, request.id, other, now, False, "Ya revisa otra persona.")
    assert roles(database, one.id) == {(RoleName.COORDINATOR, None, False)}
    ask(database, consultation, one, now)  # after an answer one may ask again
    assert len(waiting(database, consultation)) == 1
    sound(database)


def test_who_speaks_for_no_side_is_answered_by_either(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one = eva(database, consultation)
    other = somebody(database, consultation, "leo@equipo.example", sector=Sector.GOVERNMENT)
    ask(database, consultation, one, now, role=RoleName.OBSERVER, terms=Terms())
    assert who_answers(database, consultation, one) is Answers.SECTOR
    assert len(waiting(database, consultation, other)) == 1


@pytest.mark.parametrize("state", ["suspended role", "suspended account", "no password"])
def test_who_cannot_act_answers_nothing(
    database: Database, consultation: ConsultationView, now: datetime, state: str
) -> None:
    one = eva(database, consultation)
    other = somebody(database, consultation, "leo@equipo.example", RoleName.COORDINATOR)
    with database.transaction() as db:
        if state == "suspended role":
            db.execute(update(Role).where(Role.account_id == other.id).values(suspended=True))
        elif state == "suspended account":
            db.execute(update(Account).where(Account.id == other.id).values(suspended=True))
        else:
            db.execute(update(Account).where(Account.id == other.id).values(password_hash=None))
    assert who_answers(database, consultation, one) is Answers.ADMIN


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"terms": Terms()}, "sector"),
        ({"terms": Terms((), Sector.CIVIL_SOCIETY)}, "organization"),
        ({"role": RoleName.TRANSLATOR, "terms": Terms()}, "language"),
        ({"reason": "corto"}, "reason"),
    ],
)
def test_what_could_not_be_agreed_to_is_not_asked(
    database: Database, consultation: ConsultationView, now: datetime, more: dict[str, Any], field: str
) -> None:
    one = eva(database, consultation)
    with pytest.raises(Invalid) as refused:
        ask(database, consultation, one, now, **more)
    assert refused.value.field == field
    assert waiting(database, consultation) == []


def test_one_request_at_a_time_and_it_can_be_taken_back(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one = eva(database, consultation)
    ask(database, consultation, one, now)
    with pytest.raises(Conflict):
        ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)
    answer(database, consultation, request.id, one, now, False)
    assert waiting(database, consultation) == []
    with database.session(read_only=True) as db:
        assert db.execute(select(RoleRequest.state)).scalar_one() is RequestState.WITHDRAWN
        assert not db.execute(select(OutboxMessage.id).where(OutboxMessage.template == "role-answer")).first()
    sound(database)


def test_a_role_of_ones_own_goes_and_comes_back_by_others(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one, other = (
        eva(database, consultation),
        somebody(database, consultation, "leo@equipo.example", RoleName.COORDINATOR),
    )
    staff(database, consultation, email=EVA, role=RoleName.OBSERVER)
    observes: dict[str, Any] = {"role": RoleName.OBSERVER, "terms": Terms()}
    for change, left in (
        (RoleChange.SUSPEND, {(RoleName.OBSERVER, None, True)}),
        (RoleChange.RESUME, {(RoleName.OBSERVER, None, False)}),
        (RoleChange.REVOKE, set()),
    ):
        ask(database, consultation, one, now, change=change, **observes)
        (request,) = waiting(database, consultation)
        answer(database, consultation, request.id, other, now, True)
        assert roles(database, one.id) == left | {(RoleName.COORDINATOR, None, False)}
    sound(database)


@pytest.mark.parametrize("change", [RoleChange.RESUME, RoleChange.REVOKE])
def test_what_is_so_already_or_is_not_held_is_not_asked(
    database: Database, consultation: ConsultationView, now: datetime, change: RoleChange
) -> None:
    one = eva(database, consultation)
    role = RoleName.COORDINATOR if change is RoleChange.RESUME else RoleName.OBSERVER
    with pytest.raises(DomainError):
        ask(database, consultation, one, now, change=change, role=role, terms=Terms())
    assert waiting(database, consultation) == []


def test_what_others_took_away_does_not_come_back_by_a_request(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one = eva(database, consultation)
    leo = somebody(database, consultation, "leo@equipo.example", RoleName.COORDINATOR)
    side = somebody(database, consultation, "cso@equipo.example", RoleName.FACILITATOR, Sector.CIVIL_SOCIETY)
    ask(database, consultation, one, now, role=RoleName.COORDINATOR, terms=Terms(sector=Sector.GOVERNMENT))
    (request,) = waiting(database, consultation)
    with database.transaction() as db:
        person = team.find(team.team(db, consultation), one.id, "coordinator")
        team.revoke(db, consultation, person, reason="Ya no coordina.", by=by(db, consultation, leo.id), now=now)
    with pytest.raises(Conflict, match="ya no coordina"):
        answer(database, consultation, request.id, side, now, True)
    assert roles(database, one.id) == set()
    answer(database, consultation, request.id, side, now, False, "Ya no coordina aquí.")
    sound(database)


def test_a_role_for_a_theme_that_is_gone_is_not_one_for_all(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one, other = (
        eva(database, consultation),
        somebody(database, consultation, "leo@equipo.example", RoleName.COORDINATOR),
    )
    ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)
    fewer = replace(consultation, themes=consultation.themes[1:])
    with pytest.raises(Conflict, match="ya no existe"):
        answer(database, fewer, request.id, other, now, True)
    assert len(waiting(database, consultation)) == 1, "nothing half done"


def test_who_answers_nothing_asks_nothing(database: Database, consultation: ConsultationView, now: datetime) -> None:
    one, watcher = (
        eva(database, consultation),
        somebody(database, consultation, "o@equipo.example", RoleName.OBSERVER),
    )
    ask(database, consultation, one, now)
    assert not answering.answers_some(watcher, consultation)
    assert waiting(database, consultation, watcher) == []


def test_the_last_who_coordinates_cannot_even_ask_to_go(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one = eva(database, consultation)
    with pytest.raises(Invalid, match="única persona"):
        ask(database, consultation, one, now, change=RoleChange.REVOKE, role=RoleName.COORDINATOR, terms=Terms())


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_of_two_who_answer_at_once_one_does(
    dialect: str, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    one = eva(database, consultation)
    others = [somebody(database, consultation, f"{n}@equipo.example", RoleName.COORDINATOR) for n in "abcd"]
    ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)

    def one_answer(at: int) -> str:
        try:
            answer(database, consultation, request.id, others[at], now, at % 2 == 0, WHY)
        except DomainError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(4) as pool:
        ended = sorted(pool.map(one_answer, range(4)))
    assert ended == ["Conflict", "Conflict", "Conflict", "done"]
    sound(database)


@pytest.mark.parametrize("column", ["reason", "answer", "state", "answered_by"])
def test_the_check_finds_what_somebody_changes_behind_the_application(
    database: Database, consultation: ConsultationView, now: datetime, column: str
) -> None:
    one = eva(database, consultation)
    others = [somebody(database, consultation, f"{n}@equipo.example", RoleName.COORDINATOR) for n in "ab"]
    ask(database, consultation, one, now)
    (request,) = waiting(database, consultation)
    answer(database, consultation, request.id, others[0], now, False, "Ya revisa otra persona.")
    sound(database)
    new: dict[str, object] = {
        "reason": "Otra razón distinta.",
        "answer": "Nada.",
        "state": RequestState.AGREED,
        "answered_by": others[1].id,
    }
    with database.transaction() as db:
        db.execute(update(RoleRequest).values(**{column: new[column]}))
    assert any("what was asked" in fault for fault in faults(database, consultation))
