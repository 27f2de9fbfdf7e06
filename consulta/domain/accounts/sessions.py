"""Signing in: sessions as rows, and delays that grow for whoever guesses but not for whoever has been here before."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.contributions.fingerprints import sha256
from consulta.domain.errors import TooMany
from consulta.models.accounts import Account, AccountSession, Attempt, DailyKey, KnownBrowser, Role

from .accounts import Actor, Granted

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
TOUCH = timedelta(minutes=5)
FREE_TRIES = 3
LONGEST_DELAY = timedelta(minutes=15)


@dataclass(frozen=True)
class OpenSession:
    """A signed-in browser, for the list in the account."""

    id: int
    browser: str
    created_at: datetime
    used_at: datetime


def begin(db: Session, *, account_id: int, browser: str, now: datetime) -> str:
    """A new session; its token, of which the database keeps the hash."""
    token = secrets.token_urlsafe(32)
    db.execute(
        insert(AccountSession).values(
            account_id=account_id, token_hash=sha256(token), browser=browser[:60], created_at=now, used_at=now
        )
    )
    return token


_HOLDER = (
    select(
        AccountSession.id,
        AccountSession.created_at,
        AccountSession.used_at,
        Account.id.label("account_id"),
        Account.email,
        Account.language,
        Role.role,
        Role.consultation_id,
        Role.theme_id,
        Role.sector,
    )
    .join(Account, Account.id == AccountSession.account_id)
    .outerjoin(Role, (Role.account_id == Account.id) & Role.suspended.is_(False))
    .where(AccountSession.token_hash == bindparam("token"), AccountSession.revoked_at.is_(None), ~Account.suspended)
)
"""Made once: it is asked with every page of the team."""


def actor(db: Session, token: str, *, now: datetime) -> tuple[Actor, bool] | None:
    """Who holds this token, and whether its last use is old enough to be noted; ``None`` if it no longer holds."""
    rows = db.connection().execute(_HOLDER, {"token": sha256(token)}).all()
    if not rows or now - rows[0].used_at > IDLE or now - rows[0].created_at > ABSOLUTE:
        return None
    first = rows[0]
    roles = tuple(Granted(r.role, r.consultation_id, r.theme_id, r.sector) for r in rows if r.role)
    found = Actor(first.account_id, first.email, first.language, first.id, roles)
    return found, now - first.used_at > TOUCH


def sessions(db: Session, account_id: int, *, now: datetime) -> list[OpenSession]:
    """The sessions that still hold, newest first."""
    rows = db.execute(
        select(AccountSession.id, AccountSession.browser, AccountSession.created_at, AccountSession.used_at)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.used_at > now - IDLE,
            AccountSession.created_at > now - ABSOLUTE,
        )
        .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
    )
    return [OpenSession(*row) for row in rows]


def revoke(db: Session, *, account_id: int, session_id: int | None = None, now: datetime) -> None:
    """End one session of an account, or all."""
    query = update(AccountSession).where(AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None))
    if session_id is not None:
        query = query.where(AccountSession.id == session_id)
    db.execute(query.values(revoked_at=now))


def remember_browser(db: Session, *, account_id: int) -> str:
    """A token that lets this browser sign in unhindered by attacks from elsewhere."""
    token = secrets.token_urlsafe(24)
    db.execute(insert(KnownBrowser).values(token_hash=sha256(token), account_id=account_id))
    return token


def knows_browser(db: Session, *, account_id: int, token: str) -> bool:
    """Whether the account signed in from this browser before."""
    query = select(KnownBrowser.account_id).where(KnownBrowser.token_hash == sha256(token))
    return db.execute(query).scalar_one_or_none() == account_id


def attempt_keys(db: Session, *, email: str, address: str, known_browser: str | None, today: date) -> list[bytes]:
    """Under which keys a try is counted: a known browser by itself alone; else the account and the address."""
    key = _day_key(db, today)
    account = email.strip().lower()
    parts = [f"browser|{known_browser}"] if known_browser else [f"account|{account}", f"address|{address}"]
    return [hmac.digest(key, part.encode(), "sha256") for part in parts]


def code_keys(db: Session, *, address: str, today: date) -> list[bytes]:
    """The key under which refused codes of one address are counted."""
    return [hmac.digest(_day_key(db, today), f"code|{address}".encode(), "sha256")]


def _day_key(db: Session, today: date) -> bytes:
    found = db.execute(select(DailyKey.key).where(DailyKey.day == today)).scalar_one_or_none()
    if found is None:
        db.execute(delete(DailyKey).where(DailyKey.day < today))
        found = secrets.token_bytes(32)
        db.execute(insert(DailyKey).values(day=today, key=found))
    return found


def check_delay(db: Session, keys: list[bytes], *, now: datetime) -> None:
    """``TooMany`` while a delay of one of the keys is running."""
    until = db.execute(
        select(Attempt.until).where(Attempt.key.in_(keys)).order_by(Attempt.until.desc()).limit(1)
    ).scalar()
    if until is not None and until > now:
        raise TooMany("Hubo varios intentos fallidos. Espere un momento y vuelva a intentarlo.", until=until)


def count_failure(db: Session, keys: list[bytes], *, now: datetime, free: int = FREE_TRIES) -> None:
    """One more failure: after three free tries 2, 4, 8 … seconds, at most 15 minutes."""
    for key in keys:
        seen = db.execute(select(Attempt.failures).where(Attempt.key == key).with_for_update()).scalar_one_or_none()
        failures = (seen or 0) + 1
        delay = timedelta(seconds=2 ** min(failures - free, 12)) if failures > free else timedelta()
        values = {"failures": failures, "failed_at": now, "until": now + min(delay, LONGEST_DELAY)}
        if seen is None:
            db.execute(insert(Attempt).values(key=key, **values))
        else:
            db.execute(update(Attempt).where(Attempt.key == key).values(**values))


def forget_failures(db: Session, keys: list[bytes]) -> None:
    """After a success."""
    db.execute(delete(Attempt).where(Attempt.key.in_(keys)))


def touch(db: Session, session_id: int, *, now: datetime) -> None:
    """Note the last use of a session."""
    db.execute(update(AccountSession).where(AccountSession.id == session_id).values(used_at=now))


def purge(db: Session, *, now: datetime, today: date) -> None:
    """Forget the attempts and keys of days gone by, and sessions that no longer hold."""
    db.execute(delete(Attempt).where(Attempt.failed_at < now - timedelta(days=1)))
    db.execute(delete(DailyKey).where(DailyKey.day < today - timedelta(days=1)))
    db.execute(delete(AccountSession).where(AccountSession.created_at < now - ABSOLUTE))
