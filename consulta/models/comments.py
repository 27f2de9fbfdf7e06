"""A comment on something, the support that others give it, and what is reported about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, by_value
from .contributions import Contribution, Kind

_LISTED = text("parent_id IS NULL AND (shown OR replies > 0)")
_SHOWN_REPLY = text("parent_id IS NOT NULL AND shown")
IS_LISTED = text("comments.parent_id IS NULL AND (comments.shown OR comments.replies > 0)")
IS_SHOWN_REPLY = text("comments.parent_id IS NOT NULL AND comments.shown")
"""Conditions as the partial indexes spell them."""


class Comment(Contribution):
    """A comment on a theme, a contribution (perhaps one ``part`` of it: a field, a milestone) or a commitment.

    What it is on is one foreign key per kind of target, exactly one of them set, and never changes. A reply bears the
    target of the comment that it answers, its ``parent_id``; there is one level. ``shown`` (its status is published),
    ``replies`` (its shown ones) and ``supports`` are moved with what they count and recounted by ``ledger check``.
    A comment that is gone stays in its list while replies to it are shown, as a note.
    """

    __tablename__ = "comments"
    __table_args__: Any = (
        CheckConstraint(
            "(CASE WHEN on_theme_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN on_contribution_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN on_commitment_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_target",
        ),
        CheckConstraint("part IS NULL OR on_contribution_id IS NOT NULL", name="part_of_something"),
        CheckConstraint("parent_id IS NULL OR parent_id < id", name="parent_came_first"),
        CheckConstraint("supports >= 0 AND replies >= 0", name="counts_not_negative"),
        Index("ix_comments_theme", "on_theme_id", "id", postgresql_where=_LISTED, sqlite_where=_LISTED),
        Index(
            "ix_comments_theme_supports",
            "on_theme_id",
            "supports",
            "id",
            postgresql_where=_LISTED,
            sqlite_where=_LISTED,
        ),
        Index("ix_comments_contribution", "on_contribution_id", "id", postgresql_where=_LISTED, sqlite_where=_LISTED),
        Index(
            "ix_comments_contribution_supports",
            "on_contribution_id",
            "supports",
            "id",
            postgresql_where=_LISTED,
            sqlite_where=_LISTED,
        ),
        Index("ix_comments_commitment", "on_commitment_id", "id", postgresql_where=_LISTED, sqlite_where=_LISTED),
        Index(
            "ix_comments_commitment_supports",
            "on_commitment_id",
            "supports",
            "id",
            postgresql_where=_LISTED,
            sqlite_where=_LISTED,
        ),
        Index("ix_comments_replies", "parent_id", "id", postgresql_where=_SHOWN_REPLY, sqlite_where=_SHOWN_REPLY),
        Index(
            "ix_comments_replies_supports",
            "parent_id",
            "supports",
            "id",
            postgresql_where=_SHOWN_REPLY,
            sqlite_where=_SHOWN_REPLY,
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    body: Mapped[str | None] = mapped_column(Text)
    body_salt: Mapped[bytes | None]
    on_theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    on_contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contributions.id"))
    on_commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    part: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    shown: Mapped[bool] = mapped_column(default=False)
    replies: Mapped[int] = mapped_column(default=0)
    supports: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"polymorphic_identity": Kind.COMMENT, "inherit_condition": id == Contribution.id}  # noqa: RUF012, A003


class Support(Base):
    """*A mí también me pasa*, once a person and comment. ``mark`` is an HMAC that names nobody and that no other
    comment's mark can be linked with; ``salt`` opens its commitment in the ledger and goes with the row."""

    __tablename__ = "supports"
    __table_args__ = (UniqueConstraint("comment_id", "mark"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    mark: Mapped[bytes]
    salt: Mapped[bytes]


class Ground(StrEnum):
    """Why somebody reports a published comment."""

    PERSONAL_DATA = "personal-data"
    THREAT = "threat"
    HATE = "hate"
    INSULT = "insult"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off-topic"
    OTHER = "other"


class Report(Base):
    """Somebody says that a published comment should be looked at. Nobody's name, and only the day.

    ``ref`` is its public identifier; ``ordinal`` the acts of staff upon the comment that had happened: later decisions
    settle it. ``salt`` is for what is never erased, ``line_salt`` for the line, which goes with the comment.
    """

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_comment", "comment_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"))
    ground: Mapped[Ground] = mapped_column(by_value(Ground, "ground"))
    line: Mapped[str | None] = mapped_column(Text)
    line_salt: Mapped[bytes | None]
    reported_on: Mapped[date]
    ordinal: Mapped[int]
    submission_hash: Mapped[bytes] = mapped_column(unique=True)
    held_cause: Mapped[str | None]
    salt: Mapped[bytes]
