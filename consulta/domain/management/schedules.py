"""The schedule in all its published versions: what each changed, and how the next one is published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain import days
from consulta.domain.consultations.reading import stage_view
from consulta.domain.consultations.snapshots import ConsultationView, StageView
from consulta.domain.days import local_instant
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news
from consulta.models.base import Localized
from consulta.models.consultations import Consultation, ConsultationKind, Schedule, Stage

from . import digests

ACTS = ("opinion", "comment", "proposal")
"""What a stage can open."""
MOST_TOLD = 12
"""Of a schedule that changes altogether the news tell no more; the page has them all."""


@dataclass(frozen=True)
class Change:
    """What became of one stage from a version to the next.

    ``what``: ``added``, ``removed``, ``dates``, ``opens`` or ``texts``; ``before`` and ``after`` where there is one.
    """

    what: str
    before: StageView | None
    after: StageView | None


@dataclass(frozen=True)
class ScheduleVersion:
    """A published version of the schedule, with what it changed in the one before (the first: nothing)."""

    version: int
    published_at: datetime
    reason: Localized
    stages: tuple[StageView, ...]
    changes: tuple[Change, ...] = ()


def schedules(db: Session, consultation: ConsultationView) -> list[ScheduleVersion]:
    """Every version of the schedule, the one in force first."""
    query = select(Schedule).where(Schedule.consultation_id == consultation.id).order_by(Schedule.version.desc())
    found = list(db.execute(query).scalars())
    stages: dict[int, list[StageView]] = defaultdict(list)
    others = [f.id for f in found if f.version != consultation.schedule_version]  # that one is in memory already
    if others:
        for s in db.execute(select(Stage).where(Stage.schedule_id.in_(others)).order_by(Stage.position)).scalars():
            stages[s.schedule_id].append(stage_view(s, consultation.timezone))
    versions = [
        ScheduleVersion(
            f.version, f.published_at, f.reason, tuple(stages[f.id]) if f.id in others else consultation.stages
        )
        for f in found
    ]
    changed = [replace(new, changes=tuple(differences(old.stages, new.stages))) for new, old in pairwise(versions)]
    return [*changed, *versions[-1:]]


def moved(versions: list[ScheduleVersion]) -> dict[str, StageView]:
    """How each stage was planned at first, by key, where its days are others now."""
    now_ = {s.key: s for s in versions[0].stages}
    return {s.key: s for s in versions[-1].stages if s.key in now_ and _when(now_[s.key]) != _when(s)}


def differences(older: tuple[StageView, ...], newer: tuple[StageView, ...]) -> list[Change]:
    """What changed, in the order of the newer version; what was removed comes last."""
    before, after = {s.key: s for s in older}, {s.key: s for s in newer}
    found = []
    for stage in newer:
        old = before.get(stage.key)
        if old is None:
            found.append(Change("added", None, stage))
            continue
        aspects = {
            "dates": (_when(old), _when(stage)),
            "opens": (old.opens, stage.opens),
            "texts": (_said(old), _said(stage)),
        }
        found += [Change(what, old, stage) for what, (was, is_) in aspects.items() if was != is_]
    return found + [Change("removed", old, None) for old in older if old.key not in after]


def _when(s: StageView) -> tuple[Any, ...]:
    return s.starts_at, s.ends_at, s.dates


def _said(s: StageView) -> tuple[Any, ...]:
    return s.number, s.title, s.participants, s.result, s.notes


def change(
    db: Session,
    *,
    consultation: ConsultationView,
    seen: int,
    rows: list[dict[str, Any]],
    reason: Localized,
    by: By,
    now: datetime,
) -> None:
    """Publish the next version; rows in the shape of ``consulta/reference/``, days inclusive.

    ``Conflict`` if ``seen`` is no longer the version in force; ``Invalid`` names the row (``stages-2-ends``) that
    ends before it begins, opens what another one opens, or shortens what is open now.
    """
    if consultation.kind is ConsultationKind.RECORD:
        raise NotAllowed("Un registro histórico no se cambia.")
    if seen != consultation.schedule_version:
        raise Conflict("Mientras usted escribía, otra persona publicó otra versión del cronograma.")
    today = consultation.today(now)
    stages = [_stage(0, position, row, consultation.timezone, today) for position, row in enumerate(rows)]
    _in_order(stages)
    for act in ACTS:
        if any(act in stage.opens for stage in consultation.stages):
            _keeps_promise(consultation, act, stages, now)
    changed = differences(consultation.stages, tuple(stage_view(Stage(**s), consultation.timezone) for s in stages))
    if not changed:
        raise Invalid("No cambió nada: no hay una versión nueva que publicar.")
    revised = update(Consultation).where(Consultation.id == consultation.id)
    db.execute(revised.values(revision=Consultation.revision + 1))
    moves = [_move(one) for one in changed if one.what in ("added", "removed", "dates")][:MOST_TOLD]
    told = (f"schedule:{seen + 1}", {"what": "schedule", "version": seen + 1, "reason": reason, "moves": moves})
    try:
        publish_schedule(
            db,
            consultation_id=consultation.id,
            log_id=consultation.log_id,
            origin=consultation.origin,
            version=seen + 1,
            rows=rows,
            by=by,
            zone=consultation.timezone,
            reason=reason,
            today=today,
            now=now,
            told=told,
        )
    except IntegrityError as error:
        raise Conflict("Mientras usted escribía, otra persona publicó otra versión del cronograma.") from error
    news.announce(db, consultation, event=told[0], content=told[1], now=now)


def _move(change: Change) -> dict[str, Any]:
    """A stage that came, went or has other days, as the news tell it: its days before and now, ``None`` without."""
    stage = change.after or change.before
    assert stage is not None
    was, now = ([str(s.first_day), str(s.last_day)] if s else None for s in (change.before, change.after))
    return {"title": stage.title, "was": was, "now": now}


def check(rows: list[dict[str, Any]], zone: ZoneInfo, today: date) -> None:
    """What holds of any schedule: some stage, days in order, and one stage at a time that opens an act."""
    _in_order([_stage(0, position, row, zone, today) for position, row in enumerate(rows)])


def _in_order(stages: list[dict[str, Any]]) -> None:
    if not stages:
        raise Invalid("El cronograma necesita por lo menos una etapa.")
    for position, stage in enumerate(stages):
        if stage["starts_at"] >= stage["ends_at"]:
            raise Invalid("El último día es anterior al primero.", field=f"stages-{position}-ends")
    for act in ACTS:
        for one, other in pairwise(_opening(act, stages)):
            if other["starts_at"] < one["ends_at"]:
                raise Invalid(
                    "Se traslapa con «%(title)s», que abre lo mismo.",
                    title=one["title"]["es"],
                    field=f"stages-{other['position']}-starts",
                )


def _opening(act: str, stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((s for s in stages if act in s["opens"]), key=lambda s: s["starts_at"])


def _keeps_promise(consultation: ConsultationView, act: str, stages: list[dict[str, Any]], now: datetime) -> None:
    """What is open now stays open at least as long as was promised."""
    opening = _opening(act, stages)
    window = consultation.window(act, now)
    if not window.open or window.stage is None:
        return
    promised = window.stage
    covering = next((s for s in opening if s["starts_at"] <= now and s["ends_at"] >= promised.ends_at), None)
    if covering is None:
        position = next((s["position"] for s in stages if s["key"] == promised.key), None)
        raise Invalid(
            "«%(title)s» está abierta hasta el %(day)s: se puede alargar, no acortar ni cerrar.",
            title=promised.title["es"],
            day=f"{promised.last_day:%d/%m/%Y}",
            field="" if position is None else f"stages-{position}-ends",
        )


def publish_schedule(
    db: Session,
    *,
    consultation_id: int,
    log_id: int,
    origin: str,
    version: int,
    rows: list[dict[str, Any]],
    by: By,
    zone: ZoneInfo,
    reason: dict[str, str],
    today: date,
    now: datetime,
    told: tuple[str, dict[str, Any]] | None = None,
) -> None:
    """Publish a version of the schedule; earlier versions stay. Days are inclusive, in the consultation's zone.
    ``told``: the news of it, event and content."""
    schedule_id = db.execute(
        insert(Schedule)
        .values(consultation_id=consultation_id, version=version, published_at=now, reason=reason)
        .returning(Schedule.id)
    ).scalar_one()
    stages = [_stage(schedule_id, position, row, zone, today) for position, row in enumerate(rows)]
    db.execute(insert(Stage), stages)
    ledger.append(
        db,
        log_id=log_id,
        origin=origin,
        actor=by.pseudonym,
        action=Action.SCHEDULE_PUBLISH,
        subject=f"schedule/{version}",
        recorded=now,
        payload={
            "reason": reason["es"],
            "stages": [
                {
                    "key": s["key"],
                    "title": s["title"]["es"],
                    "opens": s["opens"],
                    "from": ledger.instant(s["starts_at"]),
                    "until": ledger.instant(s["ends_at"]),
                }
                for s in stages
            ],
            "sha256": digests.of_schedule(db, consultation_id, version),
            "news": news.digest(*told) if told else None,
        },
    )


def _stage(schedule_id: int, position: int, row: dict[str, Any], zone: ZoneInfo, today: date) -> dict[str, Any]:
    starts, ends = days.read_day(row["starts"], today), days.read_day(row["ends"], today)
    return {
        "schedule_id": schedule_id,
        "position": position,
        "key": row["key"],
        "number": row.get("number"),
        "parent": row.get("parent"),
        "title": row["title"],
        "participants": row.get("participants"),
        "result": row.get("result"),
        "notes": row.get("notes"),
        "source": row.get("source"),
        "theme": row.get("theme"),
        "starts_at": local_instant(starts, zone),
        "ends_at": local_instant(ends + timedelta(days=1), zone),
        "opens": row["opens"],
        "dates": [days.read_day(d, today).isoformat() for d in row["dates"]] if row.get("dates") else None,
    }
