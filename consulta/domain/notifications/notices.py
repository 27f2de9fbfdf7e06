"""Telling those concerned: by mail where there is an address, by a person where there is only a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import changed, read
from consulta.models.accounts import Account
from consulta.models.base import Localized
from consulta.models.forums import Registration
from consulta.models.news import Notice, NoticeState
from consulta.models.organizations import Organization, OrganizationMember

from . import outbox
from .news import NewsMail
from .outbox import Recipient


@dataclass(frozen=True)
class Call:
    """Somebody to be told; who registered for a forum is named, with the telephone, one at a time, by ``look``."""

    id: int
    slug: str | None
    name: Localized | None
    content: dict[str, Any]
    state: NoticeState
    changed_at: datetime


def tell(
    db: Session,
    consultation: ConsultationView,
    slugs: Sequence[str],
    *,
    event: str,
    content: dict[str, Any],
    now: datetime,
) -> None:
    """Write to those with an address or an account; note a call for those with a telephone. Who has none is counted."""
    o = Organization
    rows = db.execute(
        select(o.id, o.slug, o.contact_email, o.contact_phone).where(
            o.consultation_id == consultation.id, o.slug.in_(list(slugs))
        )
    ).all()
    about = {"slug": consultation.slug, "consultation": consultation.title, "event": event}
    for row in rows:
        whom = [(Recipient.ORGANIZATION.of(row.id), "es")] if row.contact_email else _members(db, row.id)
        for recipient, language in whom:
            mail = NewsMail.about(content, language=language, **about)
            outbox.post_once(db, mail, event=f"notice:{consultation.slug}:{event}", to=recipient, now=now)
        if not whom and row.contact_phone:
            _call(db, consultation.id, row.id, event, content, now)


def returned(db: Session, organization_id: int, payload: dict[str, Any], *, now: datetime) -> None:
    """The mail server refuses a body's address: then somebody calls, or finds out how else it can be told."""
    o = Organization
    consultation_id = db.execute(select(o.consultation_id).where(o.id == organization_id)).scalar_one_or_none()
    if consultation_id is not None and payload.get("event"):
        _call(db, consultation_id, organization_id, payload["event"], NewsMail.content(payload), now)


def _members(db: Session, organization_id: int) -> list[tuple[str, str]]:
    m = OrganizationMember
    query = select(Account.id, Account.language).join(m, m.account_id == Account.id)
    rows = db.execute(query.where(m.organization_id == organization_id, m.wished_on.is_(None), ~Account.suspended))
    return [(Recipient.ACCOUNT.of(id_), language) for id_, language in rows]


def _call(
    db: Session, consultation_id: int, organization_id: int, event: str, content: dict[str, Any], now: datetime
) -> None:
    _put(db, {"organization_id": organization_id}, consultation_id, event, content, now)


def call_person(
    db: Session, consultation_id: int, registration_id: int, event: str, content: dict[str, Any], now: datetime
) -> None:
    """Somebody who registered for a forum is to be called."""
    _put(db, {"registration_id": registration_id}, consultation_id, event, content, now)


def _put(
    db: Session, whom: dict[str, int], consultation_id: int, event: str, content: dict[str, Any], now: datetime
) -> None:
    """One notice for an event, however often it is told. ``whom``: the column that says whose it is, and its id."""
    n = Notice
    there = select(n.id).where(*(getattr(n, name) == id_ for name, id_ in whom.items()), n.event == event)
    if db.execute(there).first() is None:
        values = {"consultation_id": consultation_id, "event": event, "content": content, "changed_at": now}
        db.execute(insert(n).values(**whom, **values, state=NoticeState.WAITING))


def forget(db: Session, registration_ids: Sequence[int]) -> None:
    """Drop the calls to people whose telephones are destroyed."""
    db.execute(delete(Notice).where(Notice.registration_id.in_(registration_ids)))


def waiting(db: Session, consultation: ConsultationView) -> list[Call]:
    """Everybody still to be told, those that did not answer last."""
    query = _calls(consultation).where(Notice.state != NoticeState.TOLD)
    return read(db, query.order_by(Notice.state.desc(), Notice.id).limit(200), Call)


def told(db: Session, consultation: ConsultationView) -> list[Call]:
    """Who was told last, the latest first."""
    query = _calls(consultation).where(Notice.state == NoticeState.TOLD)
    return read(db, query.order_by(Notice.changed_at.desc(), Notice.id.desc()).limit(50), Call)


def _calls(consultation: ConsultationView) -> Select[*tuple[Any, ...]]:
    n, o = Notice, Organization
    columns = (n.id, o.slug, o.name, n.content, n.state, n.changed_at)
    return select(*columns).outerjoin(o, o.id == n.organization_id).where(n.consultation_id == consultation.id)


def unreachable(db: Session, consultation: ConsultationView) -> dict[str, Localized]:
    """The bodies that have neither an address nor a telephone nor an account here, by name, up to 200."""
    o = Organization
    query = select(o.slug, o.name).where(
        o.consultation_id == consultation.id,
        o.contact_email.is_(None),
        o.contact_phone.is_(None),
        o.id.not_in(select(OrganizationMember.organization_id).where(OrganizationMember.wished_on.is_(None))),
    )
    return {row.slug: row.name for row in db.execute(query.order_by(o.sort_key, o.id).limit(200))}


def open_contact(
    db: Session, consultation: ConsultationView, notice_id: int, *, by: By, now: datetime
) -> tuple[str, str]:
    """One contact: who it is (a body's slug, a person's name) and the telephone. Each look is an entry."""
    n, o, r = Notice, Organization, Registration
    row = db.execute(
        select(o.slug, o.contact_phone, r.ref, r.name, r.phone)
        .select_from(n)
        .outerjoin(o, n.organization_id == o.id)
        .outerjoin(r, n.registration_id == r.id)
        .where(n.id == notice_id, n.consultation_id == consultation.id)
    ).first()
    if row is None:
        raise NotFound("Ese aviso no es de esta consulta.")
    subject = f"organization/{row.slug}" if row.slug else f"registration/{row.ref}"
    ledger.note(
        db, consultation, actor=by.pseudonym, action=Action.CONTACT_LOOK, subject=subject, recorded=now, payload={}
    )
    return row.slug or row.name or "", row.contact_phone or row.phone or ""


def settle(
    db: Session, consultation: ConsultationView, notice_id: int, *, seen: NoticeState, state: NoticeState, now: datetime
) -> None:
    """Note what came of a call; ``Conflict`` if somebody else did meanwhile."""
    n = Notice
    mine = update(n).where(n.id == notice_id, n.consultation_id == consultation.id, n.state == seen)
    if not changed(db, mine.values(state=state, changed_at=now)):
        raise Conflict("Otra persona ya anotó qué pasó con este aviso.")
