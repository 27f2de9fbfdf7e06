"""News of a consultation: who asked for it by mail, what is told, and how it reaches everybody piece by piece."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.domain.ledger import digests
from consulta.domain.rows import changed, read
from consulta.models.base import Localized
from consulta.models.consultations import Consultation
from consulta.models.news import Announcement, Subscriber

from . import outbox
from .outbox import Delivery, Mail, Recipient

PIECE = 200
UNCONFIRMED = timedelta(days=7)


@dataclass(frozen=True)
class NewsItem:
    """Something that was told; ``what``: ``new``, ``moved`` (an act), ``schedule``, ``position``, ``changed``,
    ``written``."""

    event: str
    content: dict[str, Any]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SubscriptionMail(Mail):
    """Whether the reader really asked for the news."""

    template = "subscription"
    subscriber: str
    slug: str
    title: Localized

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the link that confirms."""
        return {**(super().words(db, delivery) or {}), **_links(delivery, self.subscriber)}


@dataclass(frozen=True, kw_only=True)
class NewsMail(Mail):
    """Something that was told, to a subscriber, to a body, or to who registered for a forum. Everything after ``event``
    is what there is to tell, and depends on ``what`` it is; ``old_…``: what stood before."""

    template = "news"
    slug: str
    consultation: Localized
    subscriber: str | None = None
    event: str | None = None
    what: str
    key: str | None = None
    title: Localized | None = None
    day: str | None = None
    time: str | None = None
    place: Localized | None = None
    version: int | None = None
    organization: Localized | None = None
    stance: str | None = None
    subject: str | None = None
    reason: Localized | None = None
    text: Localized | None = None
    old_day: str | None = None
    old_time: str | None = None
    old_place: Localized | None = None
    shown: dict[str, str] | None = None
    moves: list[dict[str, Any]] | None = None

    @classmethod
    def about(cls, content: Mapping[str, Any], **rest: Any) -> Self:
        """The mail that tells a content."""
        return cls.of({**content, **rest})

    @staticmethod
    def content(payload: Mapping[str, Any]) -> dict[str, Any]:
        """What a stored one tells, without whom."""
        outside = ("slug", "consultation", "subscriber", "event", "language")
        return {name: value for name, value in payload.items() if name not in outside and value is not None}

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the link that stops the news, for subscribers."""
        links = _links(delivery, self.subscriber) if self.subscriber else {"token": None}
        return {**(super().words(db, delivery) or {}), **links}


def subscribe(db: Session, consultation: ConsultationView, *, email: str, language: str, now: datetime) -> None:
    """Note a subscription and write to the address; the answer is the same whether it is new, known or confirmed."""
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
    mail = SubscriptionMail(subscriber=key, slug=consultation.slug, title=consultation.title, language=language)
    outbox.post_once(db, mail, event=f"subscription:{today}", to=Recipient.SUBSCRIBER.of(key), now=now)


def _links(delivery: Delivery, subscriber: str) -> dict[str, str]:
    """What the mail of a subscriber leads to; ``unsubscribe``: the address to which mail programs post."""
    mine = token(delivery.secret, subscriber)
    return {"token": mine, "unsubscribe": f"/novedades/{mine}/baja"}


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
    """A subscription that nobody confirmed in a week is erased, address and all."""
    s = Subscriber
    old = (s.email.is_not(None), s.confirmed.is_(False), s.asked_on < today - UNCONFIRMED)
    db.execute(delete(s).where(*old))


def digest(event: str, content: dict[str, Any]) -> str:
    """What the entry of the act that is told says of the news."""
    return digests.digest({"event": event, "content": content})


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
    done = changed(db, mine.values(reached=reached, finished=finished))
    if done:
        for _id, key, language in people:
            about = {"slug": row.slug, "consultation": row.title, "language": language, "subscriber": key}
            event = f"news:{row.consultation_id}:{row.event}"
            outbox.post(db, NewsMail.about(row.content, **about), event=event, to=Recipient.SUBSCRIBER.of(key), now=now)
    return max(1, len(people))


def latest(db: Session, consultation: ConsultationView, *, limit: int = 15) -> list[NewsItem]:
    """What was told last."""
    a = Announcement
    query = select(a.event, a.content, a.made_at).where(a.consultation_id == consultation.id)
    return read(db, query.order_by(a.id.desc()).limit(limit), NewsItem)
