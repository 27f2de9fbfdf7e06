"""The one table of figures."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Tally(Base):
    """How many contributions stand in one cell. A column that a dimension does not use is empty.

    Dimensions: ``theme`` (theme, kind, status, confirmed), ``day`` (day, status), ``mention`` (theme is the secondary
    one), and one-way ``channel``, ``department``, ``taking_part_as``, ``age_group``, ``gender``, ``language`` (value,
    kind, status). ``theme`` is a slug, empty for the unclassified; ``day`` an ISO date. There is no CHECK against
    negative figures: it would refuse the insert arm of an upsert that takes away; ``ledger check`` recounts instead.
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
