"""Telling those who registered for a forum what changed, and forgetting who they were when it is long over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.notifications import notices, outbox
from consulta.domain.notifications.news import NewsMail
from consulta.domain.notifications.outbox import Delivery, Mail, Recipient
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.forums import Forum, ForumTelling, ForumVersion, Registration, Seat

from . import reading
from .data import data_of
from .reading import ForumView

PIECE, KEPT = 200, timedelta(days=30)
_R = table_of(Registration)


@dataclass(frozen=True, kw_only=True)
class ForumMail(Mail):
    """A mail about a forum, which says of it what stands when the mail is written."""

    slug: str
    key: str

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With title, place, day and time."""
        view = consultations.find(db, self.slug).view
        said = {"consultation": view.title, **_words(view, reading.one(db, view, self.key))}
        return {**(super().words(db, delivery) or {}), **said}


@dataclass(frozen=True, kw_only=True)
class RegistrationMail(ForumMail):
    """Registered: the codes, and whether there is a seat or a place in the line."""

    template = "registration"
    folios: list[str]
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class PromotionMail(ForumMail):
    """Seats became free for a party, or for one; ``refs``: whose."""

    template = "promotion"
    refs: list[str] = field(default_factory=list)

    def words(self, db: Session, delivery: Delivery) -> dict[str, Any] | None:
        """With the names of those who still have their seat, looked up now; ``None`` if nobody has."""
        words = super().words(db, delivery)
        if not self.refs:
            return words and {**words, "names": []}
        held = (_R.c.ref.in_(self.refs), _R.c.state == Seat.CONFIRMED)
        names = db.execute(select(_R.c.name).where(*held).order_by(_R.c.place)).scalars().all()
        return {**words, "names": [name for name in names if name]} if words and names else None


def tell(db: Session, *, now: datetime) -> int:
    """Tell up to 200 of the parties that hold a seat or wait; the worker repeats until 0. By mail where there is an
    address, by a person where there is only a telephone."""
    t, f = ForumTelling, Forum
    open_ = select(t.id, t.forum_id, t.version, t.what, t.reached, f.key, Consultation.slug)
    joined = open_.join(f, f.id == t.forum_id).join(Consultation, Consultation.id == f.consultation_id)
    row = db.execute(joined.where(t.finished.is_(False)).order_by(t.id).limit(1)).first()
    if row is None:
        return 0
    view = consultations.find(db, row.slug).view
    forum = reading.one(db, view, row.key)
    concerned = _R.c.state.in_([Seat.CONFIRMED, Seat.WAITING])
    query = select(_R).where(_R.c.forum_id == row.forum_id, _R.c.id > row.reached, concerned, ~_notified_already())
    people = db.execute(query.order_by(_R.c.id).limit(PIECE)).all()
    for person in people:
        _tell(db, view, forum, row, person, now)
    last = people[-1].id if people else row.reached
    done = update(t).where(t.id == row.id, t.reached == row.reached)
    db.execute(done.values(reached=last, finished=len(people) < PIECE))
    return max(1, len(people))


def unreachable(db: Session, forum: ForumView) -> int:
    """How many of those who are expected left neither an address nor a telephone."""
    silent = (_R.c.email.is_(None), _R.c.phone.is_(None), _R.c.state.in_([Seat.CONFIRMED, Seat.WAITING]))
    return db.execute(select(func.count()).where(_R.c.forum_id == forum.id, *silent)).scalar_one()


def _notified_already() -> Any:
    """Somebody of the same party comes before: they left one address for all, and are told once."""
    other = table_of(Registration).alias()
    same = (other.c.submission_hash == _R.c.submission_hash) & (other.c.id < _R.c.id)
    return exists().where(same, other.c.state.in_([Seat.CONFIRMED, Seat.WAITING]))


def _tell(db: Session, view: ConsultationView, forum: ForumView, telling: Any, person: Any, now: datetime) -> None:
    content = {"what": f"forum-{telling.what}", **_words(view, forum), **_before(db, view, forum, telling)}
    event = f"forum:{forum.key}@{telling.version}"
    if person.email:
        mail = NewsMail.about(content, slug=view.slug, consultation=view.title, language=person.language)
        outbox.post_once(db, mail, event=f"{view.slug}:{event}", to=Recipient.REGISTRATION.of(person.id), now=now)
    elif person.phone:
        notices.call_person(db, view.id, person.id, event, content, now)


def _before(db: Session, view: ConsultationView, forum: ForumView, telling: Any) -> dict[str, Any]:
    """What stood before the change that is told, and why it was made."""
    v = ForumVersion
    rows = select(v.version, v.content, v.reason).where(v.forum_id == forum.id)
    found = {row.version: row for row in db.execute(rows.where(v.version.in_([telling.version - 1, telling.version])))}
    reason = found[telling.version].reason if telling.version in found else None
    old = found.get(telling.version - 1)
    if telling.what != "moved" or old is None:
        return {"reason": reason}
    said = _words(view, replace(forum, data=data_of(old.content)))
    return {"reason": reason, **{f"old_{name}": said[name] for name in ("day", "time", "place")}}


def _words(view: ConsultationView, forum: ForumView) -> dict[str, Any]:
    return {
        "title": forum.data.name,
        "place": forum.data.texts.get("place"),
        "key": forum.key,
        "day": str(view.today(forum.data.starts_at)),
        "time": None if forum.data.all_day else _time(view, forum),
    }


def _time(view: ConsultationView, forum: ForumView) -> str:
    return forum.data.starts_at.astimezone(view.timezone).strftime("%H:%M")
