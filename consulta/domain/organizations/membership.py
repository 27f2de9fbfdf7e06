"""The people of an organisation: whoever signs lets others write, and may hand the signature on. All of it on record,
without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts, links, pseudonyms
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.rows import change, changed, read
from consulta.models.accounts import Account
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind
from consulta.models.organizations import OrganizationMember

from . import enlisting, members
from .reading import BodyView

MOST = 20
_M = OrganizationMember


@dataclass(frozen=True, kw_only=True)
class MembershipMail(Mail):
    """Somebody may act for an organisation. ``token``: a link to a first password; none for who has one."""

    template = "membership"
    organization: str
    consultation: Localized
    slug: str
    body: str
    signs: bool
    token: str | None


@dataclass(frozen=True)
class Member:
    """Somebody who acts for an organisation, as its members see them."""

    account_id: int
    email: str
    signatory: bool


def people(db: Session, body: BodyView) -> list[Member]:
    """Whoever acts for an organisation, who signs first. Whether somebody has an account already is not told."""
    query = select(Account.id, Account.email, _M.signatory)
    mine = query.join(_M, _M.account_id == Account.id).where(_M.organization_id == body.id, _M.wished_on.is_(None))
    return read(db, mine.order_by(_M.signatory.desc(), Account.email), Member)


def add(db: Session, consultation: ConsultationView, body: BodyView, *, email: str, by: By, now: datetime) -> None:
    """Let somebody write for the organisation, and mail them; ``NotAllowed`` for who does not sign for it."""
    _signs(db, consultation, body, by)
    if db.execute(select(func.count()).where(_M.organization_id == body.id)).scalar_one() >= MOST:
        raise Invalid("Ya actúan por ella %(n)s personas, y más no caben.", field="email", n=str(MOST))
    account_id = accounts.ensure(db, email=email, now=now)
    try:
        with db.begin_nested():
            db.execute(insert(_M).values(organization_id=body.id, account_id=account_id, signatory=False))
    except IntegrityError as error:
        raise Invalid("Esa persona ya actúa por la organización.", field="email") from error
    _tell(db, consultation, body, account_id, signs=False, now=now)
    _entry(db, consultation, body, account_id, "joins", by=by, now=now)


def remove(
    db: Session, consultation: ConsultationView, body: BodyView, *, account_id: int, by: By, now: datetime
) -> None:
    """End that somebody acts for the organisation: by who signs, or by themselves. Who signs hands the signature on
    first."""
    if by.account_id != account_id:
        _signs(db, consultation, body, by)
    if account_id in members.signatories(db, body.id):
        raise Conflict("Quien firma no puede irse sin pasar antes la firma a otra persona.")
    mine = delete(_M).where(_M.organization_id == body.id, _M.account_id == account_id, _M.signatory.is_(False))
    if not changed(db, mine):
        raise Conflict("Esa persona ya no actuaba por la organización.")
    _entry(db, consultation, body, account_id, "leaves", by=by, now=now)


def hand_over(
    db: Session, consultation: ConsultationView, body: BodyView, *, account_id: int, by: By, now: datetime
) -> None:
    """Another member signs from now on instead of who signed; ``Conflict`` if somebody was faster."""
    _signs(db, consultation, body, by)
    if account_id == by.account_id:
        raise Conflict("Usted ya firma por la organización.")
    signs_in = Account.suspended.is_(False), Account.password_hash.is_not(None) | Account.demo
    if db.execute(select(Account.id).where(Account.id == account_id, *signs_in)).first() is None:
        raise Invalid("Esa persona todavía no eligió su contraseña: espere a que entre.", field="people")
    gone = Conflict("Otra persona ya cambió quién firma. Revise cómo quedó.")
    mine = _M.organization_id == body.id
    old = update(_M).where(mine, _M.account_id == by.account_id, _M.signatory).values(signatory=False)
    new = update(_M).where(mine, _M.account_id == account_id, _M.signatory.is_(False)).values(signatory=True)
    change(db, old, gone)
    change(db, new, gone)
    _tell(db, consultation, body, account_id, signs=True, now=now)
    _entry(db, consultation, body, account_id, "signs", by=by, now=now)


def signs_from_now(
    db: Session, consultation: ConsultationView, body: BodyView, *, account_id: int, by: By, now: datetime
) -> None:
    """This person signs instead of whoever did, who can still write; both sectors said so (``succession``)."""
    mine = _M.organization_id == body.id
    db.execute(update(_M).where(mine, _M.signatory).values(signatory=False))
    raised = update(_M).where(mine, _M.account_id == account_id).values(signatory=True, wished_on=None)
    if not changed(db, raised):
        db.execute(insert(_M).values(organization_id=body.id, account_id=account_id, signatory=True))
    _tell(db, consultation, body, account_id, signs=True, now=now)
    _entry(db, consultation, body, account_id, "signs", by=by, now=now)


def look(db: Session, consultation: ConsultationView, body: BodyView, *, by: By, now: datetime) -> list[str]:
    """The addresses that one vouches for when one verifies a request; that they were looked at is on record."""
    found = [one.email for one in people(db, body)]
    enlisting.entry(db, consultation, Action.CONTACT_LOOK, body.slug, {}, by=by, now=now)
    return found


def _signs(db: Session, consultation: ConsultationView, body: BodyView, by: By) -> None:
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    if body.standing not in members.REPRESENTED:
        raise NotAllowed("Primero hay que verificar a la organización.")
    if by.account_id not in members.signatories(db, body.id):
        raise NotAllowed("Eso lo decide quien firma por la organización.")


def _tell(
    db: Session, consultation: ConsultationView, body: BodyView, account_id: int, *, signs: bool, now: datetime
) -> None:
    event = f"membership:{body.id}:{'signs' if signs else 'joins'}:{consultation.today(now)}"
    to = Recipient.ACCOUNT.of(account_id)
    if outbox.posted(db, event=event, to=to):
        return  # the link of the first mail, which is on its way, holds
    language, password = db.execute(
        select(Account.language, Account.password_hash).where(Account.id == account_id)
    ).one()
    mail = MembershipMail(
        language=language,
        organization=body.name["es"],
        consultation=consultation.title,
        slug=consultation.slug,
        body=body.slug,
        signs=signs,
        token=None if password else links.one_time_link(db, account_id=account_id, now=now),
    )
    outbox.post_once(db, mail, event=event, to=to, now=now)


def _entry(
    db: Session, consultation: ConsultationView, body: BodyView, account_id: int, what: str, *, by: By, now: datetime
) -> None:
    name = pseudonyms.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    payload = {"member": name, "change": what}
    enlisting.entry(db, consultation, Action.ORGANIZATION_MEMBER, body.slug, payload, by=by, now=now)
