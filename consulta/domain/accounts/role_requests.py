"""What somebody who coordinates asks for herself: another who coordinates answers, or somebody of the other sector;
where there is neither, who looks after the installation. Nobody grants herself a role, and all of it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.rows import change as change_row
from consulta.domain.rows import read
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Account, Pseudonym, RequestState, Role, RoleChange, RoleName, RoleRequest, Sector
from consulta.models.base import Localized

from . import answering, team
from .actors import Actor


@dataclass(frozen=True, kw_only=True)
class RoleAnswerMail(Mail):
    """What became of what somebody asked for herself."""

    template = "role-answer"
    consultation: Localized
    slug: str
    role: str
    agreed: bool
    reason: str | None


@dataclass(frozen=True)
class Terms:
    """What goes with the role that is asked for; ``themes``: their short names, none for all."""

    themes: tuple[str, ...] = ()
    sector: Sector | None = None
    organization: str | None = None
    language: str | None = None

    def stored(self) -> dict[str, Any]:
        """As it is kept, and as its entry says it."""
        sector = self.sector.value if self.sector else None
        return {
            "themes": list(self.themes),
            "sector": sector,
            "organization": self.organization,
            "language": self.language,
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Terms:
        """What ``stored`` gave."""
        sector = Sector(stored["sector"]) if stored["sector"] else None
        return cls(tuple(stored["themes"]), sector, stored["organization"], stored["language"])


@dataclass(frozen=True)
class RequestView:
    """A request that waits. ``pseudonym`` and ``email``: who asks, for herself; ``asked_on``: the day, there."""

    id: int
    account_id: int
    email: str
    pseudonym: str
    change: RoleChange
    role: RoleName
    terms: Terms
    reason: str
    asked_on: date


def ask(
    db: Session,
    consultation: ConsultationView,
    *,
    change: RoleChange,
    role: RoleName,
    terms: Terms,
    reason: str,
    by: By,
    now: datetime,
) -> None:
    """Ask others to change a role of one's own; ``Invalid`` for what could not be agreed to, ``Conflict`` if another
    request of the same person waits."""
    assert by.account_id is not None
    demand_reason(reason, Invalid("Escriba por qué, en 10 letras o más: queda en la bitácora.", field="reason"))
    if change is RoleChange.GRANT:
        team.complete(role, terms.sector, terms.organization, terms.language)
    else:
        held = _held(db, consultation, by.account_id, role, terms)
        if (change, held.suspended) in ((RoleChange.SUSPEND, True), (RoleChange.RESUME, False)):
            raise Conflict("Ese cargo ya está así: no hace falta pedirlo.")
        if change in (RoleChange.SUSPEND, RoleChange.REVOKE):
            team.keep_a_coordinator(db, consultation, held)
    values = {"change": change, "role": role, "terms": terms.stored(), "reason": reason, "asked_at": now}
    whose = {"consultation_id": consultation.id, "account_id": by.account_id}
    try:
        with db.begin_nested():
            db.execute(insert(RoleRequest).values(**whose, **values, state=RequestState.WAITING))
    except IntegrityError as error:
        raise Conflict("Ya pidió un cambio, y espera respuesta. Retírelo antes de pedir otro.") from error
    said = {"change": change.value, "role": role.value, "terms": terms.stored(), "reason": reason}
    _entry(db, consultation, Action.ROLE_ASK, by.pseudonym, said, by=by, now=now)


def waiting(db: Session, consultation: ConsultationView) -> list[RequestView]:
    """What waits for an answer, the first asked first."""
    return read(db, _waiting(consultation).limit(100), _viewed(consultation))


def to_answer(db: Session, consultation: ConsultationView, actor: Actor) -> list[RequestView]:
    """Of these, what waits for this person; two statements, and none for who answers nothing."""
    asked = waiting(db, consultation) if answering.answers_some(actor, consultation) else []
    people = team.team(db, consultation) if asked else []
    return [one for one in asked if answering.may_answer(people, consultation, one.account_id, one.terms.sector, actor)]


def answer(
    db: Session,
    consultation: ConsultationView,
    request_id: int,
    actor: Actor,
    *,
    agrees: bool,
    reason: str,
    by: By,
    now: datetime,
) -> RequestView:
    """Agree, and it is done; or refuse, with a reason. Who asked takes it back so. What was asked."""
    request = next((one for one in waiting(db, consultation) if one.id == request_id), None)
    if request is None:
        raise Conflict("Esta petición ya tiene respuesta.")
    own_one, people = actor.id == request.account_id, team.team(db, consultation)
    if own_one and agrees:
        raise NotAllowed("Nadie responde a lo que pide para sí.")
    if not own_one and not answering.may_answer(people, consultation, request.account_id, request.terms.sector, actor):
        raise NotAllowed("Esta petición la responde otra persona.")
    if not agrees and not own_one:
        demand_reason(reason, Invalid("Escriba por qué no, en 10 letras o más: queda en la bitácora.", field="reason"))
    if agrees:
        _still_coordinates(db, people, request.account_id)
    state = RequestState.AGREED if agrees else RequestState.WITHDRAWN if own_one else RequestState.REFUSED
    mine = update(RoleRequest).where(RoleRequest.id == request.id, RoleRequest.state == RequestState.WAITING)
    done = mine.values(state=state, answered_by=actor.id, answer=reason or None, answered_at=now)
    change_row(db, done, Conflict("Otra persona ya respondió a esta petición."))
    said = {"change": request.change.value, "role": request.role.value, "state": state.value, "reason": reason or None}
    _entry(db, consultation, Action.ROLE_ANSWER, request.pseudonym, said, by=by, now=now)
    if agrees:
        _carry_out(db, consultation, request, by=by, now=now)
    if not own_one:
        _tell(db, consultation, request, agrees, reason or None, now=now)
    return request


def _still_coordinates(db: Session, people: Sequence[team.Person], account_id: int) -> None:
    """``Conflict`` unless whoever asked still does: what others took away does not come back by a request."""
    if any(one.account_id == account_id and one.role is RoleName.COORDINATOR and one.able for one in people):
        return
    admin = select(Role.id).where(Role.account_id == account_id, Role.role == RoleName.ADMIN)
    if db.execute(admin.limit(1)).first() is None:
        raise Conflict("Quien lo pidió ya no coordina esta consulta: solo puede responder que no.")


def _tell(
    db: Session,
    consultation: ConsultationView,
    request: RequestView,
    agreed: bool,
    reason: str | None,
    *,
    now: datetime,
) -> None:
    language = db.execute(select(Account.language).where(Account.id == request.account_id)).scalar_one()
    mail = RoleAnswerMail(
        language=language,
        consultation=consultation.title,
        slug=consultation.slug,
        role=request.role.value,
        agreed=agreed,
        reason=reason,
    )
    to = Recipient.ACCOUNT.of(request.account_id)
    outbox.post_once(db, mail, event=f"role-answer:{request.id}", to=to, now=now)


def _carry_out(db: Session, consultation: ConsultationView, request: RequestView, *, by: By, now: datetime) -> None:
    terms = request.terms
    if request.change is RoleChange.GRANT:
        themes = [consultation.theme(slug) for slug in terms.themes]
        if None in themes:  # a role without themes is one for all
            raise Conflict("Un tema de los que pidió ya no existe: responda que no, y que lo pida otra vez.")
        return team.invite(
            db,
            consultation,
            email=request.email,
            role=request.role,
            theme_ids=tuple(theme.id for theme in themes if theme is not None),
            sector=terms.sector,
            organization=terms.organization,
            language=terms.language,
            reason=request.reason,
            by=by,
            now=now,
        )
    person = _held(db, consultation, request.account_id, request.role, terms)
    if request.change is RoleChange.REVOKE:
        return team.revoke(db, consultation, person, reason=request.reason, by=by, now=now)
    suspended = request.change is RoleChange.SUSPEND
    team.suspend(db, consultation, person, suspended=suspended, reason=request.reason, by=by, now=now)
    return None


def _held(db: Session, consultation: ConsultationView, account_id: int, role: RoleName, terms: Terms) -> team.Person:
    """The role of which it is; ``NotFound`` if it is not held any more."""
    people = (one for one in team.team(db, consultation) if one.account_id == account_id and one.role is role)
    found = next((one for one in people if role is not RoleName.TRANSLATOR or one.language == terms.language), None)
    if found is None:
        raise NotFound("Esa persona ya no tiene ese cargo en esta consulta.")
    return found


def _waiting(consultation: ConsultationView) -> Select[Any]:
    r, p = RoleRequest, Pseudonym
    named = (p.account_id == r.account_id) & (p.consultation_id == r.consultation_id)
    return (
        select(r.id, r.account_id, Account.email, p.name, r.change, r.role, r.terms, r.reason, r.asked_at)
        .join(Account, Account.id == r.account_id)
        .join(p, named)
        .where(r.consultation_id == consultation.id, r.state == RequestState.WAITING)
        .order_by(r.asked_at, r.id)
    )


def _viewed(consultation: ConsultationView) -> Any:
    def view(*row: Any) -> RequestView:
        id_, account_id, email, name, change, role, terms, reason, asked_at = row
        day = consultation.today(asked_at)
        return RequestView(id_, account_id, email, name, change, role, Terms.of(terms), reason, day)

    return view


def _entry(
    db: Session,
    consultation: ConsultationView,
    action: Action,
    whose: str,
    payload: dict[str, Any],
    *,
    by: By,
    now: datetime,
) -> None:
    subject = f"person/{whose}"
    ledger.note(db, consultation, actor=by.pseudonym, action=action, subject=subject, payload=payload, recorded=now)
