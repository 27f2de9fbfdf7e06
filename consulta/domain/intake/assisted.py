"""An opinion that came on paper or by word of mouth, entered by somebody of the team in the person's own words."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain import codes
from consulta.domain.accounts.actors import Actor
from consulta.domain.codes import sha256
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.contributions import admission
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.errors import AlreadyReceived, Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.log import By
from consulta.domain.texts import OTHER_MAX, says_something
from consulta.models.accounts import RoleName
from consulta.models.base import table_of
from consulta.models.consultations import ConsultationKind
from consulta.models.contributions import Channel, Contribution, Kind, Status
from consulta.models.moderation import Intake

CHANNELS = (Channel.PAPER, Channel.ASSISTED)
_SENT = table_of(Contribution)
ENTERS = (RoleName.COORDINATOR, RoleName.MODERATOR, RoleName.FACILITATOR, RoleName.SECRETARY)


@dataclass(frozen=True)
class Brought:
    """What was brought: the person's words, the day, and what they said of themselves."""

    channel: Channel
    body: str
    received_on: date
    title: str | None = None
    theme: ThemeView | None = None
    department: str | None = None
    taking_part_as: str | None = None
    language: str | None = None


def may_enter(actor: Actor, consultation: ConsultationView) -> bool:
    """Whether somebody may enter what came on paper or by word of mouth."""
    open_ = consultation.kind is not ConsultationKind.RECORD
    return open_ and bool(actor.roles_in(consultation.id, *ENTERS))


def check(actor: Actor, consultation: ConsultationView) -> None:
    """``NotAllowed`` for who may not enter contributions here."""
    if not actor.roles_in(consultation.id, *ENTERS):
        raise NotAllowed("Esta página es del equipo de la consulta.")


def enter(
    db: Session, consultation: ConsultationView, brought: Brought, *, submission: str, by: By, now: datetime
) -> str:
    """Take it in; the code for the person. Who entered it stands in the ledger and does not decide upon it.

    ``submission`` is the form's key: the same form sent twice is refused by the database, as on the web.
    """
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no recibe aportes.")
    if brought.channel not in CHANNELS:
        raise Invalid("Elija si llegó en papel o de palabra.", field="channel")
    if not says_something(brought.body) or len(brought.body) > OTHER_MAX:
        raise Invalid("Escriba lo que dijo la persona, hasta 20,000 letras.", field="body")
    today = consultation.today(now)
    if brought.received_on > today:
        raise Invalid("La fecha en que llegó no puede ser futura.", field="received_on")
    folio = codes.folio_of(submission)
    incoming = contribution_incoming.Admission(
        kind=Kind.OPINION,
        channel=brought.channel,
        status=Status.RECEIVED,
        theme=brought.theme,
        body=brought.body,
        content_hash=_content(submission, brought),
        title=brought.title,
        received_on=brought.received_on,
        department=brought.department,
        taking_part_as=brought.taking_part_as,
        language=brought.language,
        folio_hash=sha256(folio),
        submission_hash=sha256(submission),
    )
    try:
        [admitted] = admission.admit(db, consultation, [incoming], today=today, actor=by.pseudonym)
    except IntegrityError as error:
        raise AlreadyReceived("Este formulario ya se envió.") from error
    db.execute(insert(Intake).values(contribution_id=admitted.id, account_id=by.account_id))
    return folio


def repeated(db: Session, brought: Brought, *, submission: str) -> str:
    """The code of a form that was sent before with the same content; ``Conflict`` if it said something else."""
    query = select(_SENT.c.content_hash).where(_SENT.c.submission_hash == sha256(submission))
    first = db.execute(query).scalar_one_or_none()
    if first is None or not hmac.compare_digest(first, _content(submission, brought)):
        raise Conflict(
            "Con este formulario ya se guardó otro aporte, y está guardado. Para guardar también este, cópielo y abra "
            "un formulario nuevo."
        )
    return codes.folio_of(submission)


def _content(submission: str, brought: Brought) -> bytes:
    """A digest of what was brought, keyed by the form's key, which the database does not have."""
    values = {**brought.__dict__, "theme": brought.theme.slug if brought.theme else None}
    said = {name: None if value is None else str(value) for name, value in values.items()}
    return hmac.digest(submission.encode(), ledger.canonical(said).encode(), "sha256")
