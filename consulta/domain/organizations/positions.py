"""Positions of verified organisations: published at once, never changed, the latest upon a subject stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import digests
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news
from consulta.domain.rows import read
from consulta.models.accounts import Pseudonym
from consulta.models.acts import Act
from consulta.models.base import Localized
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.organizations import Organization
from consulta.models.positions import Position, Stance

from . import members
from .reading import BodyView

AGAINST = (Stance.DISSENT, Stance.WITHDRAWAL)
WHOLE = "consultation"
AT_HOME, PAGE = 3, 20
SHORTEST, LONGEST = 10, 20_000


@dataclass(frozen=True)
class PositionView:
    """A published position; ``in_force``: the organisation said nothing later upon the same subject."""

    number: int
    organization: str
    name: Localized
    stance: Stance
    subject: str
    body: str
    document: dict[str, Any] | None
    actor: str
    at: datetime
    in_force: bool


def publish(
    db: Session,
    consultation: ConsultationView,
    body: BodyView,
    *,
    stance: Stance,
    subject: str,
    text: str,
    document: dict[str, Any] | None,
    by: By,
    now: datetime,
) -> int:
    """Publish a position for an organisation; its number. Who may: whoever signs for one that is verified."""
    _check(db, consultation, body, subject, text, by)
    said = (stance, text, document)
    if (repeated := _repeated(db, body, subject, said)) is not None:
        return repeated
    number = _next_number(db, consultation)
    values = {"stance": stance, "subject": subject, "body": text, "document": document, "account_id": by.account_id}
    place = {"consultation_id": consultation.id, "number": number, "organization_id": body.id}
    try:
        db.execute(insert(Position).values(**place, **values, published_at=now))
    except IntegrityError as error:
        raise Conflict("Otra organización publicó en este instante. Inténtelo de nuevo.") from error
    event = f"position:{number}"
    content = {"organization": body.name, "stance": stance.value, "subject": subject, "what": "position"}
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.POSITION_PUBLISH,
        subject=f"position/{number}",
        recorded=now,
        payload={
            "organization": body.slug,
            "stance": stance.value,
            "subject": subject,
            "text": text,
            "document": document["sha256"] if document else None,
            "sha256": of_position(db, consultation.id, number),
            "news": news.digest(event, content),
        },
    )
    news.announce(db, consultation, event=event, content=content, now=now)
    return number


def _check(db: Session, consultation: ConsultationView, body: BodyView, subject: str, text: str, by: By) -> None:
    """``NotAllowed`` for who does not speak for the organisation; ``Invalid`` names the field that is wrong."""
    if body.standing not in members.REPRESENTED or by.account_id not in members.signatories(db, body.id):
        raise NotAllowed("Publica posiciones quien firma por una organización verificada.")
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid("Escriba la posición, entre 10 y 20,000 letras.", field="text")
    if subject != WHOLE and not _is_there(db, consultation, subject.replace("\x00", "")):
        raise Invalid("Elija sobre qué es la posición.", field="subject")


def _next_number(db: Session, consultation: ConsultationView) -> int:
    highest = select(func.coalesce(func.max(Position.number), 0)).where(Position.consultation_id == consultation.id)
    return int(db.execute(highest).scalar_one()) + 1


def _repeated(db: Session, body: BodyView, subject: str, said: tuple[Any, ...]) -> int | None:
    """The number of the organisation's last position here, if it says the same: then this is a second click. The
    organisation's row is taken first, so that of two clicks the second comes after the first."""
    db.execute(update(Organization).where(Organization.id == body.id).values(round=Organization.round))
    latest = select(Position.number, Position.stance, Position.body, Position.document).where(
        Position.organization_id == body.id, Position.subject == subject
    )
    last = db.execute(latest.order_by(Position.number.desc()).limit(1)).first()
    return int(last.number) if last is not None and tuple(last[1:]) == said else None


def _is_there(db: Session, consultation: ConsultationView, subject: str) -> bool:
    """Whether an act, its minutes or a published proposal of this name is there."""
    kind, _, key = subject.partition("/")
    if kind == "proposal":
        c = Contribution
        mine = (c.consultation_id == consultation.id) & (c.kind == Kind.PROPOSAL) & (c.status == Status.PUBLISHED)
        number = int(key) if key.isdecimal() and len(key) < 10 else 0
        return db.execute(select(c.id).where(mine, c.number == number)).first() is not None
    there = select(Act.id).where(Act.consultation_id == consultation.id, Act.key == key)
    return kind in ("act", "minutes") and db.execute(there).first() is not None


def listing(
    db: Session,
    consultation: ConsultationView,
    *,
    subjects: tuple[str, ...] = (),
    organization: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[list[PositionView], int | None]:
    """Positions, the latest first: upon some subjects, or of one organisation; the second is what to pass as
    ``before`` for the next page."""
    p = Position
    query = (
        select(
            p.number,
            Organization.slug,
            Organization.name,
            p.stance,
            p.subject,
            p.body,
            p.document,
            Pseudonym.name,
            p.published_at,
            ~_answered(p),
        )
        .join(Organization, Organization.id == p.organization_id)
        .join(Pseudonym, (Pseudonym.account_id == p.account_id) & (Pseudonym.consultation_id == consultation.id))
        .where(p.consultation_id == consultation.id)
        .order_by(p.number.desc())
        .limit(limit + 1)
    )
    if subjects:
        query = query.where(p.subject.in_(subjects))
    if organization is not None:
        query = query.where(Organization.slug == organization)
    if before is not None:
        query = query.where(p.number < before)
    rows = read(db, query, PositionView)
    more, rows = len(rows) > limit, rows[:limit]
    return rows, rows[-1].number if more else None


def _answered(p: Any) -> Any:
    """Whether the same organisation said something later upon the same subject."""
    later = aliased(Position)
    same = (later.organization_id == p.organization_id) & (later.subject == p.subject)
    return select(later.id).where(same, later.number > p.number).exists()


_LATEST = (
    select(Position.number, Organization.slug, Organization.name, Position.stance, Position.published_at)
    .join(Organization, Organization.id == Position.organization_id)
    .where(Position.consultation_id == bindparam("id"), Position.subject == WHOLE)
    .order_by(Position.number.desc())
    .limit(AT_HOME)
)
"""Made once: it is asked with every home page."""


def latest(db: Session, consultation: ConsultationView) -> Sequence[Any]:
    """The latest positions upon the whole consultation: number, slug, name, stance, when."""
    return db.connection().execute(_LATEST, {"id": consultation.id}).all()


def dissent_in_force(db: Session, consultation: ConsultationView, subjects: tuple[str, ...]) -> bool:
    """Whether an organisation still dissents or has withdrawn upon one of these: then nothing is *by consensus*."""
    p = Position
    against = select(p.id).where(
        p.consultation_id == consultation.id, p.subject.in_(subjects), p.stance.in_(AGAINST), ~_answered(p)
    )
    return db.execute(against.limit(1)).first() is not None


def of_position(db: Session, consultation_id: int, number: int) -> str | None:
    """The digest of a position; ``None`` if it is gone."""
    query = select(Position).where(Position.consultation_id == consultation_id, Position.number == number)
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        return None
    whose = db.execute(select(Organization.slug).where(Organization.id == row.organization_id)).scalar_one()
    return digests.digest(
        {**digests.columns(row, ("number", "stance", "subject", "body", "document")), "organization": whose}
    )
