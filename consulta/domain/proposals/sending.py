"""Sending a proposal, mending what was returned, taking it back. It keeps its first date, and every version stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, status, withdrawal
from consulta.domain.contributions.incoming import Admission
from consulta.domain.contributions.status import Occasion
from consulta.domain.errors import Closed, Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.moderation import history, returns
from consulta.domain.sheets import advice, store
from consulta.domain.sheets.sheet import Sheet, plain
from consulta.models.base import table_of
from consulta.models.contributions import Channel, Contribution, Kind, Status
from consulta.models.organizations import Organization
from consulta.models.proposals import DraftSource, Proposal, ProposalDraft, ProposalSource
from consulta.models.sheets import SheetVersion

from . import dismissals, sponsors
from .drafting import Draft

_P = table_of(Proposal)
_D = table_of(ProposalDraft)
_C = table_of(Contribution)
_V = table_of(SheetVersion)
NOTE_LEAST, NOTE_MAX = 10, 1_000


@dataclass(frozen=True)
class Sender:
    """Who sends: ``name`` and ``email`` of a person who gave them, ``account_id`` of an organisation's signatory."""

    account_id: int | None = None
    name: str | None = None
    publish_name: bool = False
    email: str | None = None


@dataclass(frozen=True)
class Promised:
    """A proposal's number and days."""

    number: int
    received_on: date
    review_by: date
    answer_by: date


def in_words(sheet: Sheet) -> str:
    """What a sheet proposes, in plain words: for the queue, search and feeds."""
    return "\n\n".join(part for part in (sheet.problem, sheet.objective, sheet.action) if part)


def send(
    db: Session,
    draft: Draft,
    sender: Sender,
    *,
    by: By,
    folio: str | None,
    signs: bool,
    language: str,
    now: datetime,
) -> int:
    """Send a draft for the first time, or corrected after it was returned; its number.

    ``Invalid`` names what is missing, ``Closed`` says that no proposals are taken now (a returned one may be corrected
    after the window), ``NotAllowed`` that this person may not sign, ``Conflict`` that it was sent already.
    """
    consultation = draft.consultation
    if not signs:
        raise NotAllowed("La envía quien firma por la organización.")
    for one in advice.blocking(draft.sheet):
        raise Invalid(advice.RULES[one.rule].message, field=one.field)
    if draft.contribution_id is None and not consultation.window("proposal", now).open:
        raise Closed("Ahora no se reciben propuestas. Lo que escribió queda guardado.")
    taken = update(_D).where(_D.c.id == draft.id, _D.c.submitted.is_(False)).values(submitted=True)
    if db.execute(taken.returning(_D.c.id)).first() is None:
        raise Conflict("Esta propuesta ya se envió.")
    if draft.contribution_id is not None:
        return _correct(db, draft, by=by, now=now)
    return _first(db, draft, sender, by=by, folio=folio, language=language, now=now)


def _first(
    db: Session, draft: Draft, sender: Sender, *, by: By, folio: str | None, language: str, now: datetime
) -> int:
    consultation, sheet = draft.consultation, draft.sheet
    today = consultation.today(now)
    sheet_id, version_id = store.create(db, consultation, sheet, now=now)
    theme = consultation.theme(sheet.theme) if sheet.theme else None
    held = select(_D.c.folio_hash).where(_D.c.id == draft.id)
    folio_hash = sha256(folio) if folio else db.execute(held).scalar_one()
    incoming = Admission(
        kind=Kind.PROPOSAL,
        channel=Channel.WEB,
        status=Status.RECEIVED,
        theme=theme,
        title=sheet.title,
        body=in_words(sheet),
        received_on=today,
        name=sender.name,
        publish_name=sender.publish_name,
        email=sender.email,
        mail_language=language,
        folio_hash=folio_hash,
        child={"sheet_id": sheet_id, "organization_id": draft.organization_id, "unrelated": draft.sources.unrelated},
    )
    [admitted] = admission.admit(db, consultation, [incoming], today=today, actor=by.pseudonym)
    db.execute(update(_D).where(_D.c.id == draft.id).values(contribution_id=admitted.id))
    _keep_sources(db, draft.id, admitted.id)
    dismissals.copy(db, draft.sheet_id, sheet_id)
    _record(db, consultation, admitted.number, admitted.id, version_id, 1, draft, by, today)
    return admitted.number


def _correct(db: Session, draft: Draft, *, by: By, now: datetime) -> int:
    """The next version of what was returned: it waits for a person again, with its first date."""
    consultation, id_ = draft.consultation, draft.contribution_id
    row = db.execute(select(_P.c.sheet_id, _C.c.number).join(_C, _C.c.id == _P.c.id).where(_P.c.id == id_)).one()
    if not status.lock(db, id_ or 0, status=Status.RETURNED):
        raise Conflict("El plazo para corregirla terminó: sigue su camino como estaba.")
    version, version_id = store.add(db, consultation, row.sheet_id, draft.sheet, now=now)
    db.execute(update(_C).where(_C.c.id == id_).values(title=draft.sheet.title))
    db.execute(update(_P).where(_P.c.id == id_).values(body=in_words(draft.sheet), unrelated=draft.sources.unrelated))
    _keep_sources(db, draft.id, id_ or 0)
    dismissals.copy(db, draft.sheet_id, row.sheet_id)
    on = Occasion(row.number, Action.CORRECT, by.pseudonym, now, {"version": version})
    status.change(db, consultation, id_ or 0, on, status=Status.RECEIVED, awaiting=True)
    _record(db, consultation, row.number, id_ or 0, version_id, version, draft, by, consultation.today(now))
    return int(row.number)


def _keep_sources(db: Session, draft_id: int, proposal_id: int) -> None:
    s = table_of(DraftSource)
    rows = db.execute(select(s.c.contribution_id, s.c.earlier_id).where(s.c.draft_id == draft_id).order_by(s.c.id))
    kept = [
        {"proposal_id": proposal_id, "contribution_id": r.contribution_id, "earlier_id": r.earlier_id} for r in rows
    ]
    db.execute(delete(ProposalSource).where(ProposalSource.proposal_id == proposal_id))
    if kept:
        db.execute(insert(ProposalSource), kept)


def _record(
    db: Session,
    consultation: ConsultationView,
    number: int,
    id_: int,
    version_id: int,
    version: int,
    draft: Draft,
    by: By,
    today: date,
) -> None:
    """What a version says stands in the ledger as a commitment; whose it is and to what it answers, in clear."""
    salt, slug = salt_of(db, version_id), None
    if draft.organization_id is not None:
        slug = db.execute(select(Organization.slug).where(Organization.id == draft.organization_id)).scalar_one()
    log.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.PROPOSAL_VERSION,
        subject=f"proposal/{number}@{version}",
        recorded=today,
        payload={
            "organization": slug,
            "sponsors": list(sponsors.confirmed(db, draft.id)),
            "answers": [*map(str, draft.sources.contributions), *draft.sources.earlier],
            "commitments": committed(
                salt, stored(db, consultation, version_id), draft.sources.unrelated, dict(draft.dismissed)
            ),
        },
    )


def promised(db: Session, consultation: ConsultationView, number: int) -> Promised:
    """What its receipt says: when it was received, and by when it is looked at and answered."""
    mine = (_C.c.consultation_id == consultation.id) & (_C.c.number == number)
    query = select(_C.c.number, _C.c.received_on, _C.c.review_by, _C.c.answer_by)
    return Promised(*db.execute(query.where(mine)).one())


def committed(salt: bytes, sheet: Sheet, unrelated: str | None, dismissed: dict[str, str]) -> dict[str, str]:
    """The commitments of a version: all that its sheet says, private data too; why it answers nothing; and why advice
    was let stand."""
    return {
        "dismissed": log.fingerprint(salt, ["dismissed", dismissed]),
        "sheet": log.fingerprint(salt, ["sheet", plain(sheet)]),
        "unrelated": log.fingerprint(salt, ["unrelated", unrelated]),
    }


def salt_of(db: Session, version_id: int) -> bytes:
    """The salt of a version's commitments."""
    salt: bytes = db.execute(select(_V.c.salt).where(_V.c.id == version_id)).scalar_one()
    return salt


def stored(db: Session, consultation: ConsultationView, version_id: int) -> Sheet:
    """A version as it is stored, with what is private."""
    return store.load(db, consultation, [version_id], private=True)[version_id]


def standing(db: Session, draft: Draft) -> dict[str, Any]:
    """Of a draft that was sent: its number, what was last to be corrected and the note to it, while it is open."""
    if draft.contribution_id is None:
        return {"number": None, "returned": None, "note": None}
    number = db.execute(select(_C.c.number).where(_C.c.id == draft.contribution_id)).scalar_one()
    if draft.submitted:
        return {"number": number, "returned": None, "note": None}
    steps = [step for step in history.history(db, draft.consultation, draft.contribution_id) if step.kind == "return"]
    asked = returns.latest(db, draft.contribution_id)
    return {"number": number, "returned": asked, "note": steps[-1].note if steps else None}


def withdraw(db: Session, number: int, consultation: ConsultationView, note: str | None, *, now: datetime) -> None:
    """Take a proposal back, with a note that everybody reads. Who may is asked before."""
    if note is not None and not NOTE_LEAST <= len(note) <= NOTE_MAX:
        raise Invalid("Escriba por qué la retira, entre 10 y 1,000 letras: todas las personas lo leen.", field="note")
    row = status.by_number(db, consultation, number)
    withdrawal.withdraw(db, withdrawal.Own(row.id, number, row.status, row.awaiting_review, consultation), now=now)
    sheet_id = db.execute(
        update(_P).where(_P.c.id == row.id).values(withdrawal=note).returning(_P.c.sheet_id)
    ).scalar_one()
    salt = db.execute(select(_V.c.salt).where(_V.c.sheet_id == sheet_id).order_by(_V.c.version.desc()).limit(1))
    log.note(
        db,
        consultation,
        actor=log.PUBLIC,
        action=Action.PROPOSAL_WITHDRAW,
        subject=f"proposal/{number}",
        recorded=consultation.today(now),
        payload={
            "commitments": {"note": log.fingerprint(salt.scalar_one(), ["withdrawal", note])},
        },
    )
