"""The desk: what waits, who has it open, and the two acts, deciding and classifying, which are never one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.models.accounts import Pseudonym
from consulta.models.base import Said
from consulta.models.consultations import Consultation, Reason
from consulta.models.contributions import Channel, Contribution, Contributor, Status
from consulta.models.moderation import Classification, Decision, DecisionNote, Lease, Mention, Verdict
from consulta.models.opinions import Opinion

from . import accounts, contributions, ledger, outbox
from .consultations import ConsultationView, ReasonView, ThemeView
from .errors import Conflict, Invalid, NotAllowed
from .ledger import Action

LEASE = timedelta(minutes=10)
STATUS_AFTER = {Verdict.PUBLISH: Status.PUBLISHED, Verdict.REJECT: Status.REJECTED}
ACTION = {Verdict.PUBLISH: Action.PUBLISH, Verdict.REJECT: Action.REJECT}
PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """A row of the queue."""

    id: int
    number: int
    excerpt: str
    theme_id: int | None
    channel: Channel
    status: Status
    held_cause: str | None
    received_on: date
    review_by: date
    leased_by: str | None


@dataclass(frozen=True)
class Item:
    """One contribution as staff see it: no trait, no contact, no name."""

    id: int
    number: int
    title: str | None
    body: str | None
    status: Status
    awaiting_review: bool
    theme_id: int | None
    mentions: tuple[int, ...]
    channel: Channel
    department: str | None
    held_cause: str | None
    received_on: date
    review_by: date
    answer_by: date
    ordinal: int
    leased_by: str | None
    lease_is_mine: bool


@dataclass(frozen=True)
class Step:
    """One act of staff in the history of a contribution; ``note`` is what the author reads."""

    ordinal: int
    kind: str
    actor: str
    at: datetime
    reason: ReasonView | None = None
    note: str | None = None
    theme_id: int | None = None
    mentions: tuple[str, ...] = ()


def queue(
    db: Session, consultation: ConsultationView, *, scope: Sequence[int] | None, theme: str | None = None,
    channel: Channel | None = None, after: tuple[date, int] | None = None, now: datetime, limit: int = PAGE,
) -> list[Waiting]:  # fmt: skip
    """What waits for a person, by promised date. ``scope``: the themes of a moderator bound to some (and what has none).

    ``theme`` is a slug, empty for what has no theme; ``after`` the (review_by, id) of the last row seen.
    """
    query = (
        select(
            Contribution.id, Contribution.number, Contribution.title, Opinion.__table__.c.body, Contribution.theme_id,
            Contribution.channel, Contribution.status, Contribution.held_cause, Contribution.received_on,
            Contribution.review_by, Pseudonym.name, Lease.until,
        )
        .join(Opinion.__table__, Opinion.__table__.c.id == Contribution.id)
        .outerjoin(Lease, Lease.contribution_id == Contribution.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Contribution.consultation_id),
        )
        .where(Contribution.consultation_id == consultation.id, Contribution.awaiting_review)
        .order_by(Contribution.review_by, Contribution.id)
        .limit(limit)
    )  # fmt: skip
    if scope is not None:
        query = query.where(Contribution.theme_id.in_(scope) | Contribution.theme_id.is_(None))
    if theme is not None:
        found = consultation.theme(theme)
        query = query.where(Contribution.theme_id == found.id if found else Contribution.theme_id.is_(None))
    if channel is not None:
        query = query.where(Contribution.channel == channel)
    if after is not None:
        day, last = after
        query = query.where(
            (Contribution.review_by > day) | ((Contribution.review_by == day) & (Contribution.id > last))
        )
    return [
        Waiting(
            r.id, r.number, _excerpt(r.title, r.body), r.theme_id, r.channel, r.status, r.held_cause, r.received_on,
            r.review_by, r.name if r.until and r.until > now else None,
        )
        for r in db.execute(query)
    ]  # fmt: skip


def _excerpt(title: str | None, body: str | None) -> str:
    words = " ".join(part for part in (title, body) if part)
    return words if len(words) <= 160 else words[:159].rstrip() + "…"


def item(db: Session, consultation: ConsultationView, number: int, *, account_id: int, now: datetime) -> Item:
    """One contribution for the desk; ``NotFound`` if the number does not exist."""
    row = contributions.by_number(db, consultation, number)
    found = db.execute(
        select(Contribution, Lease.account_id, Lease.until, Pseudonym.name)
        .outerjoin(Lease, Lease.contribution_id == Contribution.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Lease.account_id) & (Pseudonym.consultation_id == Contribution.consultation_id),
        )
        .where(Contribution.id == row.id)
    ).one()
    c: Any = found[0]
    leased = found.until is not None and found.until > now
    mentions = db.execute(select(Mention.theme_id).where(Mention.contribution_id == row.id)).scalars().all()
    body = db.execute(select(Opinion.__table__.c.body).where(Opinion.__table__.c.id == row.id)).scalar_one()
    return Item(
        id=c.id, number=c.number, title=c.title, body=body, status=c.status, awaiting_review=c.awaiting_review,
        theme_id=c.theme_id, mentions=tuple(mentions), channel=c.channel, department=c.department,
        held_cause=c.held_cause, received_on=c.received_on, review_by=c.review_by, answer_by=c.answer_by,
        ordinal=c.ordinal, leased_by=found.name if leased else None,
        lease_is_mine=leased and found.account_id == account_id,
    )  # fmt: skip


def history(db: Session, consultation: ConsultationView, contribution_id: int) -> list[Step]:
    """Every act of staff upon a contribution, oldest first."""
    steps: list[Step] = []
    name = (Pseudonym.account_id, Pseudonym.consultation_id)
    for d, reason, note, actor in db.execute(
        select(Decision, Reason, DecisionNote.note, Pseudonym.name)
        .outerjoin(Reason, Reason.id == Decision.reason_id)
        .outerjoin(DecisionNote, DecisionNote.decision_id == Decision.id)
        .join(Pseudonym, (name[0] == Decision.account_id) & (name[1] == consultation.id))
        .where(Decision.contribution_id == contribution_id)
    ):
        shown = (
            ReasonView(reason.id, reason.code, reason.version, reason.title, reason.text, reason.published_on)
            if reason
            else None
        )
        steps.append(Step(d.ordinal, d.verdict.value, actor, d.decided_at, reason=shown, note=note))
    for c, actor in db.execute(
        select(Classification, Pseudonym.name)
        .join(Pseudonym, (name[0] == Classification.account_id) & (name[1] == consultation.id))
        .where(Classification.contribution_id == contribution_id)
    ):
        steps.append(
            Step(c.ordinal, "classify", actor, c.decided_at, theme_id=c.theme_id, mentions=tuple(c.mentions))
        )
    return sorted(steps, key=lambda step: step.ordinal)


def open_item(db: Session, consultation: ConsultationView, number: int, *, account_id: int, now: datetime) -> None:
    """Lease a contribution for ten minutes; ``Conflict`` names who has it."""
    row = contributions.by_number(db, consultation, number)
    accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    insert_into: Any = postgres_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = insert_into(Lease).values(contribution_id=row.id, account_id=account_id, until=now + LEASE)
    done: Any = db.execute(
        statement.on_conflict_do_update(
            index_elements=["contribution_id"],
            set_={"account_id": account_id, "until": now + LEASE},
            where=(Lease.until < now) | (Lease.account_id == account_id),
        )
    )
    if not done.rowcount:
        holder = item(db, consultation, number, account_id=account_id, now=now).leased_by
        raise Conflict("La tiene abierta %(who)s. Elija otra, o vuelva en diez minutos.", who=holder or "")


def open_next(
    db: Session, consultation: ConsultationView, *, scope: Sequence[int] | None, account_id: int, now: datetime
) -> int | None:
    """Lease the first waiting contribution that nobody has; its number, or ``None`` if nothing waits."""
    for row in queue(db, consultation, scope=scope, now=now):
        if row.leased_by is None:
            open_item(db, consultation, row.number, account_id=account_id, now=now)
            return row.number
    return None


def release(db: Session, consultation: ConsultationView, number: int, *, account_id: int) -> None:
    """Let go of a contribution."""
    row = contributions.by_number(db, consultation, number)
    db.execute(delete(Lease).where(Lease.contribution_id == row.id, Lease.account_id == account_id))


def decide(
    db: Session, *, consultation: ConsultationView, number: int, verdict: Verdict, reason_code: str | None,
    note: str | None, ordinal: int, account_id: int, now: datetime,
) -> None:  # fmt: skip
    """Publish or reject; the form's ``ordinal`` must be the one stored, else ``Conflict`` (somebody was faster)."""
    reason = next((r for r in consultation.reasons if r.code == reason_code), None)
    if verdict is Verdict.REJECT and reason is None:
        raise Invalid("Elija el motivo por el que no se publica.", field="reason")
    row = _take(db, consultation, number, ordinal=ordinal, account_id=account_id, now=now)
    status = STATUS_AFTER[verdict]
    actor = accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    salt = ledger.new_salt()
    decision_id = db.execute(
        insert(Decision)
        .values(
            contribution_id=row.id, ordinal=ordinal + 1, verdict=verdict, account_id=account_id, decided_at=now,
            reason_id=reason.id if reason and verdict is Verdict.REJECT else None,
        )
        .returning(Decision.id)
    ).scalar_one()  # fmt: skip
    db.execute(insert(DecisionNote).values(decision_id=decision_id, note=note, note_salt=salt))
    contributions.change(db, consultation, contribution_id=row.id, status=status, awaiting=False)
    contributions.record(
        db, consultation, actor=actor, action=ACTION[verdict], number=number, recorded=now,
        payload={
            "ordinal": ordinal + 1, "status": status.value,
            "reason": f"{reason.code}@{reason.version}" if reason and verdict is Verdict.REJECT else None,
            "commitments": {"note": ledger.commitment(salt, note)},
        },
    )  # fmt: skip
    _tell(db, consultation, row, ordinal=ordinal + 1, status=status, reason=reason, note=note, now=now)


def classify(
    db: Session, *, consultation: ConsultationView, number: int, theme: ThemeView | None,
    mentions: Sequence[ThemeView], ordinal: int, account_id: int, now: datetime,
) -> None:  # fmt: skip
    """Say what it is about: a primary theme or none, and secondary ones (the primary is not among them)."""
    secondary = [m for m in mentions if theme is None or m.id != theme.id]
    row = _take(db, consultation, number, ordinal=ordinal, account_id=account_id, now=now)
    actor = accounts.pseudonym(db, consultation_id=consultation.id, account_id=account_id)
    slugs = [m.slug for m in secondary]
    db.execute(
        insert(Classification).values(
            contribution_id=row.id, ordinal=ordinal + 1, theme_id=theme.id if theme else None, mentions=slugs,
            account_id=account_id, decided_at=now,
        )
    )  # fmt: skip
    contributions.change(
        db, consultation, contribution_id=row.id, theme=theme, mentions=secondary, classify=True
    )
    contributions.record(
        db, consultation, actor=actor, action=Action.CLASSIFY, number=number, recorded=now,
        payload={"ordinal": ordinal + 1, "theme": theme.slug if theme else None, "mentions": slugs},
    )  # fmt: skip


def _take(
    db: Session, consultation: ConsultationView, number: int, *, ordinal: int, account_id: int, now: datetime
) -> contributions.Row:
    """Lock the row by raising its ordinal, only if it is the one seen, it still lives, and no one else has it open."""
    row = contributions.by_number(db, consultation, number)
    table: Any = Contribution.__table__
    done: Any = db.execute(
        update(table)
        .where(
            table.c.id == row.id, table.c.ordinal == ordinal,
            table.c.status.not_in([Status.WITHDRAWN, Status.ERASED]),
        )
        .values(ordinal=ordinal + 1)
    )  # fmt: skip
    if not done.rowcount:
        raise Conflict("Otra persona decidió antes, o su autor lo retiró. Esto es lo que hay ahora.")
    holder = db.execute(select(Lease.account_id, Lease.until).where(Lease.contribution_id == row.id)).first()
    if holder and holder.account_id != account_id and holder.until > now:
        raise Conflict("Otra persona tiene abierto este aporte. Espere a que lo suelte.")
    db.execute(delete(Lease).where(Lease.contribution_id == row.id))
    return row


def _tell(
    db: Session, consultation: ConsultationView, row: contributions.Row, *, ordinal: int, status: Status,
    reason: ReasonView | None, note: str | None, now: datetime,
) -> None:  # fmt: skip
    """News to the author who left an address; the mail gives the number, for nobody here knows the code."""
    email, language = db.execute(
        select(Contributor.email, Contributor.mail_language).where(Contributor.contribution_id == row.id)
    ).one()
    if email is None:
        return
    said = reason.title.get(language or "es", reason.title["es"]) if reason and status is Status.REJECTED else None
    outbox.post(
        db, event=f"decision:{consultation.slug}:{row.number}:{ordinal}", recipient=f"contribution:{row.id}",
        template="decision", now=now,
        payload={
            "number": row.number, "slug": consultation.slug, "language": language or "es",
            "published": status is Status.PUBLISHED, "reason": said, "note": note,
        },
    )  # fmt: skip


def scope_of(actor: accounts.Actor, consultation: ConsultationView) -> list[int] | None:
    """The themes a moderator is bound to, or ``None`` for all; ``NotAllowed`` for who is no moderator here."""
    roles = actor.roles_in(consultation.id, accounts.RoleName.MODERATOR, accounts.RoleName.OBSERVER)
    if not roles:
        raise NotAllowed("Esta página es del equipo de revisión.")
    if any(role.theme_id is None for role in roles):
        return None
    return sorted(role.theme_id for role in roles if role.theme_id is not None)


def desks(db: Session, consultation_ids: Sequence[int]) -> list[tuple[str, Said]]:
    """Slug and title of the published consultations among these, by title."""
    rows = db.execute(
        select(Consultation.slug, Consultation.title)
        .where(Consultation.id.in_(consultation_ids), Consultation.published_at.is_not(None))
        .order_by(Consultation.slug)
    )
    return [(slug, title) for slug, title in rows]


def check_scope(db: Session, consultation: ConsultationView, actor: accounts.Actor, number: int) -> None:
    """``NotAllowed`` for a moderator bound to other themes than this contribution's (what has none is everybody's)."""
    scope = scope_of(actor, consultation)
    row = contributions.by_number(db, consultation, number)
    if scope is not None and row.theme_id is not None and row.theme_id not in scope:
        raise NotAllowed("Ese aporte es de un tema que revisa otra persona.")
