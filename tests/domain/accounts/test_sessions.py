"""Accounts, their links and sessions, and the delays of whoever guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, attempts, links, sessions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotFound, TooMany
from consulta.models.accounts import Account, AccountSession, Attempt, Role, RoleName, Sector

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def account(database: Database, now: datetime) -> int:
    """Somebody without a role or a password."""
    with database.transaction() as db:
        return accounts.ensure(db, email="ana@example.org", now=now)


def begun(database: Database, account: int, now: datetime) -> str:
    """A session of theirs."""
    with database.transaction() as db:
        return sessions.begin(db, account_id=account, browser="Firefox", now=now)


def test_an_address_has_one_account_however_it_is_written(database: Database, account: int, now: datetime) -> None:
    with database.transaction() as db:
        assert accounts.ensure(db, email=" ANA@example.ORG ", now=now) == account
        assert accounts.by_email(db, "Ana@Example.org") == (account, None, False, False)
        assert accounts.by_email(db, "otra@example.org") is None


def test_a_role_given_twice_is_one(database: Database, consultation: ConsultationView, now: datetime) -> None:
    themes = tuple(theme.id for theme in consultation.themes[:2])
    with database.transaction() as db:
        for sector in (Sector.GOVERNMENT, Sector.GOVERNMENT, Sector.CIVIL_SOCIETY):
            accounts.create(
                db,
                email="ana@example.org",
                role=RoleName.MODERATOR,
                consultation_id=consultation.id,
                theme_ids=themes,
                sector=sector,
                now=now,
            )
        held = db.execute(select(Role.theme_id, Role.sector)).all()
    assert sorted(held) == [(theme, Sector.CIVIL_SOCIETY) for theme in sorted(themes)]


def test_an_account_that_nobody_used_can_be_forgotten(
    database: Database, consultation: ConsultationView, account: int, now: datetime
) -> None:
    with database.transaction() as db:
        used = accounts.create(
            db, email="b@example.org", role=RoleName.OBSERVER, consultation_id=consultation.id, now=now
        )
        accounts.forget_unused(db, [account, used])
        left = list(db.execute(select(Account.id)).scalars())
    assert left == [used]


def test_a_session_holds_until_it_is_idle_or_old(database: Database, account: int, now: datetime) -> None:
    token = begun(database, account, now)
    with database.session(read_only=True) as db:
        found = sessions.actor(db, token, now=now + sessions.IDLE)
        assert found is not None
        assert (found[0].id, found[0].email, found[0].roles) == (account, "ana@example.org", ())
        assert sessions.actor(db, token, now=now + sessions.IDLE + SECOND) is None
        assert sessions.actor(db, "x", now=now) is None
    at = now
    with database.transaction() as db:
        id_ = db.execute(select(AccountSession.id)).scalar_one()
        while at < now + sessions.ABSOLUTE:
            at += 7 * HOUR
            sessions.touch(db, id_, now=at)
        assert sessions.actor(db, token, now=at + SECOND) is None, "used every day, and over after a week"


def test_the_last_use_is_noted_now_and_then(database: Database, account: int, now: datetime) -> None:
    token = begun(database, account, now)
    with database.session(read_only=True) as db:
        for after, noted in [(SECOND, False), (sessions.TOUCH, False), (sessions.TOUCH + SECOND, True)]:
            found = sessions.actor(db, token, now=now + after)
            assert found is not None
            assert found[1] is noted


def test_whoever_is_suspended_is_signed_out(database: Database, account: int, now: datetime) -> None:
    token = begun(database, account, now)
    with database.transaction() as db:
        db.execute(update(Account).values(suspended=True))
        assert sessions.actor(db, token, now=now) is None


def test_sessions_end_one_by_one_or_all(database: Database, account: int, now: datetime) -> None:
    first, second, third = (begun(database, account, now + n * SECOND) for n in range(3))
    with database.transaction() as db:
        listed = sessions.sessions(db, account, now=now + HOUR)
        assert len(listed) == 3
        assert listed[0].created_at > listed[2].created_at
        sessions.revoke(db, account_id=account + 1, session_id=listed[0].id, now=now)
        assert len(sessions.sessions(db, account, now=now)) == 3, "nobody ends the session of another"
        sessions.revoke(db, account_id=account, session_id=listed[0].id, now=now)
        assert [sessions.actor(db, one, now=now) is None for one in (first, second, third)] == [False, False, True]
        sessions.revoke(db, account_id=account, now=now)
        assert sessions.sessions(db, account, now=now) == []


def test_a_browser_is_known_to_its_own_account_alone(database: Database, account: int, now: datetime) -> None:
    with database.transaction() as db:
        other = accounts.ensure(db, email="b@example.org", now=now)
        token = sessions.remember_browser(db, account_id=account)
        assert sessions.knows_browser(db, account_id=account, token=token)
        assert not sessions.knows_browser(db, account_id=other, token=token)
        assert not sessions.knows_browser(db, account_id=account, token="x")


def test_a_link_sets_a_password_once_and_ends_every_session(database: Database, account: int, now: datetime) -> None:
    session = begun(database, account, now)
    with database.transaction() as db:
        token = links.one_time_link(db, account_id=account, now=now)
        assert links.link_holds(db, token, now=now)
        assert links.set_password(db, token=token, password_hash="hash", now=now) == account
        assert not links.link_holds(db, token, now=now)
        assert sessions.actor(db, session, now=now) is None
        found = accounts.by_email(db, "ana@example.org")
        assert found is not None
        assert found[1] == "hash"
    with database.transaction() as db, pytest.raises(NotFound):
        links.set_password(db, token=token, password_hash="other", now=now)


@pytest.mark.parametrize("after", [links.LINK_VALID, links.LINK_VALID + HOUR])
def test_a_link_lapses(database: Database, account: int, now: datetime, after: timedelta) -> None:
    with database.transaction() as db:
        token = links.one_time_link(db, account_id=account, now=now)
        assert links.link_holds(db, token, now=now + after - SECOND) is (after == links.LINK_VALID)
        with pytest.raises(NotFound):
            links.set_password(db, token=token, password_hash="hash", now=now + after)


def test_after_three_tries_every_other_waits_longer(database: Database, now: datetime) -> None:
    at, delays = now, []
    with database.transaction() as db:
        keys = attempts.attempt_keys(
            db, email="ana@example.org", address="10.0.0.1", known_browser=None, today=now.date()
        )
        for _ in range(20):
            attempts.count(db, keys, now=at)
            until = db.execute(select(func.max(Attempt.until))).scalar_one()
            delays.append(int((until - at).total_seconds()))
            if until > at:
                with pytest.raises(TooMany) as refused:
                    attempts.count(db, keys, now=until - SECOND)
                assert refused.value.until == until
            at = until
        assert delays[:7] == [0, 0, 0, 2, 4, 8, 16]
        assert max(delays) == delays[-1] == 900
        attempts.forget_failures(db, keys)
        attempts.count(db, keys, now=now)


def test_a_known_browser_does_not_wait_for_an_attack_from_elsewhere(database: Database, now: datetime) -> None:
    today = now.date()
    with database.transaction() as db:
        attack = attempts.attempt_keys(db, email="ana@example.org", address="10.0.0.1", known_browser=None, today=today)
        at = now
        for _ in range(8):
            attempts.count(db, attack, now=at)
            now, at = at, db.execute(select(func.max(Attempt.until))).scalar_one()
        own = attempts.attempt_keys(db, email="ana@example.org", address="10.0.0.2", known_browser="b", today=today)
        attempts.count(db, own, now=now)
        elsewhere = attempts.attempt_keys(
            db, email=" ANA@example.org", address="10.0.0.2", known_browser=None, today=today
        )
        with pytest.raises(TooMany):
            attempts.count(db, elsewhere, now=now)


def test_under_what_is_counted_nobody_can_read_and_changes_every_day(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        one, again, later = (
            attempts.code_keys(db, address="10.0.0.1", today=day)
            for day in (now.date(), now.date(), now.date() + timedelta(days=1))
        )
    assert one == again
    assert one != later
    assert b"10.0.0.1" not in one[0]
    assert len(one[0]) == 32


def test_what_no_longer_holds_is_forgotten(database: Database, account: int, now: datetime) -> None:
    begun(database, account, now - timedelta(days=8))
    kept = begun(database, account, now)
    with database.transaction() as db:
        keys = attempts.code_keys(db, address="10.0.0.1", today=now.date())
        attempts.count(db, keys, now=now - timedelta(days=2))
        sessions.purge(db, now=now, today=now.date())
        assert db.execute(select(func.count()).select_from(Attempt)).scalar_one() == 0
        assert db.execute(select(func.count()).select_from(AccountSession)).scalar_one() == 1
        assert sessions.actor(db, kept, now=now) is not None


def test_a_new_link_a_spent_one_and_a_new_password_end_all_earlier(
    database: Database, account: int, now: datetime
) -> None:
    with database.transaction() as db:
        first = links.one_time_link(db, account_id=account, now=now)
        second = links.one_time_link(db, account_id=account, now=now)
        assert [links.link_holds(db, one, now=now) for one in (first, second)] == [False, True]
        other = accounts.ensure(db, email="b@example.org", now=now)
        theirs = links.one_time_link(db, account_id=other, now=now)
        links.set_password(db, token=second, password_hash="hash", now=now)
        assert [links.link_holds(db, one, now=now) for one in (first, second, theirs)] == [False, False, True]


def test_a_second_invitation_within_the_hour_leaves_the_link_that_is_on_its_way(
    database: Database, account: int, now: datetime
) -> None:
    with database.transaction() as db:
        token = links.invite(db, account_id=account, now=now)
        assert token
        assert links.invite(db, account_id=account, now=now) is None
        assert links.link_holds(db, token, now=now)
        assert links.invite(db, account_id=account, now=now + HOUR)
        assert not links.link_holds(db, token, now=now)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_of_many_tries_at_once_no_more_are_let_through_than_in_a_row(database: Database, now: datetime) -> None:
    def keys(db: Session) -> list[bytes]:
        return attempts.attempt_keys(
            db, email="ana@example.org", address="10.0.0.1", known_browser=None, today=now.date()
        )

    def let_through(_n: int) -> bool:
        for _ in range(3):
            try:
                with database.transaction() as db:
                    attempts.count(db, keys(db), now=now)
            except TooMany:
                return False
            except IntegrityError:
                continue
            return True
        return False

    with database.transaction() as db:
        keys(db)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(let_through, range(64))) == 4


def test_nobody_speaks_for_both_sides(database: Database, consultation: ConsultationView, now: datetime) -> None:
    def given(role: RoleName, sector: Sector) -> None:
        with database.transaction() as db:
            accounts.create(
                db, email="ana@example.org", role=role, consultation_id=consultation.id, sector=sector, now=now
            )

    given(RoleName.FACILITATOR, Sector.GOVERNMENT)
    given(RoleName.FACILITATOR, Sector.CIVIL_SOCIETY)  # the same role, given anew
    given(RoleName.MEMBER, Sector.CIVIL_SOCIETY)
    with pytest.raises(Conflict, match="otro sector"):
        given(RoleName.SECRETARY, Sector.GOVERNMENT)


def test_with_a_new_password_no_browser_is_known(database: Database, account: int, now: datetime) -> None:
    with database.transaction() as db:
        known = sessions.remember_browser(db, account_id=account)
        assert sessions.knows_browser(db, account_id=account, token=known)
        token = links.one_time_link(db, account_id=account, now=now)
        links.set_password(db, token=token, password_hash="otra", now=now)
        assert not sessions.knows_browser(db, account_id=account, token=known)
