"""Minutes of an act: agreed to, or objected to, by each side of the table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.texts import demand_reason
from consulta.models.accounts import Sector
from consulta.models.acts import Act, ActVersion, MinutesVoice

from . import reading, versions
from .data import data_of
from .reading import ListedAct


def unsigned(db: Session, consultation: ConsultationView, sector: Sector, *, limit: int = 100) -> list[ListedAct]:
    """The latest acts upon whose minutes one side said nothing yet."""
    a, v, m = Act, ActVersion, MinutesVoice
    in_force = select(a.id, a.key, a.day, v).join(v, (v.act_id == a.id) & (v.version == a.version))
    rows = db.execute(
        in_force.where(a.consultation_id == consultation.id).order_by(a.day.desc(), a.id.desc()).limit(limit)
    ).all()
    if not rows:
        return []
    spoken = select(m.act_id, v).join(v, (v.act_id == m.act_id) & (v.version == m.version))
    mine = spoken.where(m.sector == sector, m.act_id.in_([row[0] for row in rows]))
    said = {(id_, str(data_of(version).texts.get("minutes"))) for id_, version in db.execute(mine)}
    return [
        reading.in_list(*row)
        for row in rows
        if (minutes := data_of(row[3]).texts.get("minutes")) and (row[0], str(minutes)) not in said
    ]


def agree(
    db: Session,
    consultation: ConsultationView,
    key: str,
    *,
    seen: int,
    sector: Sector,
    by: By,
    now: datetime,
    statement: str | None = None,
) -> None:
    """One side agrees with the minutes of the version that it saw; once, and for everybody to read."""
    _say(db, consultation, key, seen, sector, by, now, statement=statement or None, agrees=True)


def object_to(
    db: Session, consultation: ConsultationView, key: str, *, seen: int, sector: Sector, by: By, now: datetime, why: str
) -> None:
    """One side says why it does not agree with them."""
    demand_reason(
        why,
        Invalid("Escriba en qué no está de acuerdo, en 10 letras o más: se publica junto al acta.", field="statement"),
    )
    _say(db, consultation, key, seen, sector, by, now, statement=why, agrees=False)


def _say(
    db: Session,
    consultation: ConsultationView,
    key: str,
    seen: int,
    sector: Sector,
    by: By,
    now: datetime,
    *,
    statement: str | None,
    agrees: bool,
) -> None:
    act_id, version = versions.locate(db, consultation, key)
    if version != seen:
        raise Conflict("El acta cambió mientras usted la leía. Esta es la versión que hay ahora.")
    if "minutes" not in versions.read_version(db, act_id, version).texts:
        raise Conflict("Este acto todavía no tiene acta.")
    voice = {"act_id": act_id, "version": version, "sector": sector, "agrees": agrees, "statement": statement}
    try:
        db.execute(insert(MinutesVoice).values(**voice, account_id=by.account_id, said_at=now))
    except IntegrityError as error:
        raise Conflict("Otra persona de su sector ya se pronunció sobre esta acta.") from error
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.MINUTES_AGREE if agrees else Action.MINUTES_DISAGREE,
        subject=f"act/{key}@{version}",
        recorded=now,
        payload={"sector": sector.value, "statement": statement},
    )
