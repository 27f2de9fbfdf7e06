"""An organisation asks for an account; one person of each sector looks; silence does not keep it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.models.accounts import Account, Pseudonym, Sector
from consulta.models.consultations import Consultation
from consulta.models.organizations import Organization, OrganizationMember, Standing, Verification

from . import accounts, consultations, ledger, organizations, outbox
from .errors import Conflict, Invalid, NotAllowed
from .ledger import Action
from .organizations import BodyView
from .snapshots import ConsultationView

WORKING_DAYS = 5
OPEN = (Standing.ASKED, Standing.APPEALED, Standing.PROVISIONAL)
MAY_SPEAK = (Standing.PROVISIONAL, Standing.VERIFIED)
LAST_ROUND = 2
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


def working_days_after(day: date, count: int) -> date:
    """The day so many working days (Monday to Friday) after another."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def ask(
    db: Session, *, consultation: ConsultationView, name: str, acronym: str | None, sector: str, about: str,
    email: str, language: str, now: datetime,
) -> None:  # fmt: skip
    """Note a wish and write to the representative. Nothing is public until they have answered that mail."""
    account_id = accounts.ensure(db, email=email, language=language, now=now)
    slug = _free_slug(db, consultation.id, acronym or name)
    organization_id = db.execute(
        insert(Organization)
        .values(
            consultation_id=consultation.id, slug=slug, name={"es": name}, sort_key=organizations.sort_key(name),
            acronym=acronym, sector=sector, capacities=[], aliases=[], earlier_names=[],
            note={"es": about} if about else None, standing=Standing.ASKED, round=1,
        )
        .returning(Organization.id)
    ).scalar_one()  # fmt: skip
    db.execute(
        insert(OrganizationMember).values(organization_id=organization_id, account_id=account_id, signatory=True)
    )
    outbox.post(
        db, event=f"organization:{organization_id}", recipient=f"account:{account_id}", template="organization",
        payload={"account": account_id, "slug": consultation.slug, "name": name, "language": language}, now=now,
    )  # fmt: skip


def send(db: Session, consultation: ConsultationView, body: BodyView, *, account_id: int, now: datetime) -> None:
    """The representative answered the mail and signed in: the request is public and the days begin to run."""
    today = consultation.today(now)
    done = db.execute(
        update(Organization)
        .where(Organization.id == body.id, Organization.asked_on.is_(None), Organization.standing == Standing.ASKED)
        .values(asked_on=today, answer_by=working_days_after(today, WORKING_DAYS))
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict("Esta solicitud ya se había enviado.")
    actor = accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    payload = {"name": body.name, "acronym": body.acronym, "sector": body.sector, "note": body.note}
    organizations.entry(db, consultation, Action.ORGANIZATION_ASK, body.slug, payload, actor=actor, now=now)


def decide(
    db: Session, consultation: ConsultationView, body: BodyView, *, sector: Sector, account_id: int, accepts: bool,
    reason: str | None, now: datetime,
) -> None:  # fmt: skip
    """One person of one sector says yes, or no with a reason that everybody will read."""
    if body.standing not in OPEN or body.asked_on is None:
        raise Conflict("Esta solicitud ya tiene respuesta.")
    if account_id in members(db, body.id):
        raise NotAllowed("Nadie verifica a su propia organización.")
    if not accepts and len(reason or "") < 10:
        raise Invalid(
            "Escriba por qué no, en 10 letras o más: se publica y la organización puede apelar.", field="reason"
        )
    actor = accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id, sector=sector)
    try:
        db.execute(
            insert(Verification).values(
                organization_id=body.id, round=body.round, sector=sector, accepts=accepts, reason=reason,
                account_id=account_id, decided_at=now,
            )
        )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("Otra persona de su sector ya respondió a esta solicitud.") from error
    yes = select(func.count()).where(
        Verification.organization_id == body.id, Verification.round == body.round, Verification.accepts
    )
    standing = body.standing if accepts else Standing.REFUSED
    if accepts and db.execute(yes).scalar_one() == len(Sector):
        standing = Standing.VERIFIED
    db.execute(update(Organization).where(Organization.id == body.id).values(standing=standing))
    action = Action.ORGANIZATION_ACCEPT if accepts else Action.ORGANIZATION_REFUSE
    payload = {"sector": sector.value, "round": body.round, "reason": reason, "standing": standing.value}
    organizations.entry(db, consultation, action, body.slug, payload, actor=actor, now=now)
    if standing is not body.standing:
        tell(db, consultation, body, standing, reason, now=now)


def appeal(
    db: Session, consultation: ConsultationView, body: BodyView, *, text: str, account_id: int, now: datetime
) -> None:
    """A refused organisation answers the reason, once; then both sectors look again."""
    if body.standing is not Standing.REFUSED or body.round >= LAST_ROUND:
        raise Conflict("Ya no hay un rechazo por apelar.")
    if len(text) < 10:
        raise Invalid("Escriba por qué apela, en 10 letras o más.", field="appeal")
    due = working_days_after(consultation.today(now), WORKING_DAYS)
    db.execute(
        update(Organization)
        .where(Organization.id == body.id)
        .values(standing=Standing.APPEALED, round=body.round + 1, appeal=text, answer_by=due)
    )
    actor = accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    payload = {"round": body.round + 1, "text": text}
    organizations.entry(db, consultation, Action.ORGANIZATION_APPEAL, body.slug, payload, actor=actor, now=now)


def lapse(db: Session, *, today: date, now: datetime) -> int:
    """Requests that nobody answered in time are verified provisionally, at most a hundred at once; the count done."""
    o = Organization
    due = db.execute(
        select(o, Consultation.slug)
        .join(Consultation, Consultation.id == o.consultation_id)
        .where(o.standing.in_((Standing.ASKED, Standing.APPEALED)), o.answer_by < today)
        .order_by(o.id)
        .limit(PIECE)
    ).all()
    for organization, slug in due:
        view = consultations.find(db, slug).view
        db.execute(update(o).where(o.id == organization.id).values(standing=Standing.PROVISIONAL))
        payload = {"answer_by": str(organization.answer_by), "standing": Standing.PROVISIONAL.value}
        action, slug_ = Action.ORGANIZATION_PROVISIONAL, organization.slug
        organizations.entry(db, view, action, slug_, payload, actor=ledger.SYSTEM, now=now)
        tell(db, view, organizations.view_of(organization), Standing.PROVISIONAL, None, now=now)
    return len(due)


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


def members(db: Session, organization_id: int) -> list[int]:
    """The accounts that act for an organisation."""
    m = OrganizationMember
    return list(db.execute(select(m.account_id).where(m.organization_id == organization_id)).scalars())


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
        select(Account.id, Account.language).join(m, m.account_id == Account.id).where(m.organization_id == body.id)
    )
    for account_id, language in list(rows):
        outbox.post(
            db, event=f"standing:{body.id}:{body.round}:{standing.value}", recipient=f"account:{account_id}",
            template="standing", now=now,
            payload={
                "organization": body.id, "name": body.name["es"], "standing": standing.value, "reason": reason,
                "slug": consultation.slug, "language": language,
            },
        )  # fmt: skip


def _free_slug(db: Session, consultation_id: int, name: str) -> str:
    base = "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in organizations.sort_key(name)).split())[
        :40
    ]
    for n in range(1, 1000):
        slug = f"{base or 'entidad'}-{n}" if n > 1 or not base else base
        if organizations.by_slug(db, consultation_id, slug) is None:
            return slug
    raise Conflict("Ya hay demasiadas entidades con ese nombre.")
