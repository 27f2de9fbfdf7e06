"""A contribution and, apart from it, what is known of who gave it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, by_value


class Kind(StrEnum):
    """What was given."""

    OPINION = "opinion"
    COMMENT = "comment"
    PROPOSAL = "proposal"


class Channel(StrEnum):
    """The way it came."""

    WEB = "web"
    PAPER = "paper"
    FORUM = "forum"
    ASSISTED = "assisted"
    IMPORT = "import"


class Status(StrEnum):
    """Where a contribution stands; ``GROUP_OF`` says under which figure it is counted."""

    RECEIVED = "received"
    HELD = "held"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    RETURNED = "returned"
    ANNULLED = "annulled"


GROUP_OF = {
    Status.RECEIVED: "pending",
    Status.HELD: "pending",
    Status.PUBLISHED: "published",
    Status.REJECTED: "rejected",
    Status.WITHDRAWN: "withdrawn",
    Status.ERASED: "erased",
    Status.RETURNED: "pending",
    Status.ANNULLED: "annulled",
}
NOT_SHOWN_YET = (Status.RECEIVED, Status.HELD, Status.RETURNED)

_PUBLIC = text("status = 'published'")
_WAITING = text("awaiting_review")
_IMPORTED = text("import_id IS NOT NULL")
IS_SHOWN = text("contributions.status = 'published'")
IS_WAITING = text("contributions.awaiting_review")
"""Conditions as the partial indexes spell them: SQLite would not use an index for a bound value or ``= 1``."""


class Contribution(Base):
    """The base of every kind: each column that is filtered, sorted or counted.

    ``ordinal`` counts the acts of staff upon it; a form carries the ordinal seen, so a stale act is refused.
    ``awaiting_review`` is true until a person has looked at it. ``received_on`` is a day of the consultation's zone,
    and so is ``published_on``; ``published_order``: the place among what was published, for no time of day is kept.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        UniqueConstraint("consultation_id", "source", "external_id"),
        CheckConstraint("number > 0", name="number_positive"),
        Index("ix_public", "consultation_id", "number", postgresql_where=_PUBLIC, sqlite_where=_PUBLIC),
        Index(
            "ix_public_theme",
            "consultation_id",
            "theme_id",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_public_department",
            "consultation_id",
            "department",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_public_theme_department",
            "consultation_id",
            "theme_id",
            "department",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_public_kind",
            "consultation_id",
            "kind",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_public_theme_kind",
            "consultation_id",
            "theme_id",
            "kind",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_feed",
            "consultation_id",
            "published_order",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index(
            "ix_feed_theme",
            "consultation_id",
            "theme_id",
            "published_order",
            "number",
            postgresql_where=_PUBLIC,
            sqlite_where=_PUBLIC,
        ),
        Index("ix_import", "import_id", "id", postgresql_where=_IMPORTED, sqlite_where=_IMPORTED),
        Index("ix_waiting", "consultation_id", "review_by", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index(
            "ix_waiting_theme",
            "consultation_id",
            "theme_id",
            "review_by",
            "id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        Index(
            "ix_waiting_channel",
            "consultation_id",
            "channel",
            "review_by",
            "id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    number: Mapped[int]
    kind: Mapped[Kind] = mapped_column(by_value(Kind, "kind"))
    channel: Mapped[Channel] = mapped_column(by_value(Channel, "channel"))
    status: Mapped[Status] = mapped_column(by_value(Status, "status"))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    title: Mapped[str | None]
    title_salt: Mapped[bytes | None]
    department: Mapped[str | None]
    department_salt: Mapped[bytes | None]
    received_on: Mapped[date]
    review_by: Mapped[date]
    answer_by: Mapped[date]
    published_on: Mapped[date | None]
    published_order: Mapped[int | None]
    confirmed: Mapped[bool] = mapped_column(default=False)
    awaiting_review: Mapped[bool] = mapped_column(default=True)
    ordinal: Mapped[int] = mapped_column(default=0)
    submission_hash: Mapped[bytes | None] = mapped_column(unique=True)
    folio_hash: Mapped[bytes | None] = mapped_column(unique=True)
    content_hash: Mapped[bytes | None]
    held_cause: Mapped[str | None]
    source: Mapped[str | None]
    external_id: Mapped[str | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    intake_salt: Mapped[bytes]

    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012


class Contributor(Base):
    """Who gave it, apart from the text: contact and traits, each with the salt of its commitment.

    ``erase_contact_on`` is the day on which name (unless shown) and address go by themselves.
    """

    __tablename__ = "contributors"
    __table_args__ = (
        Index(
            "ix_contact_due",
            "erase_contact_on",
            postgresql_where=text("email IS NOT NULL OR name IS NOT NULL"),
            sqlite_where=text("email IS NOT NULL OR name IS NOT NULL"),
        ),
    )

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    name: Mapped[str | None]
    publish_name: Mapped[bool] = mapped_column(default=False)
    name_salt: Mapped[bytes | None]
    email: Mapped[str | None]
    mail_language: Mapped[str | None]
    email_salt: Mapped[bytes | None]
    taking_part_as: Mapped[str | None]
    taking_part_as_salt: Mapped[bytes | None]
    age_group: Mapped[str | None]
    age_group_salt: Mapped[bytes | None]
    gender: Mapped[str | None]
    gender_salt: Mapped[bytes | None]
    language: Mapped[str | None]
    language_salt: Mapped[bytes | None]
    erase_contact_on: Mapped[date]


class Erasure(Base):
    """An author asked to erase everything: done after ``due_at`` unless taken back."""

    __tablename__ = "erasures"

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    status_before: Mapped[Status] = mapped_column(by_value(Status, "status_before"))
    awaiting_before: Mapped[bool]
