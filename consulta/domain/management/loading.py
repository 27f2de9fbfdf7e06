"""A consultation from its file (the shape of ``consulta/reference/``): texts, themes, stages, lists, reasons."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from consulta.domain.accounts import pseudonyms
from consulta.domain.acts import data as act_data
from consulta.domain.acts import versions
from consulta.domain.acts.data import ActData
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.days import local_instant, read_day
from consulta.domain.errors import Invalid
from consulta.domain.forums import data as forum_data
from consulta.domain.forums import versions as forum_versions
from consulta.domain.forums.data import ForumData
from consulta.domain.forums.tables import TableData
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.organizations import enlisting
from consulta.domain.organizations.enlisting import Listed
from consulta.domain.plans import earlier, from_file, publishing
from consulta.models.acts import ActKind
from consulta.models.consultations import Consultation, ConsultationKind, Theme
from consulta.models.forums import ForumKind

from . import catalogues, digests
from .schedules import publish_schedule

REQUIRED = (
    "slug",
    "kind",
    "title",
    "timezone",
    "locale",
    "published",
    "texts",
    "settings",
    "themes",
    "stages",
    "lists",
)
FIRST_SCHEDULE = {"es": "Primera publicación del cronograma", "en": "First publication of the schedule"}


def load(db: Session, data: dict[str, Any], *, account_id: int | None = None, now: datetime) -> int:
    """Store and publish a consultation; its id. ``account_id``: whose act it is, the program's if nobody's. ``Invalid``
    names what the file lacks."""
    for key in REQUIRED:
        if key not in data:
            raise Invalid("falta «%(key)s»", key=key, field=key)
    try:
        return _load(db, data, account_id, now)
    except KeyError as error:
        raise Invalid("falta «%(key)s» en un tema, etapa, lista o motivo", key=str(error.args[0])) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise Invalid("un valor no tiene la forma esperada: %(why)s", why=str(error)) from error


def _load(db: Session, data: dict[str, Any], account_id: int | None, now: datetime) -> int:
    zone = ZoneInfo(data["timezone"])
    today = now.astimezone(zone).date()
    slug, origin = data["slug"], f"consulta/{data['slug']}"
    log = ledger.open_log(db, origin)
    published = local_instant(read_day(data["published"], today), zone)
    consultation_id = _insert(db, data, log_id=log.id, published=published)
    catalogues.store_lists(db, consultation_id, data["lists"])
    actor = _actor(db, consultation_id, account_id)
    ledger.append(
        db,
        log_id=log.id,
        origin=origin,
        actor=actor,
        action=Action.CONSULTATION_PUBLISH,
        subject=f"consultation/{slug}",
        recorded=now,
        payload={
            "title": data["title"]["es"],
            "themes": [t["slug"] for t in data["themes"]],
            "sha256": digests.of_consultation(db, consultation_id),
            "published": ledger.instant(published),
            "earlier": earlier.digest(data.get("earlier", ())),
        },
    )
    catalogues.publish_reasons(
        db, consultation_id, log.id, origin, data.get("reasons", []), today, now, by=By(None, actor)
    )
    publish_schedule(
        db,
        consultation_id=consultation_id,
        log_id=log.id,
        origin=origin,
        version=1,
        rows=data["stages"],
        by=By(None, actor),
        zone=zone,
        reason=FIRST_SCHEDULE,
        today=today,
        now=now,
    )
    _proceedings(db, slug, data, now)
    return consultation_id


def _insert(db: Session, data: dict[str, Any], *, log_id: int, published: datetime) -> int:
    """The consultation's own row and those of its themes; its id."""
    consultation_id = db.execute(
        insert(Consultation)
        .values(
            slug=data["slug"],
            kind=ConsultationKind(data["kind"]),
            title=data["title"],
            timezone=data["timezone"],
            locale=data["locale"],
            texts=data["texts"],
            links=data.get("links", {}),
            settings=data["settings"],
            published_at=published,
            revision=1,
            last_number=0,
            log_id=log_id,
        )
        .returning(Consultation.id)
    ).scalar_one()
    db.execute(
        insert(Theme),
        [
            {
                "consultation_id": consultation_id,
                "position": position,
                "letter": t["letter"],
                "slug": t["slug"],
                "name": t["name"],
                "question": t["question"],
                "briefing": t["briefing"],
                "colour": t["colour"],
                "pictogram": t["pictogram"],
            }
            for position, t in enumerate(data["themes"])
        ],
    )
    return consultation_id


def _actor(db: Session, consultation_id: int, account_id: int | None) -> str:
    if account_id is None:
        return ledger.SYSTEM
    return pseudonyms.pseudonym(db, consultation_id=consultation_id, account_id=account_id)


def _proceedings(db: Session, slug: str, data: dict[str, Any], now: datetime) -> None:
    """The bodies that take part and the acts that were held, if the file names any."""
    if not any(data.get(name) for name in ("bodies", "acts", "forums", "commitments", "earlier")):
        return
    view = consultations.find(db, slug).view
    today = view.today(now)
    for one in data.get("bodies", ()):
        body = Listed(
            slug=one["slug"],
            name=one["name"],
            sector=one["sector"],
            acronym=one.get("acronym"),
            capacities=tuple(one.get("capacities", ())),
            aliases=tuple(one.get("aliases", ())),
            earlier_names=tuple(one.get("earlier_names", ())),
            note=one.get("note"),
            source=one.get("source"),
        )
        enlisting.enlist(db, view, body, new=True, by=By(None, ledger.SYSTEM), now=now)
    for one in data.get("acts", ()):
        days: dict[str, Any] = {
            name: read_day(one[name], today) if one.get(name) else None
            for name in ("planned_from", "planned_until", "held_from", "held_until")
        }
        act = ActData(
            kind=ActKind(one["kind"]),
            title=one["title"],
            stage=one.get("stage"),
            theme=one.get("theme"),
            time=one.get("time"),
            texts={name: one[name] for name in act_data.TEXTS if one.get(name)},
            **days,
            bodies=tuple((b["slug"], b["capacity"]) for b in one.get("bodies", ())),
            contradictions=tuple(one.get("contradictions", ())),
            source=one.get("source"),
        )
        versions.publish(db, view, act, key=one["key"], seen=0, reason=None, by=By(None, ledger.SYSTEM), now=now)
    _announce(db, view, data, now=now)
    earlier.load_earlier(db, view, data.get("earlier", ()))
    if data.get("commitments"):
        publishing.publish(db, view, from_file.read(data["commitments"], view), by=By(None, ledger.SYSTEM), now=now)


def _announce(db: Session, view: ConsultationView, data: dict[str, Any], *, now: datetime, suffix: str = "") -> None:
    """The forums that the file names; of one without hours only the day is known, and nobody registers for it."""
    for one in data.get("forums", ()):
        day, zone = read_day(one["day"], view.today(now)), view.timezone
        begins, ends = (time.fromisoformat(one.get(name, "00:00")) for name in ("begins", "ends"))
        starts = datetime.combine(day, begins, tzinfo=zone).astimezone(UTC)
        last = day if "ends" in one else day + timedelta(days=1)
        forum = ForumData(
            kind=ForumKind(one["kind"]),
            name=one["name"],
            starts_at=starts,
            closes_at=starts,
            ends_at=datetime.combine(last, ends, tzinfo=zone).astimezone(UTC),
            capacity=one.get("capacity", 0),
            opens_at=min(starts - timedelta(days=1), now),
            department=one.get("department"),
            texts={name: one[name] for name in forum_data.TEXTS if one.get(name)},
            all_day="begins" not in one,
            tables=tuple(TableData(**table) for table in one.get("tables", ())),
            attendance=one.get("attendance"),
            contradictions=tuple(one.get("contradictions", ())),
            source=one.get("source"),
        )
        key = one["key"] + suffix
        forum_versions.publish(db, view, forum, key=key, seen=0, reason=None, by=By(None, ledger.SYSTEM), now=now)


def renew_demonstration(db: Session, consultation: ConsultationView, data: dict[str, Any], *, now: datetime) -> bool:
    """A new schedule around today when the demonstration's opinion stage is over; contributions keep their dates."""
    window = consultation.window("opinion", now)
    if window.open or window.upcoming:
        return False
    db.execute(
        update(Consultation).where(Consultation.id == consultation.id).values(revision=Consultation.revision + 1)
    )
    publish_schedule(
        db,
        consultation_id=consultation.id,
        log_id=consultation.log_id,
        origin=consultation.origin,
        version=consultation.schedule_version + 1,
        rows=data["stages"],
        by=By(None, ledger.SYSTEM),
        zone=consultation.timezone,
        reason={
            "es": "La demostración vuelve a empezar alrededor de hoy",
            "en": "The demonstration starts again around today",
        },
        today=consultation.today(now),
        now=now,
    )
    _announce(db, consultation, data, now=now, suffix=f"-{consultation.schedule_version + 1}")
    return True
