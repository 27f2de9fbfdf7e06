"""News of a consultation: who asked for it by mail, what is told, and how it reaches everybody piece by piece."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.models.consultations import Consultation
from consulta.models.news import Announcement, Subscriber

from . import outbox
from .errors import NotFound
from .snapshots import ConsultationView

PIECE = 200


@dataclass(frozen=True)
class NewsItem:
    """Something that was told; ``what``: ``new``, ``moved`` (an act), ``schedule``, ``position``, ``changed``."""

    event: str
    content: dict[str, Any]
    at: datetime


def subscribe(db: Session, consultation: ConsultationView, *, email: str, language: str, now: datetime) -> None:
    """Note a wish and write to the address; the answer is the same whether it is new, known or confirmed."""
    address, today = email.strip().lower(), consultation.today(now)
    s = Subscriber
    query = select(s.id, s.confirmed).where(s.consultation_id == consultation.id, s.email == address)
    known = db.execute(query).first()
    if known is not None and known.confirmed:
        return
    id_ = known.id if known else db.execute(
        insert(s)
        .values(consultation_id=consultation.id, email=address, language=language, asked_on=today, confirmed=False)
        .returning(s.id)
    ).scalar_one()  # fmt: skip
    try:
        with db.begin_nested():
            payload = {"subscriber": id_, "slug": consultation.slug, "title": consultation.title, "language": language}
            outbox.post(
                db, event=f"subscription:{id_}:{today}", recipient=f"subscriber:{id_}", template="subscription",
                payload=payload, now=now,
            )  # fmt: skip
    except IntegrityError:
        return  # written to already today


def token(secret: str, subscriber_id: int) -> str:
    """What a mailed link carries: whose subscription it is, signed."""
    digest = hmac.digest(secret.encode(), f"subscriber|{subscriber_id}".encode(), "sha256").hex()[:32]
    return f"{subscriber_id}-{digest}"


def read_token(secret: str, given: str) -> int:
    """The subscription of a mailed link; ``NotFound`` for any other."""
    id_ = given.partition("-")[0]
    if id_.isdecimal() and len(id_) < 10 and hmac.compare_digest(token(secret, int(id_)).encode(), given.encode()):
        return int(id_)
    raise NotFound("Este enlace no sirve o ya se usó para dejar de recibir noticias.")


def confirm(db: Session, subscriber_id: int) -> None:
    """The reader of the mail wants the news."""
    db.execute(update(Subscriber).where(Subscriber.id == subscriber_id).values(confirmed=True))


def stop(db: Session, subscriber_id: int) -> None:
    """No more news; the address is erased."""
    db.execute(delete(Subscriber).where(Subscriber.id == subscriber_id))


def announce(
    db: Session, consultation: ConsultationView, *, event: str, content: dict[str, Any], now: datetime
) -> None:
    """Note something to tell; the worker writes to every subscriber, the feed shows it at once."""
    db.execute(
        insert(Announcement).values(
            consultation_id=consultation.id, event=event, content=content, made_at=now, reached=0, finished=False
        )
    )


def fan_out(db: Session, *, now: datetime) -> int:
    """Put one announcement into the outbox for up to 200 subscribers; how many. The worker repeats until 0."""
    a, s = Announcement, Subscriber
    row = db.execute(
        select(a.id, a.consultation_id, a.event, a.content, a.reached, Consultation.slug, Consultation.title)
        .join(Consultation, Consultation.id == a.consultation_id)
        .where(a.finished.is_(False))
        .order_by(a.id)
        .limit(1)
    ).first()
    if row is None:
        return 0
    people = db.execute(
        select(s.id, s.language)
        .where(s.consultation_id == row.consultation_id, s.confirmed, s.id > row.reached)
        .order_by(s.id)
        .limit(PIECE)
    ).all()
    reached, finished = (people[-1].id if people else row.reached), len(people) < PIECE
    mine = update(a).where(a.id == row.id, a.reached == row.reached, a.finished.is_(False))
    done = db.execute(mine.values(reached=reached, finished=finished))
    if done.rowcount:  # type: ignore[attr-defined]
        for id_, language in people:
            outbox.post(
                db, event=f"news:{row.consultation_id}:{row.event}", recipient=f"subscriber:{id_}", template="news",
                payload={
                    "subscriber": id_, "slug": row.slug, "consultation": row.title, "language": language, **row.content
                }, now=now,
            )  # fmt: skip
    return max(1, len(people))


def latest(db: Session, consultation: ConsultationView, *, limit: int = 15) -> list[NewsItem]:
    """What was told last."""
    a = Announcement
    query = select(a.event, a.content, a.made_at).where(a.consultation_id == consultation.id)
    return [NewsItem(*row) for row in db.execute(query.order_by(a.id.desc()).limit(limit))]
