"""Somebody comments on a theme or on what was published: once per submission key, with a receipt, as an opinion is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.contributions import submission as contribution_submission
from consulta.domain.contributions.targets import Target
from consulta.domain.errors import Closed, Invalid
from consulta.models.contributions import Kind

MAX_THEMES = 5


@dataclass(frozen=True)
class SubmittedComment(contribution_submission.Submitted):
    """What a person typed; ``theme`` is the primary one, ``mentions`` the slugs of the others."""

    mentions: list[str] | None = None
    on: list[str | int | None] | None = None


def chosen(
    consultation: ConsultationView, slugs: list[str], preset: ThemeView | None
) -> tuple[ThemeView, list[ThemeView]]:
    """The primary theme and the others, of one to five: the theme of what is commented upon is the primary if it is
    among them, else the first in the consultation's order."""
    themes = [theme for theme in consultation.themes if theme.slug in slugs]
    if not themes:
        raise Invalid("Elija por lo menos un tema.", field="themes")
    if len(themes) > MAX_THEMES:
        raise Invalid("Elija cinco temas o menos.", field="themes")
    primary = next((theme for theme in themes if preset and theme.id == preset.id), themes[0])
    return primary, [theme for theme in themes if theme.id != primary.id]


def submit(
    db: Session,
    *,
    consultation: ConsultationView,
    target: Target,
    given: SubmittedComment,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> contribution_submission.Receipt:
    """Take a comment; ``Closed`` outside its stage, ``AlreadyReceived`` if the key came before.

    ``held_cause`` only makes it wait, as with opinions.
    """
    if not consultation.window("comment", now).open:
        raise Closed("El plazo para comentar no está abierto.")
    incoming = contribution_submission.admitted_as(
        Kind.COMMENT,
        consultation,
        _whole(given, target),
        submission=submission,
        held_cause=held_cause,
        language=language,
        now=now,
    )
    mentions = tuple(theme for slug in given.mentions or [] if (theme := consultation.theme(slug)) is not None)
    incoming = replace(incoming, mentions=mentions, on=target)
    return contribution_submission.take(db, consultation, incoming, submission=submission, language=language, now=now)


def repeated(
    db: Session, *, submission: str, given: SubmittedComment, target: Target
) -> contribution_submission.Receipt:
    """The first receipt of a key that arrived before, if it said the same on the same thing; else ``Conflict``."""
    return contribution_submission.repeated(db, submission=submission, given=_whole(given, target))


def _whole(given: SubmittedComment, target: Target) -> SubmittedComment:
    return replace(given, on=[target.key, target.part, target.parent_number])
