"""Taking in a file of opinions after its survey, in pieces of 200.

What a row is known by (its source and external id, else its content and occurrence) is UNIQUE in the database, so the
same command after an interruption finishes the rest, and a second run adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.rows import changed
from consulta.models.contributions import Channel, Kind, Status
from consulta.models.imports import Import

from .known import known_rows
from .preview import Survey, Taken

PIECE = 200


def begin(db: Session, consultation: ConsultationView, found: Survey, *, now: datetime) -> int:
    """Note the import, or find the unfinished one of the same file; its id."""
    unfinished = (
        db.execute(
            select(Import.id).where(
                Import.consultation_id == consultation.id, Import.digest == found.digest, Import.finished_at.is_(None)
            )
        )
        .scalars()
        .first()
    )
    if unfinished is not None:
        return unfinished
    import_id = db.execute(
        insert(Import)
        .values(consultation_id=consultation.id, source=found.source, digest=found.digest, started_at=now)
        .returning(Import.id)
    ).scalar_one()
    _entry(db, consultation, Action.IMPORT_BEGIN, import_id, {"sha256": found.digest, "rows": found.rows}, now)
    return import_id


def pieces(found: Survey) -> Iterator[list[Taken]]:
    """What is to be written, at most 200 rows a transaction."""
    for start in range(0, len(found.taken), PIECE):
        yield found.taken[start : start + PIECE]


def write(
    db: Session,
    consultation: ConsultationView,
    piece: list[Taken],
    *,
    import_id: int,
    channel: Channel,
    now: datetime,
) -> int:
    """Store one piece; what another run stored meanwhile is left out. The count stored."""
    known = known_rows(db, consultation, piece)
    new = [t for t in piece if (t.source, t.external_id) not in known]
    if new:
        incoming = [
            contribution_incoming.Admission(
                kind=Kind.OPINION,
                channel=channel,
                status=Status.WITHDRAWN if t.withdrawn else Status.RECEIVED,
                theme=t.theme,
                title=t.title,
                body=t.body,
                received_on=t.received_on,
                department=t.department,
                taking_part_as=t.taking_part_as,
                language=t.language,
                source=t.source,
                external_id=t.external_id,
                import_id=import_id,
            )
            for t in new
        ]
        admission.admit(db, consultation, incoming, today=consultation.today(now), actor=ledger.SYSTEM)
    return len(new)


def end(db: Session, consultation: ConsultationView, import_id: int, stored: int, *, now: datetime) -> None:
    """Close the import, once."""
    mine = update(Import).where(Import.id == import_id, Import.finished_at.is_(None))
    if not changed(db, mine.values(finished_at=now)):
        return
    _entry(db, consultation, Action.IMPORT_END, import_id, {"stored": stored}, now)


def _entry(
    db: Session,
    consultation: ConsultationView,
    action: Action,
    import_id: int,
    payload: dict[str, object],
    now: datetime,
) -> None:
    ledger.append(
        db,
        log_id=consultation.log_id,
        origin=consultation.origin,
        actor=ledger.SYSTEM,
        action=action,
        subject=f"import/{import_id}",
        payload=payload,
        recorded=now,
    )
