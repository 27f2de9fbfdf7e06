"""An organisation asks for an account; one person of each sector looks; silence does not keep it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain import days
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import outbox
from consulta.domain.notifications.outbox import Mail, Recipient
from consulta.domain.rows import changed
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Account, Pseudonym, Sector
from consulta.models.base import Localized
from consulta.models.consultations import Consultation
from consulta.models.organizations import Organization, OrganizationMember, Standing, Verification

from . import enlisting, members, reading
from .reading import BodyView

WORKING_DAYS = 5
OPEN = (Standing.ASKED, Standing.APPEALED, Standing.PROVISIONAL)
PIECE = 100


@dataclass(frozen=True)
class Verdict:
    """What one side said in one round."""

    round: int
    sector: Sector
    accepts: bool
    reason: str | None
    actor: str
    at: datetime


def decide(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    *,
    sector: Sector,
    by: By,
    accepts: bool,
    reason: str | None,
    now: datetime,
) -> None:
    """One person of one sector says yes, or no with a reason that everybody will read."""
    if body.standing not in OPEN or body.asked_on is None:
        raise Conflict("Esta solicitud ya tiene respuesta.")
    if by.account_id in members.members(db, body.id):
        raise NotAllowed("Nadie verifica a su propia organización.")
    if not accepts:
        demand_reason(
            reason,
            Invalid(
                "Escriba por qué no, en 10 letras o más: se publica y la organización puede apelar.", field="reason"
            ),
        )
    _hold(db, body)
    try:
        db.execute(
            insert(Verification).values(
                organization_id=body.id,
                round=body.round,
                sector=sector,
                accepts=accepts,
                reason=reason,
                account_id=by.account_id,
                decided_at=now,
            )
        )
    except IntegrityError as error:
        raise Conflict("Usted u otra persona de su sector ya respondió a esta solicitud.") from error
    yes = select(func.count()).where(
        Verification.organization_id == body.id, Verification.round == body.round, Verification.accepts
    )
    standing = body.standing if accepts else Standing.REFUSED
    if accepts and db.execute(yes).scalar_one() == len(Sector):
        standing = Standing.VERIFIED
    db.execute(update(Organization).where(Organization.id == body.id).values(standing=standing))
    action = Action.ORGANIZATION_ACCEPT if accepts else Action.ORGANIZATION_REFUSE
    payload = {"sector": sector.value, "round": body.round, "reason": reason, "standing": standing.value}
    enlisting.entry(db, consultation, action, body.slug, payload, by=by, now=now)
    if standing is not body.standing:
        tell(db, consultation, body, standing, reason, now=now)


def appeal(db: Session, consultation: ConsultationView, body: BodyView, *, text: str, by: By, now: datetime) -> None:
    """A refused organisation answers the reason, once; then both sectors look again."""
    if body.standing is not Standing.REFUSED or body.appeal is not None:
        raise Conflict("Ya no hay un rechazo por apelar.")
    if by.account_id not in members.signatories(db, body.id):
        raise NotAllowed("Apela quien pidió la cuenta.")
    demand_reason(text, Invalid("Escriba por qué apela, en 10 letras o más.", field="appeal"))
    _hold(db, body)
    due = days.working_days_after(consultation.today(now), WORKING_DAYS)
    db.execute(
        update(Organization)
        .where(Organization.id == body.id)
        .values(standing=Standing.APPEALED, round=body.round + 1, appeal=text, answer_by=due)
    )
    payload = {"round": body.round + 1, "text": text}
    enlisting.entry(db, consultation, Action.ORGANIZATION_APPEAL, body.slug, payload, by=by, now=now)


def lapse(db: Session, *, now: datetime) -> int:
    """Requests that nobody answered in time are verified provisionally, at most a hundred at once; the count done.
    The last day ends when it does where the consultation is held."""
    o, done = Organization, 0
    due = db.execute(
        select(o, Consultation.slug)
        .join(Consultation, Consultation.id == o.consultation_id)
        .where(o.standing.in_((Standing.ASKED, Standing.APPEALED)), o.answer_by <= now.date())
        .order_by(o.answer_by, o.id)
        .limit(PIECE)
    ).all()
    for organization, slug in due:
        view = consultations.find(db, slug).view
        if organization.answer_by is None or organization.answer_by >= view.today(now):
            continue
        mine = update(o).where(o.id == organization.id, o.standing == organization.standing)
        if not changed(db, mine.values(standing=Standing.PROVISIONAL)):
            continue
        done += 1
        payload = {"answer_by": str(organization.answer_by), "standing": Standing.PROVISIONAL.value}
        action, slug_ = Action.ORGANIZATION_PROVISIONAL, organization.slug
        enlisting.entry(db, view, action, slug_, payload, by=By(None, ledger.SYSTEM), now=now)
        tell(db, view, reading.view_of(organization), Standing.PROVISIONAL, None, now=now)
    return done


def verdicts(db: Session, consultation: ConsultationView, organization_id: int) -> list[Verdict]:
    """Everything that was said of a request."""
    v = Verification
    rows = db.execute(
        select(v.round, v.sector, v.accepts, v.reason, Pseudonym.name, v.decided_at)
        .join(Pseudonym, (Pseudonym.account_id == v.account_id) & (Pseudonym.consultation_id == consultation.id))
        .where(v.organization_id == organization_id)
        .order_by(v.round, v.id)
    )
    return [Verdict(*row) for row in rows]


def unanswered(db: Session, consultation: ConsultationView, sector: Sector) -> list[BodyView]:
    """Requests that wait for the answer of one side, the first due first."""
    o, v = Organization, Verification
    answered = select(v.id).where(v.organization_id == o.id, v.round == o.round, v.sector == sector)
    query = select(o).where(
        o.consultation_id == consultation.id, o.standing.in_(OPEN), o.asked_on.is_not(None), ~answered.exists()
    )
    return [reading.view_of(one) for one in db.execute(query.order_by(o.answer_by, o.id).limit(PIECE)).scalars()]


@dataclass(frozen=True, kw_only=True)
class StandingMail(Mail):
    """What became of a request for an account."""

    template = "standing"
    name: str
    standing: str
    slug: str
    consultation: Localized
    reason: str | None = None


def tell(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    standing: Standing,
    reason: str | None,
    *,
    now: datetime,
) -> None:
    """News of the request to those who act for the organisation."""
    m = OrganizationMember
    rows = db.execute(
        select(Account.id, Account.language)
        .join(m, m.account_id == Account.id)
        .where(m.organization_id == body.id, m.wished_on.is_(None))
    )
    for account_id, language in list(rows):
        mail = StandingMail(
            name=body.name["es"],
            standing=standing.value,
            reason=reason,
            slug=consultation.slug,
            language=language,
            consultation=consultation.title,
        )
        event = f"standing:{body.id}:{body.round}:{standing.value}"
        outbox.post(db, mail, event=event, to=Recipient.ACCOUNT.of(account_id), now=now)


def _hold(db: Session, body: BodyView) -> None:
    """Take the body's row as it was read: of two who answer at once the second waits, and is told."""
    o = Organization
    mine = update(o).where(o.id == body.id, o.standing == body.standing, o.round == body.round)
    if not changed(db, mine.values(round=body.round)):
        raise Conflict("Esta solicitud cambió mientras usted la leía. Así está ahora.")
