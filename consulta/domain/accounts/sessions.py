"""Signing in: sessions as rows, and delays that grow for whoever guesses but not for whoever has been here before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.models.accounts import Account, AccountSession, Attempt, DailyKey, KnownBrowser, Role

from .actors import Actor, Granted

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
TOUCH = timedelta(minutes=5)


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


def touch(db: Session, session_id: int, *, now: datetime) -> None:
    """Note the last use of a session."""
    db.execute(update(AccountSession).where(AccountSession.id == session_id).values(used_at=now))


def purge(db: Session, *, now: datetime, today: date) -> None:
    """Forget the attempts and keys of days gone by, and sessions that no longer hold."""
    db.execute(delete(Attempt).where(Attempt.failed_at < now - timedelta(days=1)))
    db.execute(delete(DailyKey).where(DailyKey.day < today - timedelta(days=1)))
    db.execute(delete(AccountSession).where(AccountSession.created_at < now - ABSOLUTE))
