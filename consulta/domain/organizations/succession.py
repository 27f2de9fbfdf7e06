"""Another member signs for an organisation whose signatory is gone: whoever acts for it asks, or who coordinates; one
person of each sector agrees. Whoever still signs can say no. All of it on record, without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.accounts import accounts, pseudonyms
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.rows import change, read
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Account, RequestState, Role, RoleName, Sector
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind
from consulta.models.organizations import Organization, OrganizationMember, SignatoryRequest

from . import enlisting, members, membership
from .reading import BodyView

_M, _R = OrganizationMember, SignatoryRequest
VOICE = {Sector.GOVERNMENT: "gov_by", Sector.CIVIL_SOCIETY: "cso_by"}


@dataclass(frozen=True, kw_only=True)
class SuccessionMail(Mail):
    """Somebody asked that another person sign: to whoever signs now, who can say no."""

    template = "succession"
    organization: str
    consultation: Localized
    slug: str
    body: str
    who: str
    reason: str


@dataclass(frozen=True)
class SuccessionView:
    """A request that waits. ``email``: who would sign; ``gov``, ``cso``: whether that sector agreed already."""

    id: int
    organization_id: int
    slug: str
    name: Localized
    account_id: int
    email: str
    asked_by: int
    reason: str
    asked_on: date
    gov: bool
    cso: bool


def ask(
    db: Session, consultation: ConsultationView, body: BodyView, *, email: str, reason: str, by: By, now: datetime
) -> None:
    """Ask that the person of this address sign from now on; who coordinates may name somebody who does not act for it
    yet. ``Invalid`` for who signs already, ``Conflict`` while another request waits."""
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    if body.standing not in members.REPRESENTED:
        raise NotAllowed("Primero hay que verificar a la organización.")
    demand_reason(
        reason,
        Invalid("Escriba qué pasó con quien firma, en 10 letras o más: queda en la bitácora.", field="reason"),
    )
    known = accounts.by_email(db, email)
    if known is not None and known[0] in members.signatories(db, body.id):
        raise Invalid("Esa persona ya firma por la organización.", field="successor")
    acting = members.members(db, body.id)
    if by.account_id in acting and (known is None or known[0] not in acting):
        raise Invalid("Elija a una persona que ya actúe por la organización.", field="successor")
    account_id = known[0] if known else accounts.ensure(db, email=email, now=now)
    values = {"account_id": account_id, "asked_by": by.account_id, "reason": reason, "asked_at": now}
    try:
        with db.begin_nested():
            made = insert(_R).values(organization_id=body.id, state=RequestState.WAITING, **values)
            request_id = db.execute(made.returning(_R.id)).scalar_one()
    except IntegrityError as error:
        raise Conflict("Ya se pidió que firme otra persona, y espera respuesta.") from error
    name = pseudonyms.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    payload = {"member": name, "reason": reason}
    enlisting.entry(db, consultation, Action.SIGNATORY_ASK, body.slug, payload, by=by, now=now)
    _warn(db, consultation, body, request_id, email=email.strip().lower(), reason=reason, now=now)


def waiting(db: Session, consultation: ConsultationView) -> list[SuccessionView]:
    """The requests that wait for an answer, the first asked first."""
    return _read(db, consultation, _waiting(consultation))


def of(db: Session, consultation: ConsultationView, body: BodyView) -> SuccessionView | None:
    """The one that waits for this organisation, if any."""
    return next(iter(_read(db, consultation, _waiting(consultation).where(_R.organization_id == body.id))), None)


def unanswered(db: Session, consultation: ConsultationView, sector: Sector, account_id: int) -> list[SuccessionView]:
    """What waits for the voice of this person, for this sector; not of an organisation of their own."""
    own = select(_M.organization_id).where(_M.account_id == account_id, _M.wished_on.is_(None))
    silent = getattr(_R, VOICE[sector]).is_(None)
    not_heard = (_R.asked_by != account_id) & (_R.account_id != account_id)
    another = or_(*(getattr(_R, name) == account_id for name in VOICE.values() if name != VOICE[sector]))
    query = _waiting(consultation).where(silent, not_heard, _R.organization_id.not_in(own), ~(another.is_(True)))
    return _read(db, consultation, query)


def answer(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    *,
    sector: Sector | None,
    agrees: bool,
    reason: str,
    by: By,
    now: datetime,
) -> RequestState:
    """One person of a sector agrees, or anybody who may refuses with a reason; ``sector`` ``None``: who signs now, or
    who asked. With both sectors it is done. How the request stands then."""
    request = of(db, consultation, body)
    if request is None:
        raise Conflict("Esta petición ya tiene respuesta.")
    _may(db, consultation, body, request, sector, agrees, by)
    if not agrees and request.asked_by != by.account_id:
        demand_reason(reason, Invalid("Escriba por qué no, en 10 letras o más: queda en la bitácora.", field="reason"))
    if agrees:
        _stands(db, consultation, body, request)
    mine = update(_R).where(_R.id == request.id, _R.state == RequestState.WAITING)
    meanwhile = Conflict("Otra persona ya respondió a esta petición.")
    state = RequestState.REFUSED if request.asked_by != by.account_id else RequestState.WITHDRAWN
    if not agrees:
        change(db, mine.values(state=state, answer=reason or None, answered_at=now), meanwhile)
    else:
        assert sector is not None
        other = request.cso if sector is Sector.GOVERNMENT else request.gov
        state = RequestState.AGREED if other else RequestState.WAITING
        voice, seen = getattr(_R, VOICE[sector]), _R.gov_by if sector is Sector.CIVIL_SOCIETY else _R.cso_by
        unheard = mine.where(voice.is_(None), seen.is_not(None) if other else seen.is_(None))
        ended = {"answered_at": now} if state is RequestState.AGREED else {}
        change(db, unheard.values(state=state, **{VOICE[sector]: by.account_id}, **ended), meanwhile)
    side = sector.value if sector else None
    payload = {"sector": side, "agrees": agrees, "reason": reason or None, "state": state.value}
    enlisting.entry(db, consultation, Action.SIGNATORY_ANSWER, body.slug, payload, by=by, now=now)
    if state is RequestState.AGREED:
        membership.signs_from_now(db, consultation, body, account_id=request.account_id, by=by, now=now)
    return state


def _stands(db: Session, consultation: ConsultationView, body: BodyView, request: SuccessionView) -> None:
    """``Conflict`` if what was asked cannot be any more: then somebody says no to it."""
    if body.standing not in members.REPRESENTED:
        raise Conflict("La organización ya no está verificada: no se le puede dar quién firme.")
    suspended = select(Account.suspended).where(Account.id == request.account_id)
    if db.execute(suspended).scalar_one():
        raise Conflict("La cuenta de quien firmaría está suspendida.")
    coordinates = select(Role.id).where(
        Role.consultation_id == consultation.id,
        Role.account_id == request.asked_by,
        Role.role == RoleName.COORDINATOR,
        Role.suspended.is_(False),
    )
    acts = request.account_id in members.members(db, body.id)
    if not acts and db.execute(coordinates.limit(1)).first() is None:
        raise Conflict("Quien firmaría ya no actúa por la organización.")


def _may(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    request: SuccessionView,
    sector: Sector | None,
    agrees: bool,
    by: By,
) -> None:
    assert by.account_id is not None
    if sector is None:
        own = by.account_id == request.asked_by or by.account_id in members.signatories(db, body.id)
        if agrees or not own:
            raise NotAllowed("Esta petición la responde una persona de cada sector.")
    elif all(one.id != request.id for one in unanswered(db, consultation, sector, by.account_id)):
        raise Conflict("Esta petición la responde otra persona: usted, o alguien de su sector, ya habló.")


def _waiting(consultation: ConsultationView) -> Select[*tuple[Any, ...]]:
    o, r = Organization, _R
    return (
        select(
            r.id,
            r.organization_id,
            o.slug,
            o.name,
            r.account_id,
            Account.email,
            r.asked_by,
            r.reason,
            r.asked_at,
            r.gov_by.is_not(None),
            r.cso_by.is_not(None),
        )
        .join(o, o.id == r.organization_id)
        .join(Account, Account.id == r.account_id)
        .where(o.consultation_id == consultation.id, r.state == RequestState.WAITING)
        .order_by(r.asked_at, r.id)
        .limit(100)
    )


def _read(db: Session, consultation: ConsultationView, query: Select[*tuple[Any, ...]]) -> list[SuccessionView]:
    def view(*row: Any) -> SuccessionView:
        id_, body_id, slug, name, account_id, email, asked_by, reason, asked_at, gov, cso = row
        day = consultation.today(asked_at)
        return SuccessionView(id_, body_id, slug, name, account_id, email, asked_by, reason, day, bool(gov), bool(cso))

    return read(db, query, view)


def _warn(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    request_id: int,
    *,
    email: str,
    reason: str,
    now: datetime,
) -> None:
    """Whoever signs now reads of it, and can say no."""
    rows = select(Account.id, Account.language).where(Account.id.in_(members.signatories(db, body.id)))
    for account_id, language in list(db.execute(rows)):
        mail = SuccessionMail(
            language=language,
            organization=body.name["es"],
            consultation=consultation.title,
            slug=consultation.slug,
            body=body.slug,
            who=email,
            reason=reason,
        )
        outbox.post_once(db, mail, event=f"succession:{request_id}", to=Recipient.ACCOUNT.of(account_id), now=now)
