"""Forums and roundtables: announcing one, its next versions, calling it off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.ledger import digests
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news
from consulta.domain.rows import next_version
from consulta.domain.texts import demand_reason
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind
from consulta.models.forums import Forum, ForumTelling, ForumVersion

from . import data as forum_data
from . import seats, tables
from .data import ForumData

MAX_SEATS = 100_000


def publish(
    db: Session,
    consultation: ConsultationView,
    data: ForumData,
    *,
    key: str,
    seen: int,
    reason: Localized | None,
    by: By,
    now: datetime,
) -> int:
    """Announce a forum (``seen`` 0) or its next version; the version. ``Conflict`` if ``seen`` is no longer in force,
    ``Invalid`` if more people are confirmed than it would hold."""
    _check(consultation, data, seen, reason)
    before = of_version(db, consultation, key, seen) if seen else None
    forum_id = _raise(db, consultation, key, seen, data)
    tables.put(db, consultation, forum_id, data.tables)
    _store(db, consultation, forum_id, data, key=key, version=seen + 1, reason=reason, by=by, now=now)
    if before is not None:
        seats.promote(db, consultation, forum_id, now=now)
        if before.where_and_when() != data.where_and_when():
            db.execute(insert(ForumTelling).values(forum_id=forum_id, version=seen + 1, what="moved"))
    return seen + 1


def cancel(
    db: Session, consultation: ConsultationView, key: str, *, seen: int, reason: Localized, by: By, now: datetime
) -> None:
    """Call a forum off, with a reason for all to read. Nobody's seat is touched: they are told."""
    demand_reason(
        reason.get("es"),
        Invalid("Escriba por qué se cancela, en 10 letras o más: todas las personas lo leerán.", field="reason_es"),
    )
    data = of_version(db, consultation, key, seen)
    what = {"what": "cancelled-forum", "key": key, "title": data.name, "reason": reason}
    told = f"forum-cancelled:{key}:{seen + 1}", what
    forum_id = next_version(
        db,
        Forum,
        {"consultation_id": consultation.id, "key": key},
        seen,
        {"cancelled": True},
        only=(Forum.cancelled.is_(False),),
        taken=Conflict("Ya hay un foro con esa dirección."),
        meanwhile=Conflict("Mientras usted escribía, otra persona cambió este foro."),
    )
    _store(
        db,
        consultation,
        forum_id,
        data,
        key=key,
        version=seen + 1,
        reason=reason,
        by=by,
        now=now,
        action=Action.FORUM_CANCEL,
        told=news.digest(*told),
    )
    db.execute(insert(ForumTelling).values(forum_id=forum_id, version=seen + 1, what="cancelled"))
    news.announce(db, consultation, event=told[0], content=told[1], now=now)


def of_version(db: Session, consultation: ConsultationView, key: str, version: int) -> ForumData:
    """One published version; ``NotFound`` if there is none."""
    content = db.execute(
        select(ForumVersion.content)
        .join(Forum, Forum.id == ForumVersion.forum_id)
        .where(Forum.consultation_id == consultation.id, Forum.key == key, ForumVersion.version == version)
    ).scalar_one_or_none()
    if content is None:
        raise NotFound("No hay un foro con esa dirección.")
    return forum_data.data_of(content)


def _check(consultation: ConsultationView, data: ForumData, seen: int, reason: Localized | None) -> None:
    if data.starts_at >= data.ends_at:
        raise Invalid("El foro termina antes de empezar. Revise las horas.", field="ends")
    if data.opens_at >= data.closes_at or data.closes_at > data.ends_at:
        raise Invalid(
            "La inscripción debe abrir antes de cerrar, y cerrar antes de que termine el foro.", field="closes_on"
        )
    if not 0 <= data.capacity <= MAX_SEATS:
        raise Invalid("Escriba cuántas personas caben.", field="capacity")
    if data.department and consultation.choice("department", data.department) is None:
        raise Invalid("Ese departamento no está en la lista.", field="department")
    if seen:
        demand_reason(
            (reason or {}).get("es"),
            Invalid("Escriba por qué cambia, en 10 letras o más: todas las personas lo leerán.", field="reason_es"),
        )
    if consultation.kind is not ConsultationKind.RECORD:
        tables.check(consultation, data.tables)
        _one_figure(data)


def _one_figure(data: ForumData) -> None:
    """The seats of the forum are those of its tables where each has its own: nobody is confirmed without a place to
    sit, and no place stays empty while people wait."""
    limits = [table.capacity for table in data.tables]
    given = [limit for limit in limits if limit is not None]
    sum_ = sum(given)
    if limits and len(given) == len(limits) and sum_ != data.capacity:
        raise Invalid(
            "Las mesas suman %(tables)s lugares y el foro dice %(forum)s. Escriba la misma cifra, o deje sin límite "
            "alguna mesa.",
            tables=sum_,
            forum=data.capacity,
            field="capacity",
        )
    if sum_ > data.capacity:
        raise Invalid(
            "Las mesas suman %(tables)s lugares y en el foro caben %(forum)s. Baje los lugares de las mesas o suba los "
            "del foro.",
            tables=sum_,
            forum=data.capacity,
            field="capacity",
        )


def _raise(db: Session, consultation: ConsultationView, key: str, seen: int, data: ForumData) -> int:
    """The forum's row with its next version, taken by whoever saw the one in force, and locked from here on."""
    values = {name: getattr(data, name) for name in ("starts_at", "ends_at", "opens_at", "closes_at", "capacity")}
    try:
        return next_version(
            db,
            Forum,
            {"consultation_id": consultation.id, "key": key},
            seen,
            values,
            only=(Forum.cancelled.is_(False), Forum.confirmed <= data.capacity),
            taken=Conflict("Ya hay un foro con esa dirección."),
            meanwhile=Conflict("Mientras usted escribía, otra persona cambió este foro."),
        )
    except Conflict:
        mine = (Forum.consultation_id == consultation.id, Forum.key == key, Forum.version == seen)
        full = select(Forum.confirmed).where(*mine, Forum.cancelled.is_(False), Forum.confirmed > data.capacity)
        confirmed = db.execute(full).scalar_one_or_none() if seen else None
        if confirmed is None:
            raise
        raise Invalid(
            "Ya hay %(n)s personas confirmadas: no puede haber menos lugares.", n=confirmed, field="capacity"
        ) from None


def _store(
    db: Session,
    consultation: ConsultationView,
    forum_id: int,
    data: ForumData,
    *,
    key: str,
    version: int,
    reason: Localized | None,
    by: By,
    now: datetime,
    action: Action = Action.FORUM_PUBLISH,
    told: str | None = None,
) -> None:
    db.execute(
        insert(ForumVersion).values(
            forum_id=forum_id,
            version=version,
            published_at=now,
            reason=reason if version > 1 else None,
            content=forum_data.content_of(data),
        )
    )
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=action,
        subject=f"forum/{key}@{version}",
        recorded=now,
        payload={
            "name": data.name["es"],
            "starts": ledger.instant(data.starts_at),
            "capacity": data.capacity,
            "reason": (reason or {}).get("es") if version > 1 else None,
            "sha256": of_forum(db, consultation.id, key, version),
            **({"news": told} if told else {}),
        },
    )


def of_forum(db: Session, consultation_id: int, key: str, version: int) -> str | None:
    """The digest of one version of a forum; ``None`` if it is gone."""
    query = (
        select(ForumVersion)
        .join(Forum, Forum.id == ForumVersion.forum_id)
        .where(Forum.consultation_id == consultation_id, Forum.key == key, ForumVersion.version == version)
    )
    row = db.execute(query).scalar_one_or_none()
    return digests.digest(digests.columns(row, ("version", "reason", "content"))) if row else None
