"""An opinion: plain text, as sent."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from .contributions import Contribution, Kind


class Opinion(Contribution):
    """An opinion given on the web, on paper, at a forum, by telephone, or imported. Erased: no body, no salt,
    no ``text_hash``, by which the same words are found again."""

    __tablename__ = "opinions"
    __mapper_args__ = {"polymorphic_identity": Kind.OPINION}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    body: Mapped[str | None] = mapped_column(Text)
    body_salt: Mapped[bytes | None]
    text_hash: Mapped[bytes | None] = mapped_column(index=True)
