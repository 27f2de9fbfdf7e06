"""Bodies that take part, how their accounts came to be, who acts for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .accounts import WAITS, RequestState, Sector
from .base import Base, Localized, by_value


class Standing(StrEnum):
    """How an organisation's account stands; ``listed``: it was named and has none."""

    LISTED = "listed"
    ASKED = "asked"
    PROVISIONAL = "provisional"
    VERIFIED = "verified"
    REFUSED = "refused"
    APPEALED = "appealed"


class Organization(Base):
    """A body. ``sector`` is a code of the list ``body_sector``, ``capacities`` of ``capacity``; ``contact_email`` and
    ``contact_phone`` are for telling it of changes and shown nowhere but, one look at a time, in *Por avisar*."""

    __tablename__ = "organizations"
    __table_args__ = (UniqueConstraint("consultation_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    slug: Mapped[str]
    name: Mapped[Localized]
    sort_key: Mapped[str]
    acronym: Mapped[str | None]
    sector: Mapped[str]
    capacities: Mapped[list[str]]
    aliases: Mapped[list[str]]
    earlier_names: Mapped[list[str]]
    note: Mapped[Localized | None]
    source: Mapped[dict[str, Any] | None]
    standing: Mapped[Standing] = mapped_column(by_value(Standing, "standing"))
    asked_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=1)
    appeal: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_salt: Mapped[bytes | None]
    wished_on: Mapped[date | None]
    """The day of a request; one that nobody confirms is forgotten after a week."""
    listed: Mapped[bool] = mapped_column(default=False)
    """Whether a coordinator named it: then it is on the list whatever becomes of its request."""


class Verification(Base):
    """What one person of one sector said of an organisation's request; an appeal opens the next round."""

    __tablename__ = "verifications"
    __table_args__ = (
        UniqueConstraint("organization_id", "round", "sector"),
        Index("ix_one_voice", "organization_id", "round", "account_id", unique=True),
        CheckConstraint("accepts OR reason IS NOT NULL", name="reason_for_refusal"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    round: Mapped[int]
    sector: Mapped[Sector] = mapped_column(by_value(Sector, "sector"))
    accepts: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]


class SignatoryRequest(Base):
    """That another member signs for an organisation whose signatory is gone: one person of each sector agrees."""

    __tablename__ = "signatory_requests"
    __table_args__ = (
        Index(
            "uq_signatory_requests_waiting", "organization_id", unique=True, postgresql_where=WAITS, sqlite_where=WAITS
        ),
        CheckConstraint("gov_by IS NULL OR cso_by IS NULL OR gov_by <> cso_by", name="two_people"),
        CheckConstraint("state <> 'agreed' OR (gov_by IS NOT NULL AND cso_by IS NOT NULL)", name="both_sectors"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    gov_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    cso_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[RequestState] = mapped_column(by_value(RequestState, "state"), default=RequestState.WAITING)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]


class OrganizationMember(Base):
    """Who acts for an organisation; one person may write (every member does) and sign."""

    __tablename__ = "organization_members"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    signatory: Mapped[bool] = mapped_column(default=False)
    wished_on: Mapped[date | None]
    """The day on which somebody said that they speak for a listed body; forgotten unless they stand by it."""
