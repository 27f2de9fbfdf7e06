"""Staff: accounts, their roles, the browsers they sign in from, and the attempts that are counted against guessing."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, by_value


class RoleName(StrEnum):
    """What a person may be in a consultation (``admin``: of the installation)."""

    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    FACILITATOR = "facilitator"
    SECRETARY = "secretary"
    MEMBER = "member"
    LIAISON = "liaison"
    TRANSLATOR = "translator"
    OBSERVER = "observer"
    ADMIN = "admin"


class Sector(StrEnum):
    """The side of the table."""

    GOVERNMENT = "gov"
    CIVIL_SOCIETY = "cso"


class Account(Base):
    """A member of staff. ``email`` is stored folded to lower case; a demo account signs in only under ``make run``."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    suspended: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="es")
    created_at: Mapped[datetime]


GRANT = ("account_id", "role", "consultation_id", "theme_id")
SILENT, SPOKEN = text("language IS NULL"), text("language IS NOT NULL")
"""A role is held once; that of a translator once for each language, and no database takes two NULLs for the same."""


class Role(Base):
    """A role bound to a consultation, and perhaps to a theme, a sector, a language and a body (whose liaison one
    is, or which nominated one). Suspended, it gives nothing."""

    __tablename__ = "roles"
    __table_args__ = (
        Index("uq_roles_grant", *GRANT, unique=True, postgresql_where=SILENT, sqlite_where=SILENT),
        Index("uq_roles_language", *GRANT, "language", unique=True, postgresql_where=SPOKEN, sqlite_where=SPOKEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[RoleName] = mapped_column(by_value(RoleName, "role"))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    sector: Mapped[Sector | None] = mapped_column(by_value(Sector, "sector"))
    organization: Mapped[str | None]
    language: Mapped[str | None]
    suspended: Mapped[bool] = mapped_column(default=False)


class RoleChange(StrEnum):
    """What somebody asks for a role of their own."""

    GRANT = "grant"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"


class RequestState(StrEnum):
    """How a request stands that others answer."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WAITS = text("state = 'waiting'")


class RoleRequest(Base):
    """That somebody who coordinates asks for another role, or to lose one: somebody else answers. ``terms``: what goes
    with the role, as its entry says it."""

    __tablename__ = "role_requests"
    __table_args__ = (
        Index(
            "uq_role_requests_waiting",
            "consultation_id",
            "account_id",
            unique=True,
            postgresql_where=WAITS,
            sqlite_where=WAITS,
        ),
        CheckConstraint("account_id <> answered_by OR state = 'withdrawn'", name="another_answers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    change: Mapped[RoleChange] = mapped_column(by_value(RoleChange, "change"))
    role: Mapped[RoleName] = mapped_column(by_value(RoleName, "role"))
    terms: Mapped[dict[str, Any]]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(by_value(RequestState, "state"), default=RequestState.WAITING)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Pseudonym(Base):
    """How an account is called in one consultation's ledger, pages and files."""

    __tablename__ = "pseudonyms"
    __table_args__ = (UniqueConstraint("consultation_id", "name"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[str]


class AccountSession(Base):
    """A signed-in browser. The cookie holds the token, the row its SHA-256."""

    __tablename__ = "account_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    browser: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AccountToken(Base):
    """A one-time link to set a password; used once, by ``used_at``."""

    __tablename__ = "account_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownBrowser(Base):
    """A browser from which the account signed in before: attacks from elsewhere do not slow it down."""

    __tablename__ = "known_browsers"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)


class Attempt(Base):
    """Failed attempts under one key (a keyed hash nobody can undo after the day): the next is due after ``until``."""

    __tablename__ = "attempts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    until: Mapped[datetime]


class DailyKey(Base):
    """The key of a day's attempts; deleted when the day is over, and with it any way back to an address."""

    __tablename__ = "daily_keys"

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[bytes]
