"""What needs the coordinator today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import BY_SYSTEM
from consulta.domain.management import needs
from consulta.domain.management.needs import Needs
from consulta.domain.organizations import enlisting
from consulta.domain.organizations.enlisting import Listed
from consulta.models.accounts import Account, Role, RoleName
from consulta.models.contributions import Contribution, Status
from consulta.models.news import Notice, NoticeState
from consulta.models.organizations import Organization, Standing
from consulta.models.outbox import GAVE_UP, OutboxMessage
from tests.support.consultations import said
from tests.support.contributions import admit

DAY = timedelta(days=1)


def needed(database: Database, consultation: ConsultationView, now: datetime) -> Needs:
    """What is needed now."""
    with database.session(read_only=True) as db:
        return needs.needs(db, consultation, now=now)


@pytest.fixture
def moderated(database: Database, consultation: ConsultationView, now: datetime) -> int:
    """Somebody moderates every theme."""
    with database.transaction() as db:
        id_ = accounts.create(
            db, email="m@example.org", role=RoleName.MODERATOR, consultation_id=consultation.id, now=now
        )
        db.execute(update(Account).where(Account.id == id_).values(password_hash="hash"))
    return id_


def test_of_a_theme_that_nobody_reviews_is_told(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    assert needed(database, consultation, now).unattended == ()
    first = consultation.themes[0]
    for values, left in [
        ({"theme_id": first.id}, consultation.themes[1:]),
        ({"suspended": True}, consultation.themes),
    ]:
        with database.transaction() as db:
            db.execute(update(Role).values(**values))
        assert needed(database, consultation, now).unattended == left


@pytest.mark.parametrize("values", [{"suspended": True}, {"password_hash": None}])
def test_who_cannot_sign_in_reviews_nothing(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime, values: dict[str, Any]
) -> None:
    with database.transaction() as db:
        db.execute(update(Account).values(**values))
    found = needed(database, consultation, now)
    assert (found.unattended, found.asked_for()) == (consultation.themes, int("password_hash" in values))


def test_promises_that_passed_and_that_are_near(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    today = consultation.today(now)
    made = admit(database, consultation, *(f"Falta agua {n}" for n in range(5)))
    made += admit(database, consultation, "Se muestra, y nadie la ha leído", status=Status.PUBLISHED)
    made += admit(database, consultation, "Su autor la retiró", status=Status.WITHDRAWN)
    for one, days in zip(made, (-3, -1, 0, 6, 7, -5, -9), strict=True):
        with database.transaction() as db:
            promised = today + days * DAY
            db.execute(update(Contribution).where(Contribution.id == one.id).values(review_by=promised))
    found = needed(database, consultation, now)
    assert (found.overdue, found.due_soon, found.oldest) == (3, 2, today - 5 * DAY)
    assert found.later == 1
    assert not found.nothing


def test_who_waits_with_time_to_spare_is_not_nothing(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    assert needed(database, consultation, now).nothing
    (one,) = admit(database, consultation, "Falta agua")
    with database.transaction() as db:
        later = consultation.today(now) + 30 * DAY
        db.execute(update(Contribution).where(Contribution.id == one.id).values(review_by=later))
    found = needed(database, consultation, now)
    assert (found.overdue, found.due_soon, found.later, found.nothing) == (0, 0, 1, False)


def test_mail_that_is_late_or_was_given_up(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    hour = timedelta(hours=1)
    for n, (age, outcome) in enumerate(
        [(2 * hour, None), (hour / 2, None), (9 * hour, "sent"), (9 * hour, GAVE_UP), (hour, GAVE_UP)]
    ):
        with database.transaction() as db:
            db.execute(
                insert(OutboxMessage).values(
                    event=f"e:{n}",
                    recipient="account:1",
                    template="reset",
                    payload={},
                    due_at=now,
                    created_at=now - age,
                    message_id=f"<{n}@consulta>",
                    attempts=0,
                    outcome=outcome,
                )
            )
    found = needed(database, consultation, now)
    assert (found.late_mail, found.failed_mail) == (1, 2)


def test_requests_and_people_to_call(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    standings = (Standing.ASKED, Standing.APPEALED, Standing.VERIFIED, Standing.REFUSED, Standing.LISTED)
    for standing in standings:
        with database.transaction() as db:
            body = Listed(slug=standing.value, name=said(standing.value), sector="cso")
            enlisting.enlist(db, consultation, body, new=True, by=BY_SYSTEM, now=now)
            mine = update(Organization).where(Organization.slug == standing.value)
            db.execute(mine.values(standing=standing, asked_on=consultation.today(now)))
    with database.transaction() as db:
        body_id = enlisting.reading.by_slug(db, consultation.id, "verified")
        assert body_id is not None
        for n, state in enumerate([NoticeState.WAITING, NoticeState.TOLD, NoticeState.WAITING, NoticeState.NO_ANSWER]):
            db.execute(
                insert(Notice).values(
                    consultation_id=consultation.id,
                    organization_id=body_id.id,
                    event=f"act:{n}",
                    content={},
                    state=state,
                    changed_at=now,
                )
            )
    found = needed(database, consultation, now)
    assert (found.requests, found.calls) == (2, 2)


def test_stages_that_open_or_close_within_a_week(
    database: Database, consultation: ConsultationView, moderated: int, now: datetime
) -> None:
    opinion = consultation.stages[1]
    assert needed(database, consultation, now).nothing
    before = needed(database, consultation, opinion.starts_at - 2 * DAY)
    assert opinion in before.opening
    assert needed(database, consultation, opinion.ends_at - 2 * DAY).closing == (opinion,)
    assert needed(database, consultation, opinion.ends_at - 8 * DAY).closing == ()
    assert needed(database, consultation, opinion.ends_at + DAY).nothing
