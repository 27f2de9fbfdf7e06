"""Writing a proposal: begun by an organisation's member or by a person with a code, saved step by step, resumed
anywhere; who saves second sees both texts and loses none."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.accounts.actors import Actor
from consulta.domain.codes import folio_of, sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Closed, Conflict, NotAllowed, NotFound
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.organizations import members
from consulta.domain.organizations.reading import BodyView
from consulta.domain.rows import read
from consulta.domain.sheets import store
from consulta.domain.sheets.sheet import Sheet
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation, ConsultationKind
from consulta.models.organizations import Organization, OrganizationMember
from consulta.models.proposals import DraftStep, ProposalDraft, Return, Sponsor
from consulta.models.sheets import SheetVersion

from . import dismissals
from . import sources as proposal_sources
from .sources import Sources

STEPS = ("problem", "answers", "action", "relevance", "who", "milestones", "ambition")
"""The steps in which something is written; the review comes after them."""
_D = table_of(ProposalDraft)
_S = table_of(DraftStep)
_V = table_of(SheetVersion)


@dataclass(frozen=True)
class Draft:
    """A draft as who writes it sees it. ``saved``: how often each step was saved."""

    id: int
    key: str
    consultation: ConsultationView
    organization_id: int | None
    organization: Localized | None
    version_id: int
    sheet_id: int
    sheet: Sheet
    sources: Sources
    dismissed: Mapping[str, str]
    saved: Mapping[str, int]
    name: str | None
    publish_name: bool
    email: str | None
    contribution_id: int | None
    submitted: bool
    saved_on: date


@dataclass(frozen=True, kw_only=True)
class DraftCodeMail(Mail):
    """The code of a proposal that somebody begins, to the address that they gave."""

    template = "draft_code"
    slug: str
    folio: str
    title: str | None = None


@dataclass(frozen=True)
class Listed:
    """A draft in somebody's list; ``due_on``: until when it can be corrected, if it was given back."""

    key: str
    slug: str
    title: str | None
    organization: Localized
    saved_on: date
    submitted: bool
    due_on: date | None

    @property
    def returned(self) -> bool:
        """Whether it was sent, and given back to be corrected."""
        return self.due_on is not None and not self.submitted


def begin(
    db: Session,
    consultation: ConsultationView,
    *,
    organization: BodyView | None,
    submission: str,
    account_id: int | None,
    language: str,
    now: datetime,
) -> tuple[str, str | None]:
    """Begin a proposal of an organisation, or of a person (then the second is their code). The same key again gives the
    same draft. ``NotAllowed`` for who is no member of a verified organisation."""
    if consultation.kind is ConsultationKind.RECORD:
        raise Closed("Un registro histórico no recibe propuestas.")
    if organization is not None and account_id not in members.members(db, organization.id):
        raise NotAllowed("Solo quienes actúan por una organización verificada escriben sus propuestas.")
    if organization is not None and organization.standing not in members.REPRESENTED:
        raise NotAllowed("Solo quienes actúan por una organización verificada escriben sus propuestas.")
    folio = None if organization else folio_of(submission)
    before = select(_D.c.key).where(_D.c.submission_hash == sha256(submission))
    known: str | None = db.execute(before).scalar()
    if known is not None:
        return known, folio
    sheet_id, _version = store.create(db, consultation, Sheet(title=None, language=language), now=now)
    key = secrets.token_hex(8)
    db.execute(
        insert(_D).values(
            consultation_id=consultation.id,
            key=key,
            organization_id=organization.id if organization else None,
            submission_hash=sha256(submission),
            folio_hash=sha256(folio) if folio else None,
            sheet_id=sheet_id,
            publish_name=False,
            language=language,
            begun_on=consultation.today(now),
            saved_on=consultation.today(now),
            submitted=False,
        )
    )
    return key, folio


@dataclass(frozen=True)
class Found:
    """A person's draft, by its code; ``sent``: it has a number; ``open``: it can be written."""

    slug: str
    key: str
    sent: bool
    open: bool


def by_code(db: Session, folio: str) -> Found | None:
    """The draft of a person's code, if it is that of one."""
    query = select(Consultation.slug, _D.c.key, _D.c.contribution_id, _D.c.submitted)
    mine = query.join(Consultation, Consultation.id == _D.c.consultation_id).where(_D.c.folio_hash == sha256(folio))
    row = db.execute(mine).first()
    return Found(row.slug, row.key, row.contribution_id is not None, not row.submitted) if row else None


def find(db: Session, consultation: ConsultationView, key: str, *, actor: Actor | None, held: bool) -> Draft:
    """A draft, for a member of its organisation or who ``held`` the code; ``NotFound`` for anybody else, as if it were
    not there."""
    query = (
        select(_D, _V.c.id.label("version_id"), Organization.name.label("body"))
        .join(_V, _V.c.sheet_id == _D.c.sheet_id)
        .outerjoin(Organization, Organization.id == _D.c.organization_id)
        .where(_D.c.consultation_id == consultation.id, _D.c.key == key)
    )
    row = db.execute(query).mappings().first()
    if row is None or not _may_write(db, row, actor, held):
        raise NotFound("No hay una propuesta en esa dirección, o no es suya.")
    steps = db.execute(select(_S.c.step, _S.c.saved).where(_S.c.draft_id == row["id"]))
    sheet = store.load(db, consultation, [row["version_id"]], private=True)[row["version_id"]]
    return Draft(
        id=row["id"],
        key=key,
        consultation=consultation,
        organization_id=row["organization_id"],
        organization=row["body"],
        version_id=row["version_id"],
        sheet_id=row["sheet_id"],
        sheet=sheet,
        sources=proposal_sources.of_draft(db, row["id"], row["unrelated"]),
        dismissed=dismissals.of(db, row["sheet_id"]),
        saved=dict(steps.all()),
        name=row["name"],
        publish_name=row["publish_name"],
        email=row["email"],
        contribution_id=row["contribution_id"],
        submitted=row["submitted"],
        saved_on=row["saved_on"],
    )


def _may_write(db: Session, row: Any, actor: Actor | None, held: bool) -> bool:
    if row["organization_id"] is None:
        return held
    return actor is not None and actor.id in members.members(db, row["organization_id"])


def shown_to_asked(db: Session, consultation: ConsultationView, key: str, actor: Actor) -> tuple[str | None, Sheet]:
    """Title and sheet of a draft, without what is private, for who acts for an organisation that was asked to stand
    behind it; ``NotFound`` for anybody else."""
    m = OrganizationMember
    mine = select(m.organization_id).where(m.account_id == actor.id, m.wished_on.is_(None))
    query = (
        select(_V.c.id)
        .join(_D, _D.c.sheet_id == _V.c.sheet_id)
        .join(Sponsor, (Sponsor.draft_id == _D.c.id) & Sponsor.organization_id.in_(mine))
        .where(_D.c.consultation_id == consultation.id, _D.c.key == key)
    )
    version_id = db.execute(query.limit(1)).scalar()
    if version_id is None:
        raise NotFound("No hay una propuesta en esa dirección, o no es suya.")
    sheet = store.load(db, consultation, [version_id])[version_id]
    return sheet.title, sheet


def signs(db: Session, draft: Draft, actor: Actor | None) -> bool:
    """Whether this person may submit it: a signatory of the organisation, or the person whose proposal it is."""
    if draft.organization_id is None:
        return True
    m = OrganizationMember
    mine = (m.organization_id == draft.organization_id) & (m.account_id == (actor.id if actor else 0))
    return bool(db.execute(select(m.signatory).where(mine)).scalar())


def save(
    db: Session,
    draft: Draft,
    step: str,
    changes: Mapping[str, Any],
    *,
    seen: int,
    now: datetime,
    sources: Sources | None = None,
) -> None:
    """Save a step; ``Conflict`` if it was saved since ``seen``: then nothing is written, and both texts can be shown.

    The draft's row is locked first, so that two who save different steps at once both keep theirs."""
    today = draft.consultation.today(now)
    locked = update(_D).where(_D.c.id == draft.id, _D.c.submitted.is_(False)).values(saved_on=today)
    if db.execute(locked.returning(_D.c.id)).first() is None:
        raise Conflict("Esta propuesta ya se envió: ahora no se cambia.")
    known = db.execute(select(_S.c.saved).where(_S.c.draft_id == draft.id, _S.c.step == step)).scalar()
    if (known or 0) != seen:
        raise Conflict("Mientras usted escribía, otra persona guardó este paso.")
    if known is None:
        db.execute(insert(_S).values(draft_id=draft.id, step=step, saved=1))
    else:
        mine = (_S.c.draft_id == draft.id) & (_S.c.step == step)
        db.execute(update(_S).where(mine).values(saved=seen + 1))
    if sources is not None:
        proposal_sources.store(db, draft.consultation, draft.id, sources)
        db.execute(update(_D).where(_D.c.id == draft.id).values(unrelated=sources.unrelated))
    if changes:
        latest = store.load(db, draft.consultation, [draft.version_id], private=True)[draft.version_id]
        store.rewrite(db, draft.consultation, draft.version_id, replace(latest, **changes), now=now)


def keep_email(db: Session, draft: Draft, email: str | None) -> None:
    """Where a person wants to be reminded; nothing: nowhere."""
    db.execute(update(_D).where(_D.c.id == draft.id, _D.c.organization_id.is_(None)).values(email=email))


def mail_code(db: Session, draft: Draft, folio: str, *, language: str, now: datetime) -> None:
    """Send a draft's code to the address that its writer gave; at most once a day."""
    event = f"draft-code:{draft.key}:{draft.consultation.today(now)}"
    mail = DraftCodeMail(slug=draft.consultation.slug, folio=folio, title=draft.sheet.title, language=language)
    outbox.post_once(db, mail, event=event, to=Recipient.DRAFT.of(draft.id), now=now)


def listing(db: Session, actor: Actor) -> list[Listed]:
    """The drafts of the organisations that somebody acts for, the last saved first."""
    given_back = select(Return.due_on).where(Return.proposal_id == _D.c.contribution_id)
    due = given_back.order_by(Return.decision_id.desc()).limit(1).correlate(_D).scalar_subquery()
    query = (
        select(_D.c.key, Consultation.slug, _V.c.title, Organization.name, _D.c.saved_on, _D.c.submitted, due)
        .join(OrganizationMember, OrganizationMember.organization_id == _D.c.organization_id)
        .join(Organization, Organization.id == _D.c.organization_id)
        .join(Consultation, Consultation.id == _D.c.consultation_id)
        .join(_V, _V.c.sheet_id == _D.c.sheet_id)
        .where(OrganizationMember.account_id == actor.id)
        .order_by(_D.c.saved_on.desc(), _D.c.id)
        .limit(100)
    )
    return read(db, query, Listed)
