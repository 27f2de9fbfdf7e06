"""What staff do upon a contribution: decide, classify; and who is looking at it just now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, by_value


class Verdict(StrEnum):
    """May it be shown? ``return``: a proposal goes back to be corrected."""

    PUBLISH = "publish"
    REJECT = "reject"
    RETURN = "return"


class Decision(Base):
    """One decision. A reversal is a new one."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("contribution_id", "ordinal"),
        CheckConstraint("(verdict = 'reject') = (reason_id IS NOT NULL)", name="reason_for_rejection"),
        Index("ix_decisions_account", "account_id", "id"),
        {"info": {"append_only": True}},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"))
    ordinal: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(by_value(Verdict, "verdict"))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]


class DecisionNote(Base):
    """The note to the author; erased with the contribution, so it stands apart from its decision."""

    __tablename__ = "decision_notes"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    note: Mapped[str | None] = mapped_column(Text)
    note_salt: Mapped[bytes | None]


class Classification(Base):
    """One act of saying what a contribution is about; the whole answer, not a difference."""

    __tablename__ = "classifications"
    __table_args__ = (UniqueConstraint("contribution_id", "ordinal"), {"info": {"append_only": True}})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"))
    ordinal: Mapped[int]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    mentions: Mapped[list[str]]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime]


class Mention(Base):
    """A secondary theme in force."""

    __tablename__ = "mentions"

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True, index=True)


class Intake(Base):
    """Who entered a contribution that came on paper or by word of mouth: they do not decide upon it."""

    __tablename__ = "intakes"

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class Lease(Base):
    """Who has opened a contribution to decide upon it, and until when. It bears its consultation, so that those of one
    are found without a look at its contributions."""

    __tablename__ = "leases"
    __table_args__ = (Index("ix_leases", "consultation_id", "until"),)

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    until: Mapped[datetime]
