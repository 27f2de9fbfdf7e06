"""A submission of the web form and its receipt: the same key gives the same receipt (foundations 4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain import codes
from consulta.domain.codes import sha256
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import AlreadyReceived, Conflict
from consulta.domain.ledger import log as ledger
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Delivery, Mail, Recipient
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Channel, Contribution, Kind, Status

from . import admission
from .incoming import Admission

_SENT = table_of(Contribution)
_FIRST = select(_SENT.c.content_hash).where(_SENT.c.submission_hash == bindparam("submission"))


@dataclass(frozen=True)
class Receipt:
    """What the sender takes home. ``folio`` is shown once and kept nowhere."""

    folio: str
    number: int
    kind: Kind
    consultation: str
    received_on: date
    review_by: date
    answer_by: date
    published: bool
    mailed: bool
    head: str


@dataclass(frozen=True, kw_only=True)
class ReceiptMail(Mail):
    """The receipt, to whoever left an address; the only mail that knows the code."""

    template = "receipt"
    folio: str
    number: int
    slug: str
    review_by: date
    answer_by: date
    kind: str = Kind.OPINION.value

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the title, and the code by which the address is confirmed."""
        title = consultations.title_of(db, self.slug).get(self.language, "")
        confirmation = codes.confirmation_code(delivery.secret, self.folio, delivery.to)
        return {**(super().words(db, delivery) or {}), "title": title, "confirmation": confirmation}


@dataclass(frozen=True)
class Submitted:
    """What a person typed, of the right shape; the optional answers are codes of the consultation's lists."""

    body: str
    theme: ThemeView | None = None
    department: str | None = None
    taking_part_as: str | None = None
    email: str | None = None
    name: str | None = None
    publish_name: bool = False
    age_group: str | None = None
    gender: str | None = None
    language: str | None = None

    def as_kept(self) -> Submitted:
        """Under 18, neither name nor e-mail is kept, whatever was sent."""
        if self.age_group != "under-18":
            return self
        return replace(self, name=None, email=None, publish_name=False)


def take(
    db: Session,
    consultation: ConsultationView,
    incoming: Admission,
    *,
    submission: str,
    language: str,
    now: datetime,
) -> Receipt:
    """Store what came by a form of the web, and mail its receipt where there is an address."""
    folio, today = codes.folio_of(submission), consultation.today(now)
    try:
        [admitted] = admission.admit(db, consultation, [incoming], today=today, actor=ledger.PUBLIC)
    except IntegrityError as error:
        raise AlreadyReceived from error
    if incoming.email:
        mail = ReceiptMail(
            folio=folio,
            number=admitted.number,
            kind=incoming.kind.value,
            slug=consultation.slug,
            language=language,
            review_by=admitted.review_by,
            answer_by=admitted.answer_by,
        )
        event = f"receipt:{consultation.slug}:{admitted.number}"
        outbox.post(db, mail, event=event, to=Recipient.CONTRIBUTION.of(admitted.id), now=now)
    return Receipt(
        folio=folio,
        number=admitted.number,
        kind=incoming.kind,
        consultation=consultation.slug,
        received_on=today,
        review_by=admitted.review_by,
        answer_by=admitted.answer_by,
        published=incoming.status is Status.PUBLISHED,
        mailed=bool(incoming.email),
        head="",
    )


def admitted_as(
    kind: Kind,
    consultation: ConsultationView,
    given: Submitted,
    *,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> Admission:
    """What a person typed into a form of the web, as a contribution of this kind that comes in."""
    given = given.as_kept()
    folio, today = codes.folio_of(submission), consultation.today(now)
    return Admission(
        kind=kind,
        channel=Channel.WEB,
        status=_status(consultation, kind, held_cause),
        theme=given.theme,
        body=given.body,
        received_on=today,
        department=given.department,
        name=given.name,
        publish_name=given.publish_name and bool(given.name),
        email=given.email,
        mail_language=language if given.email else None,
        taking_part_as=given.taking_part_as,
        age_group=given.age_group,
        gender=given.gender,
        language=given.language,
        folio_hash=sha256(folio),
        submission_hash=sha256(submission),
        content_hash=_content(submission, given),
        held_cause=held_cause,
    )


def repeated(db: Session, *, submission: str, given: Submitted) -> Receipt:
    """The first receipt of a key that arrived before, if the content is the same; else ``Conflict``."""
    first = _first(db, submission)
    if first is None:
        raise Conflict("No se guardó nada: la consulta cambió en este instante. Envíe su texto otra vez.")
    if not hmac.compare_digest(first, _content(submission, given.as_kept())):
        raise Conflict(
            "Este formulario ya se envió una vez con otro texto, y ese primer texto está guardado. "
            "Para enviar también este, cópielo y abra un formulario nuevo."
        )
    found = receipt(db, codes.folio_of(submission))
    if found is None:
        raise Conflict("Este formulario ya se envió.")
    return found


def receipt(db: Session, folio: str) -> Receipt | None:
    """The receipt of a code, if its contribution was stored."""
    row = db.execute(
        select(
            Contribution.number,
            Contribution.kind,
            Consultation.slug,
            Contribution.received_on,
            Contribution.review_by,
            Contribution.answer_by,
            Contribution.status,
            Consultation.log_id,
        )
        .join(Consultation, Consultation.id == Contribution.consultation_id)
        .where(Contribution.folio_hash == sha256(folio))
    ).first()
    if row is None:
        return None
    return Receipt(
        folio=folio,
        number=row.number,
        kind=row.kind,
        consultation=row.slug,
        received_on=row.received_on,
        review_by=row.review_by,
        answer_by=row.answer_by,
        published=row.status is Status.PUBLISHED,
        mailed=False,
        head=ledger.head(db, row.log_id).hash,
    )


def _status(consultation: ConsultationView, kind: Kind, held_cause: str | None) -> Status:
    if held_cause:
        return Status.HELD
    mode = consultation.shown(kind.value)
    return Status.PUBLISHED if mode == "after" else Status.RECEIVED


def _first(db: Session, submission: str) -> bytes | None:
    return db.connection().execute(_FIRST, {"submission": sha256(submission)}).scalar_one_or_none()


def _content(submission: str, given: Submitted) -> bytes:
    """A digest of what was given, keyed by the submission key, which the database does not have."""
    values: dict[str, Any] = {**given.__dict__, "theme": given.theme.slug if given.theme else None}
    return hmac.digest(submission.encode(), ledger.canonical(values).encode(), "sha256")
