"""An organisation requests an account: noted, confirmed by whoever holds the mail address, or forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts, links
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.days import working_days_after
from consulta.domain.errors import Conflict
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Delivery, Mail, Recipient
from consulta.domain.rows import changed
from consulta.domain.texts import sort_key
from consulta.models.base import Localized
from consulta.models.organizations import Organization, OrganizationMember, Standing

from . import enlisting, reading
from .reading import BodyView
from .verification import WORKING_DAYS

FORGOTTEN, LAST_ZONE = timedelta(days=7), timedelta(hours=12)
PIECE = 100


@dataclass(frozen=True, kw_only=True)
class RequestMail(Mail):
    """Somebody asked for an account for an organisation: its representative says whether it is so."""

    template = "organization"
    account: int
    slug: str
    name: str
    consultation: Localized

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the link to a password."""
        link = links.one_time_link(db, account_id=self.account, now=delivery.now)
        return {**(super().words(db, delivery) or {}), "token": link}


def ask(
    db: Session,
    *,
    consultation: ConsultationView,
    name: str,
    acronym: str | None,
    sector: str,
    about: str,
    email: str,
    language: str,
    now: datetime,
) -> None:
    """Note a request and write to the representative. Nothing is public until they have answered that mail."""
    account_id, today = accounts.ensure(db, email=email, language=language, now=now), consultation.today(now)
    slug = _free_slug(db, consultation.id, acronym or name)
    organization_id = db.execute(
        insert(Organization)
        .values(
            consultation_id=consultation.id,
            slug=slug,
            name={"es": name},
            sort_key=sort_key(name),
            acronym=acronym,
            sector=sector,
            capacities=[],
            aliases=[],
            earlier_names=[],
            note={"es": about} if about else None,
            standing=Standing.ASKED,
            round=1,
            wished_on=today,
        )
        .returning(Organization.id)
    ).scalar_one()
    db.execute(
        insert(OrganizationMember).values(organization_id=organization_id, account_id=account_id, signatory=True)
    )
    _write(db, consultation, account_id, name, language, now=now)


def request_listed(
    db: Session, *, consultation: ConsultationView, body: BodyView, email: str, language: str, now: datetime
) -> None:
    """Somebody says that they speak for a body that is listed: the same, upon its own entry. Several may; the one who
    stands by it first is looked at."""
    o, m, today = Organization, OrganizationMember, consultation.today(now)
    held = changed(db, update(o).where(o.id == body.id, o.standing == body.standing).values(round=o.round))
    if not body.claimable(today) or not held:
        raise Conflict("Esta entidad ya tiene una cuenta o una solicitud en curso.")
    account_id = accounts.ensure(db, email=email, language=language, now=now)
    known = update(m).where(m.organization_id == body.id, m.account_id == account_id).values(wished_on=today)
    if not changed(db, known):
        db.execute(insert(m).values(organization_id=body.id, account_id=account_id, signatory=True, wished_on=today))
    _write(db, consultation, account_id, body.name["es"], language, now=now)


def listed(db: Session, consultation: ConsultationView, slug: str | None, *, now: datetime) -> BodyView | None:
    """The listed body of this short name, ``None`` if none was given; ``Conflict`` if somebody speaks for it."""
    if not slug:
        return None
    body = reading.one(db, consultation, slug[:60].replace("\x00", ""))
    if not body.claimable(consultation.today(now)):
        raise Conflict("Esta entidad ya tiene una cuenta o una solicitud en curso.")
    return body


def pending(db: Session, body: BodyView, account_id: int) -> bool:
    """Whether this account said that it speaks for a listed body and has not stood by it yet."""
    m = OrganizationMember
    mine = (m.organization_id == body.id, m.account_id == account_id, m.wished_on.is_not(None))
    return db.execute(select(m.account_id).where(*mine)).first() is not None


def _write(
    db: Session, consultation: ConsultationView, account_id: int, name: str, language: str, *, now: datetime
) -> None:
    mail = RequestMail(
        account=account_id, slug=consultation.slug, name=name, language=language, consultation=consultation.title
    )
    # One mail a day: whoever holds the address finds all the requests in their account.
    event = f"organization:{consultation.today(now)}"
    outbox.post_once(db, mail, event=event, to=Recipient.ACCOUNT.of(account_id), now=now)


def send(db: Session, consultation: ConsultationView, body: BodyView, *, by: By, now: datetime) -> None:
    """The representative answered the mail and signed in: the request is public and the days begin to run."""
    today, o, m = consultation.today(now), Organization, OrganizationMember
    fresh = ((o.standing == Standing.ASKED) & o.asked_on.is_(None)) | (o.standing == Standing.LISTED)
    again = (
        o.listed
        & (o.standing == Standing.REFUSED)
        & select(m.account_id)
        .where(m.organization_id == o.id, m.account_id == by.account_id, m.wished_on.is_not(None))
        .exists()
    )
    done = db.execute(
        update(o)
        .where(o.id == body.id, fresh | again)
        .values(
            standing=Standing.ASKED,
            asked_on=today,
            answer_by=working_days_after(today, WORKING_DAYS),
            round=case((o.standing == Standing.REFUSED, o.round + 1), else_=o.round),
            appeal=None,
        )
        .returning(o.name, o.acronym, o.sector, o.note)
    ).first()
    if done is None:
        raise Conflict("Esta solicitud ya se había enviado.")
    others = (m.organization_id == body.id, m.account_id != by.account_id)  # one person stands by it
    account_ids = list(db.execute(select(m.account_id).where(*others)).scalars())
    db.execute(delete(m).where(*others))
    accounts.forget_unused(db, account_ids)
    db.execute(update(m).where(m.organization_id == body.id).values(wished_on=None, signatory=True))
    payload = dict(zip(("name", "acronym", "sector", "note"), done, strict=True))
    enlisting.entry(db, consultation, Action.ORGANIZATION_ASK, body.slug, payload, by=by, now=now)


def forget(db: Session, *, now: datetime) -> None:
    """A request that nobody confirmed in a week is forgotten, and its account if it was never used. The week ends when
    it does in the last zone of the earth: their days are those of their consultations."""
    o, m = Organization, OrganizationMember
    since = (now - LAST_ZONE).date() - FORGOTTEN
    old = select(o.id).where(o.standing == Standing.ASKED, o.asked_on.is_(None), o.wished_on < since)
    ids = list(db.execute(old.limit(PIECE)).scalars())
    of = m.organization_id.in_(ids) | (m.wished_on < since)
    account_ids = list(db.execute(select(m.account_id).where(of)).scalars())
    if not account_ids:
        return
    db.execute(delete(m).where(of))
    db.execute(delete(o).where(o.id.in_(ids)))
    accounts.forget_unused(db, account_ids)


def _free_slug(db: Session, consultation_id: int, name: str) -> str:
    base = "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in sort_key(name)).split())[:40]
    for n in range(1, 1000):
        slug = f"{base or 'entidad'}-{n}" if n > 1 or not base else base
        if reading.by_slug(db, consultation_id, slug) is None:
            return slug
    raise Conflict("Ya hay demasiadas entidades con ese nombre.")
