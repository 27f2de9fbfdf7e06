"""The one table of figures, and the editions of those that concern people's traits."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Tally(Base):
    """How many contributions stand in one cell. A column that a dimension does not use is empty.

    Dimensions: ``theme`` (theme, kind, status, confirmed), ``day`` (day, status), ``mention`` (theme is the secondary
    one), ``waiting`` (value is the channel; theme, kind, status) of what waits for a person, and one-way ``channel``,
    ``department``, ``taking_part_as``, ``age_group``, ``gender``, ``language`` (value, kind, status). ``theme`` is a
    slug, empty for the unclassified; ``day`` an ISO date. There is no CHECK against negative figures: it would refuse
    the insert arm of an upsert that takes away; ``ledger check`` recounts instead.
    """

    __tablename__ = "tally"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    theme: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    confirmed: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int]


class TraitEdition(Base):
    """Tables of traits as they were published on a day. ``subject``: ``contributions``, or ``forum/KEY``; ``members``:
    a bit for each who was counted, by which the next edition knows how many joined or left; ``tables``: as shown."""

    __tablename__ = "trait_editions"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    made_on: Mapped[date] = mapped_column(primary_key=True)
    total: Mapped[int]
    members: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    tables: Mapped[dict[str, Any]]
