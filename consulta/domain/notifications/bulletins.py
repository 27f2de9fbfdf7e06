"""News that somebody writes: a title and a text, for whoever follows the consultation, or for its page alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, NotAllowed, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import first
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind
from consulta.models.news import Announcement

from . import news
from .news import NewsItem


def event_of(key: str) -> str:
    """What a written piece of news is known by."""
    return f"bulletin:{key}"


def publish(
    db: Session,
    consultation: ConsultationView,
    *,
    key: str,
    title: Localized,
    text: Localized,
    mailed: bool,
    by: By,
    now: datetime,
) -> None:
    """Publish it under ``key``; ``mailed``: the worker writes to whoever follows. ``Conflict`` for a key that was used:
    the same form sent again is the same piece of news."""
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    event, content = event_of(key), {"what": "written", "key": key, "title": title, "text": text}
    row = {"consultation_id": consultation.id, "event": event, "content": content, "made_at": now, "reached": 0}
    try:
        with db.begin_nested():
            db.execute(insert(Announcement).values(**row, finished=not mailed))
    except IntegrityError as error:
        raise Conflict("Esta noticia ya estaba publicada.") from error
    payload = {"title": title, "text": text, "mailed": mailed, "news": news.digest(event, content)}
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.NEWS_PUBLISH,
        subject=f"news/{key}",
        payload=payload,
        recorded=now,
    )


def one(db: Session, consultation: ConsultationView, key: str) -> NewsItem:
    """A written piece of news; ``NotFound`` if there is none."""
    a = Announcement
    query = select(a.event, a.content, a.made_at)
    found = first(db, query.where(a.consultation_id == consultation.id, a.event == event_of(key)), NewsItem)
    if found is None:
        raise NotFound("No hay una noticia con esa dirección.")
    return found
