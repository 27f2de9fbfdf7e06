"""Organisations that stand behind a proposal of another: asked by who writes it, and only if they say yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.accounts import pseudonyms
from consulta.domain.accounts.actors import Actor
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.organizations import members
from consulta.domain.organizations.reading import by_slug
from consulta.domain.rows import read
from consulta.models.base import Localized, table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Contribution
from consulta.models.organizations import Organization, OrganizationMember
from consulta.models.proposals import ProposalDraft, Sponsor
from consulta.models.sheets import SheetVersion

from .drafting import Draft

MAX_SPONSORS = 20
_S = table_of(Sponsor)
_D = table_of(ProposalDraft)
_O = table_of(Organization)


@dataclass(frozen=True)
class Asked:
    """An organisation that was asked; ``confirmed`` is ``None`` until it answers."""

    slug: str
    name: Localized
    confirmed: bool | None


@dataclass(frozen=True)
class Request:
    """A proposal that an organisation is asked to stand behind, for who acts for it."""

    slug: str
    key: str
    title: str | None
    organization_id: int
    organization: Localized
    confirmed: bool | None


def ask(db: Session, draft: Draft, slug: str, *, now: datetime) -> None:
    """Ask a verified organisation; ``Invalid`` if there is none of that name, or it is the proponent itself."""
    body = by_slug(db, draft.consultation.id, slug)
    if body is None or body.standing not in members.REPRESENTED or body.id == draft.organization_id:
        raise Invalid("Elija otra organización verificada.", field="sponsor")
    if len(of_draft(db, draft.id)) >= MAX_SPONSORS:
        raise Invalid("Caben %(most)s organizaciones.", most=MAX_SPONSORS, field="sponsor")
    try:
        with db.begin_nested():
            db.execute(
                insert(_S).values(
                    draft_id=draft.id,
                    organization_id=body.id,
                    asked_on=draft.consultation.today(now),
                )
            )
    except IntegrityError:
        return  # asked before


def of_draft(db: Session, draft_id: int) -> list[Asked]:
    """Whoever was asked, by name."""
    query = select(_O.c.slug, _O.c.name, _S.c.confirmed).join(_O, _O.c.id == _S.c.organization_id)
    return read(db, query.where(_S.c.draft_id == draft_id).order_by(_O.c.sort_key, _O.c.id), Asked)


def behind(contribution_id: int) -> Select[Any, Any, Any]:
    """The columns of ``Asked`` of whoever said yes, by name."""
    return (
        select(_O.c.slug, _O.c.name, _S.c.confirmed)
        .join(_O, _O.c.id == _S.c.organization_id)
        .join(_D, _D.c.id == _S.c.draft_id)
        .where(_D.c.contribution_id == contribution_id, _S.c.confirmed)
        .order_by(_O.c.sort_key, _O.c.id)
    )


def of_proposal(db: Session, contribution_id: int) -> list[Asked]:
    """Whoever said yes."""
    return read(db, behind(contribution_id), Asked)


def asked_of(db: Session, actor: Actor) -> list[Request]:
    """What the organisations that somebody signs for are asked."""
    m, v = OrganizationMember, SheetVersion
    query = (
        select(Consultation.slug, _D.c.key, v.title, _O.c.id, _O.c.name, _S.c.confirmed)
        .select_from(_S)
        .join(_D, _D.c.id == _S.c.draft_id)
        .join(v, v.sheet_id == _D.c.sheet_id)
        .join(_O, _O.c.id == _S.c.organization_id)
        .join(m, m.organization_id == _O.c.id)
        .join(Consultation, Consultation.id == _D.c.consultation_id)
        .where(m.account_id == actor.id, m.signatory, m.wished_on.is_(None))
        .order_by(_S.c.asked_on.desc(), _D.c.id)
        .limit(50)
    )
    return read(db, query, Request)


def answer(
    db: Session,
    consultation: ConsultationView,
    key: str,
    organization_id: int,
    *,
    yes: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Say yes or no for an organisation, by who signs for it. ``NotFound`` for anybody else. An answer can change."""
    m = OrganizationMember
    signs = select(m.account_id).where(m.organization_id == organization_id, m.account_id == actor.id, m.signatory)
    draft = select(_D.c.id, _D.c.contribution_id).where(_D.c.consultation_id == consultation.id, _D.c.key == key)
    row = db.execute(draft).first()
    if row is None or db.execute(signs).first() is None:
        raise NotFound("No hay una propuesta en esa dirección, o no es suya.")
    mine = (_S.c.draft_id == row.id) & (_S.c.organization_id == organization_id)
    changed = update(_S).where(mine, _S.c.confirmed.is_distinct_from(yes))
    done = changed.values(confirmed=yes, answered_on=consultation.today(now)).returning(_S.c.draft_id)
    if db.execute(done).first() is None:
        raise Conflict("Su organización ya había respondido así.")
    if row.contribution_id is not None:
        _note(db, consultation, row.contribution_id, organization_id, yes, actor, now)


def confirmed(db: Session, draft_id: int) -> Sequence[str]:
    """The slugs of those who said yes, in their order."""
    query = select(_O.c.slug).join(_S, _S.c.organization_id == _O.c.id).where(_S.c.draft_id == draft_id, _S.c.confirmed)
    return db.execute(query.order_by(_O.c.slug)).scalars().all()


def _note(
    db: Session,
    consultation: ConsultationView,
    contribution_id: int,
    organization_id: int,
    yes: bool,
    actor: Actor,
    now: datetime,
) -> None:
    number = db.execute(select(Contribution.number).where(Contribution.id == contribution_id)).scalar_one()
    slug = db.execute(select(_O.c.slug).where(_O.c.id == organization_id)).scalar_one()
    who = pseudonyms.pseudonym(db, consultation_id=consultation.id, account_id=actor.id)
    log.note(
        db,
        consultation,
        actor=who,
        action=Action.SPONSOR_CONFIRM if yes else Action.SPONSOR_DECLINE,
        subject=f"proposal/{number}",
        recorded=now,
        payload={"organization": slug},
    )
