"""An import begun in the browser: kept, looked at, approved, taken in by the worker; taken back, if it was wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files import tables
from consulta.domain.files.tables import TableFile, digest
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.ledger.log import By
from consulta.domain.rows import changed
from consulta.models.accounts import Pseudonym
from consulta.models.contributions import Channel
from consulta.models.imports import Import, TakeBack, Upload

from . import importing, preview, undo
from .preview import Survey

MAX_BYTES = 20_000_000
UNAPPROVED = timedelta(days=7)


@dataclass(frozen=True)
class UploadView:
    """An import as the coordinator sees it. ``state``: ``checking``, ``waiting``, ``done``, ``failed``, ``discarded``,
    ``back``; ``elsewhere`` for one of the command line that is not finished. ``seen``: the choices it shows."""

    id: int
    name: str
    options: dict[str, Any]
    state: str
    stored: int
    failed: str | None
    reason: str | None
    who: str
    seen: str
    started_at: datetime
    report: dict[str, Any] | None = None


def keep(
    db: Session,
    consultation: ConsultationView,
    data: bytes,
    name: str,
    *,
    options: dict[str, Any],
    by: By,
    now: datetime,
) -> int:
    """Keep a file to be looked at; its id."""
    if not data.strip():
        raise Invalid("El archivo está vacío.", field="file")
    if len(data) > MAX_BYTES:
        raise Invalid("El archivo pesa más de 20 MB. Divídalo en varios.", field="file")
    import_id = db.execute(
        insert(Import)
        .values(
            consultation_id=consultation.id,
            source=file_of(data, name, options).known_as,
            digest=digest(data),
            started_at=now,
        )
        .returning(Import.id)
    ).scalar_one()
    db.execute(
        insert(Upload).values(
            import_id=import_id,
            account_id=by.account_id,
            name=name,
            content=data,
            options=options,
            approved=False,
            stored=0,
        )
    )
    return import_id


def survey(db: Session, consultation: ConsultationView, import_id: int, *, now: datetime) -> Survey:
    """What the file holds and what would be taken. Nothing is written."""
    row = db.execute(
        select(Upload.content, Upload.name, Upload.options)
        .join(Import, Import.id == Upload.import_id)
        .where(Upload.import_id == import_id, Import.consultation_id == consultation.id)
    ).first()
    if row is None or row.content is None:
        raise NotFound("Ese archivo ya no está.")
    given = file_of(row.content, row.name, row.options)
    return preview.survey(db, consultation, given, today=consultation.today(now))


def file_of(content: bytes, name: str, options: Mapping[str, Any]) -> TableFile:
    """A file with what was said about it."""
    said = {
        key: options.get(key) or None for key in ("source", "delimiter", "date_format", "encoding", "hidden", "alike")
    }
    return TableFile(content, name, **said, mapping=options.get("mapping") or {}, values=options.get("values") or {})


def columns(db: Session, import_id: int) -> list[str]:
    """The columns of a file that is kept."""
    row = db.execute(select(Upload.content, Upload.name, Upload.options).where(Upload.import_id == import_id)).one()
    return list(tables.open_table(file_of(row.content or b"", row.name, row.options)).columns)


def choose(db: Session, import_id: int, options: dict[str, Any]) -> None:
    """Say anew which column is what; only before approval."""
    mine = update(Upload).where(Upload.import_id == import_id, Upload.approved.is_(False))
    if not changed(db, mine.values(options=options)):
        raise Conflict("Esta importación ya se aprobó.")


def approve(db: Session, consultation: ConsultationView, import_id: int, *, seen: str, by: By, now: datetime) -> None:
    """Let the worker take it in, with the choices that were ``seen`` and no others."""
    options = db.execute(
        update(Upload)
        .where(Upload.import_id == import_id, Upload.approved.is_(False), Upload.content.is_not(None))
        .values(approved=True)
        .returning(Upload.options)
    ).scalar_one_or_none()
    if options is None:
        raise Conflict("Esta importación ya se aprobó o se descartó.")
    if survey(db, consultation, import_id, now=now).undecided:
        raise Invalid("Diga antes qué se hace con los que ya dicen lo mismo.", field="alike")
    if _seen(options) != seen:
        raise Conflict("Mientras usted leía, otra persona eligió otras columnas. Revise de nuevo qué se tomaría.")
    digest_ = db.execute(select(Import.digest).where(Import.id == import_id)).scalar_one()
    ledger.note(
        db,
        consultation,
        actor=by.pseudonym,
        action=Action.IMPORT_BEGIN,
        subject=f"import/{import_id}",
        recorded=now,
        payload={"sha256": digest_},
    )


def discard(db: Session, import_id: int) -> None:
    """Throw a file away that was not approved."""
    mine = update(Upload).where(Upload.import_id == import_id, Upload.approved.is_(False))
    if not changed(db, mine.values(content=None)):
        raise Conflict("Esta importación ya se aprobó o se descartó.")


def forget_unapproved(db: Session, *, now: datetime) -> None:
    """Throw away what nobody approved in a week: files may hold names and telephones that are never read."""
    old = select(Import.id).where(Import.started_at < now - UNAPPROVED)
    left = (Upload.approved.is_(False), Upload.content.is_not(None), Upload.import_id.in_(old))
    db.execute(update(Upload).where(*left).values(content=None))


def next_approved(db: Session) -> tuple[int, str] | None:
    """The first import that waits for the worker, and the slug of its consultation."""
    from_consultation = consultations.slug_of()
    row = db.execute(
        select(Upload.import_id, from_consultation.c.slug)
        .join(Import, Import.id == Upload.import_id)
        .join(from_consultation, from_consultation.c.id == Import.consultation_id)
        .where(Upload.approved, Upload.content.is_not(None), Upload.failed.is_(None))
        .order_by(Upload.import_id)
        .limit(1)
    ).first()
    return (row.import_id, row.slug) if row else None


def channel(db: Session, import_id: int) -> Channel:
    """By which way the rows of a file came."""
    options = db.execute(select(Upload.options).where(Upload.import_id == import_id)).scalar_one()
    return Channel(options.get("channel") or Channel.IMPORT)


def note_report(db: Session, import_id: int, found: Survey) -> None:
    """Write down what will not be taken, before the first row is: afterwards nobody could tell."""
    left = [[one.line, one.column, "", one.why] for one in found.left]  # no value: it may be anybody's telephone
    report = {"rows": found.rows, "known": found.known, "left": left}
    db.execute(update(Upload).where(Upload.import_id == import_id, Upload.report.is_(None)).values(report=report))


def left(db: Session, consultation: ConsultationView, import_id: int, *, now: datetime) -> list[tuple[Any, ...]]:
    """Every row that was not taken or would not be: line, column, value (until the file is taken), why."""
    query = select(Upload.report).join(Import, Import.id == Upload.import_id)
    kept = db.execute(query.where(Upload.import_id == import_id, Import.consultation_id == consultation.id)).first()
    if kept is not None and kept.report is not None:
        return [tuple(row) for row in kept.report["left"]]
    found = survey(db, consultation, import_id, now=now)
    return [(one.line, one.column, one.value, one.why) for one in found.left]


def finish(db: Session, consultation: ConsultationView, import_id: int, *, now: datetime) -> None:
    """All of it is stored: the file itself is dropped."""
    stored = undo.taken(db, import_id)
    db.execute(update(Upload).where(Upload.import_id == import_id).values(content=None, stored=stored))
    importing.end(db, consultation, import_id, stored, now=now)


def fail(db: Session, import_id: int, why: str) -> None:
    """It could not be read after all."""
    db.execute(update(Upload).where(Upload.import_id == import_id).values(content=None, failed=why))


def listing(db: Session, consultation: ConsultationView, *, import_id: int | None = None) -> list[UploadView]:
    """The imports of a consultation, the latest first; those of the command line too."""
    query = (
        select(
            Import.id,
            Import.source,
            Import.started_at,
            Import.finished_at,
            Upload.name,
            Upload.options,
            Upload.approved,
            Upload.stored,
            Upload.failed,
            *([Upload.report] if import_id is not None else []),
            Upload.content.is_not(None).label("there"),
            TakeBack.reason,
            Pseudonym.name.label("who"),
        )
        .outerjoin(Upload, Upload.import_id == Import.id)
        .outerjoin(TakeBack, TakeBack.import_id == Import.id)
        .outerjoin(
            Pseudonym,
            (Pseudonym.account_id == Upload.account_id) & (Pseudonym.consultation_id == Import.consultation_id),
        )
        .where(Import.consultation_id == consultation.id)
        .order_by(Import.id.desc())
        .limit(100)
    )
    if import_id is not None:
        query = query.where(Import.id == import_id)
    return [
        UploadView(
            r.id,
            r.name or r.source,
            r.options or {},
            _state(r),
            r.stored or 0,
            r.failed,
            r.reason,
            r.who or "",
            _seen(r.options or {}),
            r.started_at,
            r.report if import_id is not None else None,
        )
        for r in db.execute(query)
    ]


def _state(r: Row[Any]) -> str:
    if r.reason:
        return "back"
    if r.failed:
        return "failed"
    if r.finished_at:
        return "done"
    if r.approved is None:
        return "elsewhere"
    if not r.there:
        return "discarded"
    return "waiting" if r.approved else "checking"


def _seen(options: dict[str, Any]) -> str:
    """A short digest of the choices, by which a form says which ones it showed."""
    return sha256(json.dumps(options, sort_keys=True)).hex()[:16]
