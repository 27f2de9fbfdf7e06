"""*Hoy*: what waits for each of the team, and how the review goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from consulta.database.transactions import Database
from consulta.domain.accounts import sessions
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.management import pace, reminding, today, waiting
from consulta.domain.management.pace import Waiting
from consulta.domain.management.today import Item, Need
from consulta.models.accounts import RoleName, Sector
from consulta.models.contributions import Contribution, Status
from consulta.models.moderation import Verdict
from consulta.models.outbox import OutboxMessage
from tests.support.contributions import admit
from tests.support.forums import announce
from tests.support.moderation import decide
from tests.support.people import staff

DAY = timedelta(days=1)


def who(view: ConsultationView, role: RoleName, sector: Sector | None = None, *themes: str) -> Actor:
    """Somebody with one role."""
    ids = [view.theme(slug).id for slug in themes] or [None]  # type: ignore[union-attr]
    return Actor(1, "a@x.example", "es", 1, tuple(Granted(role, view.id, id_, sector) for id_ in ids))


def items(database: Database, view: ConsultationView, actor: Actor, now: datetime) -> list[Item]:
    """What waits for somebody."""
    with database.session(read_only=True) as db:
        counts = waiting.counts(db, view, actor)
        return list(today.today(db, view, actor, counts, now=now))


def promised(database: Database, number: int, day: object) -> None:
    """Another promised day."""
    with database.transaction() as db:
        db.execute(update(Contribution).where(Contribution.number == number).values(review_by=day))


def test_a_moderator_sees_what_waits_in_their_themes(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Uno", "Dos", theme="tema-1")
    admit(database, consultation, "Tres", theme="tema-2")
    admit(database, consultation, "Sin tema")
    admit(database, consultation, "Se muestra y nadie la ha leído", status=Status.PUBLISHED, theme="tema-1")
    everything = who(consultation, RoleName.MODERATOR, Sector.GOVERNMENT)
    (item,) = items(database, consultation, everything, now)
    assert (item.need, item.n, item.late, item.since) == (Need.REVIEW, 5, 0, consultation.today(now))
    (item,) = items(database, consultation, who(consultation, RoleName.MODERATOR, None, "tema-2"), now)
    assert item.n == 2
    promised(database, 3, consultation.today(now) - DAY)
    (item,) = items(database, consultation, everything, now)
    assert item.late


def test_an_observer_decides_nothing_and_has_nothing_to_do(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Uno")
    observer = who(consultation, RoleName.OBSERVER)
    assert items(database, consultation, observer, now) == []
    with database.session(read_only=True) as db:
        assert waiting.counts(db, consultation, observer).review == 1


@pytest.mark.parametrize("role", [RoleName.TRANSLATOR, RoleName.LIAISON, RoleName.MEMBER])
def test_who_has_no_part_in_the_review_has_no_count_of_it(
    database: Database, consultation: ConsultationView, role: RoleName
) -> None:
    admit(database, consultation, "Uno")
    with database.session(read_only=True) as db:
        assert waiting.counts(db, consultation, who(consultation, role)) == waiting.Counts(None, None)


def test_a_coordinator_is_told_of_all_that_waits_the_oldest_first(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation)
    admit(database, consultation, *(f"Falta agua {n}" for n in range(3)))
    promised(database, 1, consultation.today(now) - 5 * DAY)
    announce(database, consultation, now)
    found = items(database, consultation, who(consultation, RoleName.COORDINATOR), now)
    assert [one.since for one in found] == sorted(one.since for one in found)
    remind = next(one for one in found if one.need is Need.REMIND)
    assert (remind.n, remind.late, remind.since) == (3, 1, consultation.today(now) - 5 * DAY)


def test_nobody_is_reminded_twice_a_day_nor_of_the_themes_of_others(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    staff(database, consultation, "una@equipo.example", themes=("tema-1",))
    staff(database, consultation, "otra@equipo.example", themes=("tema-2",))
    admit(database, consultation, "Uno", "Dos", theme="tema-1")
    with database.transaction() as db:
        assert reminding.remind(db, consultation, now=now) == 0
    promised(database, 1, consultation.today(now) - DAY)
    for told in (1, 0):
        with database.transaction() as db:
            assert reminding.remind(db, consultation, now=now) == told
    with database.session(read_only=True) as db:
        (mail,) = db.execute(select(OutboxMessage.payload).where(OutboxMessage.template == "review_reminder")).scalars()
        assert mail["overdue"] == 1


def test_the_pace_counts_what_waits_what_was_decided_and_why_not(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana = staff(database, consultation)
    admit(database, consultation, "Uno", "Dos", "Tres", theme="tema-1")
    admit(database, consultation, "Cuatro", "Cinco", theme="tema-2")
    promised(database, 2, consultation.today(now) - DAY)
    promised(database, 3, consultation.today(now) - 8 * DAY)
    decide(database, consultation, ana, 1)
    decide(database, consultation, ana, 4, verdict=Verdict.REJECT, reason="off-topic")
    with database.session(read_only=True) as db:
        found = pace.pace(db, consultation, now=now)
    assert found.waiting == {"tema-1": Waiting(2, 2, 1), "tema-2": Waiting(1)}
    assert found.per_day[-1] == (consultation.today(now), 2)
    assert len(found.per_day) == pace.DAYS
    ((title, _side, n),) = found.refused
    assert n == 1
    assert title["es"] == "No es del tema"


def test_who_is_signed_in_is_known(database: Database, consultation: ConsultationView, now: datetime) -> None:
    """The actor of a session carries what the counts ask for."""
    id_ = staff(database, consultation)
    with database.transaction() as db:
        token = sessions.begin(db, account_id=id_, browser="b", now=now)
    with database.session(read_only=True) as db:
        found = sessions.actor(db, token, now=now)
        assert found
        assert waiting.counts(db, consultation, found[0]).review == 0
