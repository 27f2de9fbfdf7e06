"""One-time links: an invitation, a forgotten password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.errors import NotFound
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Delivery, Mail, Recipient
from consulta.models.accounts import Account, AccountSession, AccountToken, KnownBrowser
from consulta.models.base import Localized

from . import accounts

LINK_VALID = timedelta(days=7)
RESET_VALID = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class InvitationMail(Mail):
    """A role was granted. ``token``: a link to a first password; none for who has one already. ``role``, ``slug``: what
    they are now, and where."""

    template = "invitation"
    token: str | None
    consultation: Localized | None = None
    role: str | None = None
    slug: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResetMail(Mail):
    """Somebody asked for a new password for an address, which may have an account or none."""

    template = "reset"
    address: str

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the link; nothing if the address has no account that may sign in."""
        found = accounts.by_email(db, delivery.to)
        if found is None or found[2] or found[3]:
            return None
        link = one_time_link(db, account_id=found[0], now=delivery.now, valid=RESET_VALID)
        return {**(super().words(db, delivery) or {}), "token": link}


def one_time_link(db: Session, *, account_id: int, now: datetime, valid: timedelta = LINK_VALID) -> str:
    """A token that sets the password once; the database keeps its hash. It ends every earlier one of the account."""
    token = secrets.token_urlsafe(24)
    _end(db, account_id, now=now)
    db.execute(insert(AccountToken).values(token_hash=sha256(token), account_id=account_id, expires_at=now + valid))
    return token


def _end(db: Session, account_id: int, *, now: datetime) -> None:
    unspent = (AccountToken.account_id == account_id) & AccountToken.used_at.is_(None)
    db.execute(update(AccountToken).where(unspent).values(used_at=now))


def invite(
    db: Session,
    *,
    account_id: int,
    now: datetime,
    consultation: Localized | None = None,
    role: str | None = None,
    slug: str | None = None,
) -> str | None:
    """Mail what somebody is now, with a one-time link if they have no password yet; the token. ``None``: they have one,
    or it is a second click: the link of the first mail, which is on its way, holds."""
    account = db.execute(select(Account.language, Account.password_hash).where(Account.id == account_id)).one()
    known = account.password_hash is not None and slug is not None
    about = f"{slug}:{role}:" if known else ""
    event, to = f"invitation:{about}{now:%Y-%m-%dT%H}", Recipient.ACCOUNT.of(account_id)
    if outbox.posted(db, event=event, to=to):
        return None
    token = None if known else one_time_link(db, account_id=account_id, now=now)
    mail = InvitationMail(token=token, language=account.language, consultation=consultation, role=role, slug=slug)
    outbox.post_once(db, mail, event=event, to=to, now=now)
    return token


def ask_reset(db: Session, *, email: str, language: str, now: datetime) -> None:
    """Note that somebody asked; the worker finds out whether there is such an account: this costs always the same. One
    mail in a quarter of an hour: whoever floods an address with wishes sends it no more than that."""
    address = email.strip().lower()
    mail, to = ResetMail(address=address, language=language), Recipient.ADDRESS.of(sha256(address).hex())
    quarter = now.replace(minute=now.minute // 15 * 15)
    outbox.post_once(db, mail, event=f"reset:{quarter:%Y-%m-%dT%H:%M}", to=to, now=now)


def set_password(db: Session, *, token: str, password_hash: str, now: datetime) -> int:
    """Spend a one-time link on a new password; every session and every other link of the account ends, and no browser
    is known any more. ``NotFound`` if it does not hold."""
    account_id = db.execute(
        update(AccountToken)
        .where(
            AccountToken.token_hash == sha256(token),
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > now,
        )
        .values(used_at=now)
        .returning(AccountToken.account_id)
    ).scalar_one_or_none()
    if account_id is None:
        raise NotFound("Este enlace ya se usó o venció. Pida uno nuevo.")
    db.execute(update(Account).where(Account.id == account_id).values(password_hash=password_hash))
    _end(db, account_id, now=now)
    db.execute(delete(KnownBrowser).where(KnownBrowser.account_id == account_id))
    db.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return account_id


def link_holds(db: Session, token: str, *, now: datetime) -> bool:
    """Whether a one-time link could still be spent; asked before the costly hashing, decided by ``set_password``."""
    query = select(AccountToken.account_id).where(
        AccountToken.token_hash == sha256(token),
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now,
    )
    return db.execute(query).first() is not None
