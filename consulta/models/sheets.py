"""A sheet as it is stored: prose in columns, whatever repeats in rows; one set of rows for each version."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, BigId, by_value


class LineKind(StrEnum):
    """Which cell a line stands in; ``summary``: the bodies that the plan's table of contents names."""

    LEAD = "lead"
    PERSON = "person"
    POST = "post"
    EMAIL = "email"
    PHONE = "phone"
    SUMMARY = "summary"
    NOTE = "note"


class StoredSheet(Base):
    """What a proposal, a draft or a commitment says, in all its versions; ``version`` is the one in force."""

    __tablename__ = "sheets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class SheetVersion(Base):
    """One version. ``undecided`` names what is left to the table; ``challenges`` are codes of OGP's grand challenges;
    ``salt`` is that of its commitment in the ledger, destroyed with the text."""

    __tablename__ = "sheet_versions"
    __table_args__ = (UniqueConstraint("sheet_id", "version"), CheckConstraint("version > 0", name="from_one"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    version: Mapped[int]
    language: Mapped[str]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"))
    title: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    causes: Mapped[str | None] = mapped_column(Text)
    background: Mapped[str | None] = mapped_column(Text)
    objective: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    results: Mapped[str | None] = mapped_column(Text)
    relevance: Mapped[str | None] = mapped_column(Text)
    value_transparency: Mapped[str | None] = mapped_column(Text)
    value_participation: Mapped[str | None] = mapped_column(Text)
    value_accountability: Mapped[str | None] = mapped_column(Text)
    challenge: Mapped[str | None] = mapped_column(Text)
    ambition: Mapped[str | None] = mapped_column(Text)
    context: Mapped[str | None] = mapped_column(Text)
    government: Mapped[str | None] = mapped_column(Text)
    others: Mapped[str | None] = mapped_column(Text)
    challenges: Mapped[list[str]]
    undecided: Mapped[list[str]]
    written_on: Mapped[date]
    salt: Mapped[bytes | None]


class SheetLine(Base):
    """A line of a cell: as written, and what it says."""

    __tablename__ = "sheet_lines"

    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_versions.id"), primary_key=True)
    kind: Mapped[LineKind] = mapped_column(by_value(LineKind, "kind"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    number: Mapped[int | None]
    role: Mapped[str | None]
    acronym: Mapped[str | None]
    honorific: Mapped[str | None]
    unit: Mapped[str | None]
    extension: Mapped[str | None]


class SheetContact(Base):
    """A person who answers for it. ``email`` is private."""

    __tablename__ = "sheet_contacts"

    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_versions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    honorific: Mapped[str | None]
    unit: Mapped[str | None]
    role: Mapped[str | None]
    post: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    body_role: Mapped[str | None]
    email: Mapped[str | None]


class SheetContactPhone(Base):
    """A telephone of a contact: private."""

    __tablename__ = "sheet_contact_phones"

    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_versions.id"), primary_key=True)
    contact: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    extension: Mapped[str | None]


class SheetMilestone(Base):
    """A milestone or one of its parts, in the order of ``place``. ``key`` is its public identifier within the sheet,
    the same in every version; months are ``YYYY-MM``."""

    __tablename__ = "sheet_milestones"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        CheckConstraint("continuity IN ('new', 'ongoing')", name="continuity"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_versions.id"))
    place: Mapped[int]
    key: Mapped[str]
    parent: Mapped[str | None]
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    number: Mapped[int | None]
    number_text: Mapped[str | None]
    mark: Mapped[str | None]
    letter: Mapped[str | None]
    deliverable: Mapped[str | None] = mapped_column(Text)
    responsible: Mapped[list[str]]
    continuity: Mapped[str | None]
    continues: Mapped[str | None]
    start: Mapped[str | None]
    end: Mapped[str | None]
    start_text: Mapped[str | None]
    end_text: Mapped[str | None]
    inherited: Mapped[list[str]]
    has_parts: Mapped[bool]


class MilestoneResponsible(Base):
    """A body responsible for a milestone, by the name that was written; ``organization_id`` if it is registered."""

    __tablename__ = "milestone_parties"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("sheet_milestones.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    units: Mapped[list[str]]
    role: Mapped[str | None]
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))


class SheetTranslation(Base):
    """A field of a version in another language, ``milestone:KEY`` for a milestone's text."""

    __tablename__ = "sheet_translations"

    version_id: Mapped[int] = mapped_column(ForeignKey("sheet_versions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
