"""What was told to everybody: each piece of news against the entry of the act that it tells."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import instant
from consulta.domain.notifications import news
from consulta.models.news import Announcement

from .reader import Entry

TOLD = frozenset(
    {
        Action.CONSULTATION_CHANGE,
        Action.SCHEDULE_PUBLISH,
        Action.POSITION_PUBLISH,
        Action.ACT_PUBLISH,
        Action.NEWS_PUBLISH,
        Action.FORUM_CANCEL,
        Action.FORUM_CLOSE,
    }
)


class News:
    """Announcements. Entries of before say nothing of them; the log tells by its first that does since when they do."""

    subjects = frozenset({"consultation", "schedule", "position", "act", "news", "forum"})

    def __init__(self, db: Session, view: ConsultationView) -> None:
        self.db, self.view = db, view
        self.said: dict[str, str] = {}
        self.silent: set[str] = set()

    def entry(self, entry: Entry) -> None:
        """One entry of something that is told."""
        if entry.action not in TOLD:
            return
        if "news" not in entry.payload:
            self.silent.add(entry.recorded)
        elif entry.payload["news"] is not None:
            self.said[entry.payload["news"]] = entry.recorded

    def faults(self) -> Iterator[str]:
        """News that no act told, and news that were told and are gone."""
        a, left = Announcement, dict(self.said)
        query = select(a.event, a.content, a.made_at).where(a.consultation_id == self.view.id).order_by(a.id)
        for event, content, made_at in self.db.execute(query):
            told = left.pop(news.digest(event, content), None)
            if told != instant(made_at) and not (told is None and instant(made_at) in self.silent):
                yield f"news {event}: it is not what the entries say"
        yield from (f"news of {when}: they are gone or changed" for when in left.values())
