"""A citizen gives an opinion: once per submission key, with a receipt whose code only its author knows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Closed
from consulta.domain.ledger import log as ledger
from consulta.models.contributions import Kind, Status

from . import deferred
from . import incoming as contribution_incoming
from . import submission as contribution_submission
from .submission import Receipt, Submitted


def send(
    db: Session,
    *,
    consultation: ConsultationView,
    given: Submitted,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> str:
    """Take an opinion as ``submit`` does, stored with the commit where nothing needs its number before; its code.

    Whether the key came before is known when ``db.commit_new`` answers.
    """
    incoming = _incoming(consultation, given, submission, held_cause, language, now)
    if not incoming.email and incoming.status is not Status.PUBLISHED:
        deferred.admit(db, consultation, incoming, today=consultation.today(now), actor=ledger.PUBLIC)
        return codes.folio_of(submission)
    return contribution_submission.take(
        db, consultation, incoming, submission=submission, language=language, now=now
    ).folio


def submit(
    db: Session,
    *,
    consultation: ConsultationView,
    given: Submitted,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> Receipt:
    """Take an opinion of the web form; ``Closed`` outside its stage, ``AlreadyReceived`` if the key came before.

    ``held_cause`` (``trap``, ``too-fast``, ``many-from-one-address``) only makes it wait; nobody is refused for it.
    """
    incoming = _incoming(consultation, given, submission, held_cause, language, now)
    return contribution_submission.take(db, consultation, incoming, submission=submission, language=language, now=now)


def _incoming(
    consultation: ConsultationView,
    given: Submitted,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> contribution_incoming.Admission:
    if not consultation.window("opinion", now).open:
        raise Closed("El plazo para opinar no está abierto.")
    return contribution_submission.admitted_as(
        Kind.OPINION, consultation, given, submission=submission, held_cause=held_cause, language=language, now=now
    )
