"""Acts: publishing one, its next versions, and what each side says of its minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.ledger import digests
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.notifications import news, notices
from consulta.domain.organizations import reading as organizations
from consulta.domain.rows import next_version
from consulta.domain.texts import demand_reason
from consulta.models.acts import Act, ActVersion
from consulta.models.base import Localized
from consulta.models.consultations import ConsultationKind

from . import data as act_data
from .data import ActData


def publish(
    db: Session,
    consultation: ConsultationView,
    data: ActData,
    *,
    key: str,
    seen: int,
    reason: Localized | None,
    by: By,
    now: datetime,
) -> int:
    """Publish an act (``seen`` 0) or its next version; the version. ``Conflict`` if ``seen`` is no longer in force."""
    data = _checked(db, consultation, data)
    if seen:
        demand_reason(
            (reason or {}).get("es"),
            Invalid("Escriba por qué cambia, en 10 letras o más: todas las personas lo leerán.", field="reason_es"),
        )
    before = version_in_force(db, consultation, key) if seen else None
    if before and before.table and data.texts.get("minutes") == before.texts["minutes"]:
        data = replace(data, table=before.table)  # another part changed: the minutes stay what they are made of
    act_id = _raise(db, consultation, key, seen, data)
    reason = reason if seen else None
    _store(db, act_id, seen + 1, data, reason=reason, now=now)
    told = _news(key, seen + 1, before, data) if consultation.kind is not ConsultationKind.RECORD else None
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.ACT_PUBLISH,
        subject=f"act/{key}@{seen + 1}",
        recorded=now,
        payload={
            "kind": data.kind.value,
            "title": data.title["es"],
            "stage": data.stage,
            "day": str(data.day),
            "documents": [d["sha256"] for d in data.documents],
            "reason": reason["es"] if reason else None,
            "sha256": of_act(db, consultation.id, key, seen + 1),
            "news": news.digest(*told) if told else None,
        },
    )
    if told:
        _tell(db, consultation, *told, data, now=now)
    return seen + 1


def _store(db: Session, act_id: int, version: int, data: ActData, *, reason: Localized | None, now: datetime) -> None:
    """One version, never changed again."""
    db.execute(
        insert(ActVersion).values(
            act_id=act_id,
            version=version,
            published_at=now,
            reason=reason,
            kind=data.kind,
            stage=data.stage,
            theme=data.theme,
            planned_from=data.planned_from,
            planned_until=data.planned_until,
            held_from=data.held_from,
            held_until=data.held_until,
            content=act_data.content_of(data),
        )
    )


def version_in_force(db: Session, consultation: ConsultationView, key: str) -> ActData:
    """What an act says now; ``NotFound`` if there is none."""
    return read_version(db, *locate(db, consultation, key))


def read_version(db: Session, act_id: int, version: int) -> ActData:
    """One stored version."""
    v = db.execute(select(ActVersion).where(ActVersion.act_id == act_id, ActVersion.version == version)).scalar_one()
    return act_data.data_of(v)


def _checked(db: Session, consultation: ConsultationView, data: ActData) -> ActData:
    data = act_data.completed(data)
    if data.day is None:
        raise Invalid("Escriba la fecha planificada o la fecha en que fue.", field="planned_from")
    for name in ("planned", "held"):
        first, last = getattr(data, f"{name}_from"), getattr(data, f"{name}_until")
        if (first is None) != (last is None) or (first and first > last):
            raise Invalid("El último día es anterior al primero.", field=f"{name}_until")
    if data.stage and data.stage not in {s.key for s in consultation.stages}:
        raise Invalid("Esa etapa no está en el cronograma.", field="stage")
    if data.theme and consultation.theme(data.theme) is None:
        raise Invalid("Ese tema no es de esta consulta. Elija uno de la lista.", field="theme")
    known = organizations.names(db, consultation, [slug for slug, _ in data.bodies])
    for slug, capacity in data.bodies:
        if slug not in known or capacity not in organizations.CAPACITIES:
            raise Invalid("«%(slug)s» no está en la lista de participantes.", slug=slug, field="bodies")
    return data


def _raise(db: Session, consultation: ConsultationView, key: str, seen: int, data: ActData) -> int:
    """The act's row with its next version, taken by whoever saw the one in force."""
    return next_version(
        db,
        Act,
        {"consultation_id": consultation.id, "key": key},
        seen,
        {"day": data.day},
        taken=Conflict("Ya hay un acto con esa dirección."),
        meanwhile=Conflict("Mientras usted escribía, otra persona publicó otra versión de este acto."),
    )


def locate(db: Session, consultation: ConsultationView, key: str) -> tuple[int, int]:
    """The row of an act and its version in force; refused if there is none."""
    row = db.execute(select(Act.id, Act.version).where(Act.consultation_id == consultation.id, Act.key == key)).first()
    if row is None:
        raise NotAllowed("No hay un acto con esa dirección.")
    return row.id, row.version


def _news(key: str, version: int, before: ActData | None, data: ActData) -> tuple[str, dict[str, Any]] | None:
    """What is told of a version: that there is an act, or that it is to be held elsewhere or on another day. That it
    was held is no news."""
    moved = before is not None and before.where_and_when() != data.where_and_when() and data.held_from is None
    if before is not None and not moved:
        return None
    content = {
        "key": key,
        "title": data.title,
        "what": "moved" if moved else "new",
        "day": str(data.day),
        "time": data.time,
        "place": data.texts.get("place"),
    }
    return f"act:{key}@{version}", content


def _tell(
    db: Session, consultation: ConsultationView, event: str, content: dict[str, Any], data: ActData, *, now: datetime
) -> None:
    """Subscribers hear of it; and the bodies that are to come, of another place or date."""
    news.announce(db, consultation, event=event, content=content, now=now)
    if content["what"] == "moved":
        notices.tell(db, consultation, [slug for slug, _ in data.bodies], event=event, content=content, now=now)


def of_act(db: Session, consultation_id: int, key: str, version: int) -> str | None:
    """The digest of one version of an act; ``None`` if it is gone."""
    query = (
        select(ActVersion)
        .join(Act, Act.id == ActVersion.act_id)
        .where(Act.consultation_id == consultation_id, Act.key == key, ActVersion.version == version)
    )
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        return None
    days = {name: str(getattr(row, name)) for name in ("planned_from", "planned_until", "held_from", "held_until")}
    return digests.digest({**digests.columns(row, ("version", "reason", "kind", "stage", "theme", "content")), **days})
