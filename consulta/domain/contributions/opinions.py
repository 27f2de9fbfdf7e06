"""A citizen gives an opinion: once per submission key, with a receipt whose code only its author knows."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import AlreadyReceived, Closed, Conflict
from consulta.domain.ledger import log as ledger
from consulta.domain.notifications import outbox
from consulta.models.consultations import Consultation
from consulta.models.contributions import Channel, Contribution, Kind, Status

from . import admission, deferred
from .fingerprints import sha256

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011", "-\u2010\u2011\u2013")


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


@dataclass(frozen=True)
class Given:
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

    def as_kept(self) -> Given:
        """Under 18, neither name nor e-mail is kept, whatever was sent."""
        if self.age_group != "under-18":
            return self
        return replace(self, name=None, email=None, publish_name=False)


def folio_of(submission: str) -> str:
    """The code: 80 bits of SHA-256 over ``"folio"`` and the submission key in Crockford base32, four groups of four."""
    bits = int.from_bytes(hashlib.sha256(b"folio" + submission.encode()).digest()[:10], "big")
    letters = "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(75, -5, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def read_folio(typed: str) -> str | None:
    """The code as printed, from what was typed: case, spaces and hyphens ignored, O I L read as 0 1 1."""
    plain = "".join(typed.upper().translate(READ_AS).split())
    if len(plain) != 16 or any(letter not in CROCKFORD for letter in plain):
        return None
    return "-".join(plain[i : i + 4] for i in range(0, 16, 4))


def send(
    db: Session,
    *,
    consultation: ConsultationView,
    given: Given,
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
        return folio_of(submission)
    return take(db, consultation, incoming, submission=submission, language=language, now=now).folio


def submit(
    db: Session,
    *,
    consultation: ConsultationView,
    given: Given,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> Receipt:
    """Take an opinion of the web form; ``Closed`` outside its stage, ``AlreadyReceived`` if the key came before.

    ``held_cause`` (``trap``, ``too-fast``, ``many-from-one-address``) only makes it wait; nobody is refused for it.
    """
    incoming = _incoming(consultation, given, submission, held_cause, language, now)
    return take(db, consultation, incoming, submission=submission, language=language, now=now)


def take(
    db: Session,
    consultation: ConsultationView,
    incoming: admission.Admission,
    *,
    submission: str,
    language: str,
    now: datetime,
) -> Receipt:
    """Store what came by a form of the web, and mail its receipt where there is an address."""
    folio, today = folio_of(submission), consultation.today(now)
    try:
        [admitted] = admission.admit(db, consultation, [incoming], today=today, actor=ledger.PUBLIC)
    except IntegrityError as error:
        raise AlreadyReceived from error
    if incoming.email:
        outbox.post(
            db,
            event=f"receipt:{consultation.slug}:{admitted.number}",
            recipient=f"contribution:{admitted.id}",
            template="receipt",
            now=now,
            payload={
                "folio": folio,
                "number": admitted.number,
                "kind": incoming.kind.value,
                "slug": consultation.slug,
                "language": language,
                "review_by": admitted.review_by.isoformat(),
                "answer_by": admitted.answer_by.isoformat(),
            },
        )
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


def _incoming(
    consultation: ConsultationView, given: Given, submission: str, held_cause: str | None, language: str, now: datetime
) -> admission.Admission:
    if not consultation.window("opinion", now).open:
        raise Closed("El plazo para opinar no está abierto.")
    return admitted_as(
        Kind.OPINION, consultation, given, submission=submission, held_cause=held_cause, language=language, now=now
    )


def admitted_as(
    kind: Kind,
    consultation: ConsultationView,
    given: Given,
    *,
    submission: str,
    held_cause: str | None,
    language: str,
    now: datetime,
) -> admission.Admission:
    """What a person typed into a form of the web, as a contribution of this kind that comes in."""
    given = given.as_kept()
    folio, today = folio_of(submission), consultation.today(now)
    return admission.Admission(
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


def repeated(db: Session, *, submission: str, given: Given) -> Receipt:
    """The first receipt of a key that arrived before, if the content is the same; else ``Conflict``."""
    first = _first(db, submission)
    if first is None:
        raise Conflict("No se guardó nada: la consulta cambió en este instante. Envíe su texto otra vez.")
    if not hmac.compare_digest(first, _content(submission, given.as_kept())):
        raise Conflict(
            "Este formulario ya se envió una vez con otro texto, y ese primer texto está guardado. "
            "Para enviar también este, cópielo y abra un formulario nuevo."
        )
    found = receipt(db, folio_of(submission))
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


_SENT: Any = Contribution.__table__
_FIRST = select(_SENT.c.content_hash).where(_SENT.c.submission_hash == bindparam("submission"))


def _first(db: Session, submission: str) -> bytes | None:
    return db.connection().execute(_FIRST, {"submission": sha256(submission)}).scalar_one_or_none()


def _content(submission: str, given: Given) -> bytes:
    """A digest of what was given, keyed by the submission key, which the database does not have."""
    values: dict[str, Any] = {**given.__dict__, "theme": given.theme.slug if given.theme else None}
    return hmac.digest(submission.encode(), ledger.canonical(values).encode(), "sha256")
