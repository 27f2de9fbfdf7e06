"""Commitment proposals: what is still being written, step by step, by whom, and to what it answers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId
from .contributions import Contribution, Kind

_OPEN = text("NOT submitted")


class ProposalDraft(Base):
    """A proposal as its proponent writes it. ``key`` stands in its address; its holder is an organisation (every member
    writes), or a person with the code. ``sheet_id`` is the working sheet, whose only version is rewritten with every
    save; ``unrelated`` says why it answers nothing of what people said. ``contribution_id``: as what it was submitted;
    while it is ``submitted`` nobody writes. Only days are kept of what people do."""

    __tablename__ = "proposal_drafts"
    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (folio_hash IS NULL)", name="one_holder"),
        Index("ix_proposal_drafts_open", "consultation_id", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    key: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    submission_hash: Mapped[bytes] = mapped_column(unique=True)
    folio_hash: Mapped[bytes | None] = mapped_column(unique=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), unique=True)
    unrelated: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None]
    publish_name: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="es")
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), unique=True)
    submitted: Mapped[bool] = mapped_column(default=False)
    begun_on: Mapped[date]
    saved_on: Mapped[date]
    reminded_on: Mapped[date | None]


class DraftStep(Base):
    """How often a step was saved; a form carries the number that it saw, so that nobody writes over another's text."""

    __tablename__ = "draft_steps"

    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_drafts.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    saved: Mapped[int]


class DraftSource(Base):
    """What a draft answers to: a published contribution, or a commitment of an earlier plan."""

    __tablename__ = "draft_sources"
    __table_args__ = (
        UniqueConstraint("draft_id", "contribution_id"),
        UniqueConstraint("draft_id", "earlier_id"),
        CheckConstraint("(contribution_id IS NULL) <> (earlier_id IS NULL)", name="one_source"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_drafts.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"))
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("earlier_commitments.id"))


class Dismissal(Base):
    """A diagnostic of the advice that the proponent looked at and let stand, with the reason that everybody reads.
    ``finding``: the rule, and the milestone's key if it is about one."""

    __tablename__ = "dismissals"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), primary_key=True)
    finding: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    dismissed_on: Mapped[date]


class Proposal(Contribution):
    """A commitment proposal that was sent. ``body`` says in plain words what the sheet in force proposes, for queue,
    search and feeds; ``title`` of its base is the sheet's. ``withdrawal``: the public note of who took it back."""

    __tablename__ = "proposals"
    __mapper_args__ = {"polymorphic_identity": Kind.PROPOSAL}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    body: Mapped[str | None] = mapped_column(Text)
    body_salt: Mapped[bytes | None]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"), unique=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    unrelated: Mapped[str | None] = mapped_column(Text)
    withdrawal: Mapped[str | None] = mapped_column(Text)


class ProposalSource(Base):
    """What a proposal answers to, as it was when it was sent last."""

    __tablename__ = "proposal_sources"
    __table_args__ = (
        UniqueConstraint("proposal_id", "contribution_id"),
        UniqueConstraint("proposal_id", "earlier_id"),
        CheckConstraint("(contribution_id IS NULL) <> (earlier_id IS NULL)", name="one_source"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"), index=True)
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("earlier_commitments.id"))


class Return(Base):
    """A moderator gave a proposal back: which fields to correct, and until when."""

    __tablename__ = "returns"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    fields: Mapped[list[str]]
    due_on: Mapped[date]


class Sponsor(Base):
    """An organisation that was asked to stand behind a proposal, and said yes or no."""

    __tablename__ = "sponsors"

    draft_id: Mapped[int] = mapped_column(ForeignKey("proposal_drafts.id"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True, index=True)
    asked_on: Mapped[date]
    confirmed: Mapped[bool | None]
    answered_on: Mapped[date | None]


class ProposalTerm(Base):
    """A stem of a published proposal, by which similar ones are found."""

    __tablename__ = "proposal_terms"
    __table_args__ = (Index("ix_proposal_terms", "consultation_id", "stem", "proposal_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    stem: Mapped[str] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
