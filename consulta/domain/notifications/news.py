"""News of a consultation: who asked for it by mail, what is told, and how it reaches everybody piece by piece."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.models.consultations import Consultation
from consulta.models.news import Announcement, Subscriber

from . import outbox

PIECE = 200
UNCONFIRMED = timedelta(days=7)


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
    query = select(s.key, s.confirmed).where(s.consultation_id == consultation.id, s.email == address)
    known = db.execute(query).first()
    if known is not None and known.confirmed:
        return
    key = known.key if known else secrets.token_hex(16)
    if known:
        db.execute(update(s).where(s.key == key).values(asked_on=today, language=language))
    else:
        db.execute(
            insert(s).values(
                consultation_id=consultation.id,
                email=address,
                language=language,
                asked_on=today,
                confirmed=False,
                key=key,
            )
        )
    payload = {"subscriber": key, "slug": consultation.slug, "title": consultation.title, "language": language}
    outbox.post_once(
        db,
        event=f"subscription:{today}",
        recipient=f"subscriber:{key}",
        template="subscription",
        payload=payload,
        now=now,
    )


def token(secret: str, key: str) -> str:
    """What a mailed link carries: whose subscription it is, signed."""
    return f"{key}-{hmac.digest(secret.encode(), f'subscriber|{key}'.encode(), 'sha256').hex()[:32]}"


def read_token(secret: str, given: str) -> str:
    """The subscription of a mailed link; ``NotFound`` for any other."""
    key = given.partition("-")[0]
    if hmac.compare_digest(token(secret, key).encode(), given.encode()):
        return key
    raise NotFound("Este enlace no sirve o ya se usó para dejar de recibir noticias.")


def confirm(db: Session, key: str) -> None:
    """The reader of the mail wants the news."""
    db.execute(update(Subscriber).where(Subscriber.key == key, Subscriber.email.is_not(None)).values(confirmed=True))


def stop(db: Session, key: str) -> None:
    """No more news; the address is erased. The row stays until the register knows, for the copies hold it still."""
    db.execute(update(Subscriber).where(Subscriber.key == key).values(email=None, confirmed=False))


def stopped(db: Session) -> list[str]:
    """The keys of subscriptions that were stopped and are not in the register yet."""
    return list(db.execute(select(Subscriber.key).where(Subscriber.email.is_(None)).limit(PIECE)).scalars())


def forget_stopped(db: Session, keys: list[str]) -> None:
    """Nothing remains of them: the register knows."""
    db.execute(delete(Subscriber).where(Subscriber.key.in_(keys), Subscriber.email.is_(None)))


def forget_unconfirmed(db: Session, *, today: date) -> None:
    """A wish that nobody confirmed in a week is erased, address and all."""
    s = Subscriber
    old = (s.email.is_not(None), s.confirmed.is_(False), s.asked_on < today - UNCONFIRMED)
    db.execute(delete(s).where(*old))


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
        select(s.id, s.key, s.language)
        .where(s.consultation_id == row.consultation_id, s.confirmed, s.id > row.reached)
        .order_by(s.id)
        .limit(PIECE)
    ).all()
    reached, finished = (people[-1].id if people else row.reached), len(people) < PIECE
    mine = update(a).where(a.id == row.id, a.reached == row.reached, a.finished.is_(False))
    done = db.execute(mine.values(reached=reached, finished=finished))
    if done.rowcount:  # type: ignore[attr-defined]
        for _id, key, language in people:
            outbox.post(
                db,
                event=f"news:{row.consultation_id}:{row.event}",
                recipient=f"subscriber:{key}",
                template="news",
                payload={
                    "subscriber": key,
                    "slug": row.slug,
                    "consultation": row.title,
                    "language": language,
                    **row.content,
                },
                now=now,
            )
    return max(1, len(people))


def latest(db: Session, consultation: ConsultationView, *, limit: int = 15) -> list[NewsItem]:
    """What was told last."""
    a = Announcement
    query = select(a.event, a.content, a.made_at).where(a.consultation_id == consultation.id)
    return [NewsItem(*row) for row in db.execute(query.order_by(a.id.desc()).limit(limit))]
