"""*A mí también me pasa*: support for a published comment, once a person, who can take it back.

Who gives it is an account, or the code of a published contribution of the same consultation. Stored is only
HMAC-SHA-256 over who and which comment, under a key that comes from the installation's secret, which is not in the
database. So a row names nobody, and two supports by one person cannot be linked.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from consulta.domain.codes import sha256
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import status
from consulta.domain.contributions.status import Occasion
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import Closed, Conflict, NotFound
from consulta.domain.ledger import log as ledger
from consulta.domain.ledger.actions import Action
from consulta.domain.rows import changed
from consulta.models.base import table_of
from consulta.models.comments import Comment, Support
from consulta.models.contributions import Contribution, Kind, Status

_C = table_of(Contribution).c
_K = table_of(Comment)
_S = table_of(Support)


def by_account(account_id: int) -> str:
    """Who gives it, for whoever is signed in."""
    return f"account/{account_id}"


def by_folio(folio: str) -> str:
    """Who gives it, for the holder of a code. The code itself, for the database has its hash."""
    return f"folio/{folio}"


def mark(secret: str, consultation: ConsultationView, number: int, who: str) -> bytes:
    """What is stored of somebody's support for one comment."""
    key = hmac.digest(secret.encode(), b"supports", "sha256")
    return hmac.digest(key, ledger.canonical([consultation.slug, number, who]).encode(), "sha256")


def fingerprint(row_mark: bytes, salt: bytes) -> str:
    """What the ledger says of a support."""
    return ledger.fingerprint(salt, row_mark.hex())


def check_folio(
    db: Session, consultation: ConsultationView, folio: str | None, *, number: int, published: bool = True
) -> None:
    """``NotFound``, always in the same words, unless the code is that of a contribution of this consultation, published
    unless ``published`` is false; ``Conflict`` if it is the comment's own."""
    row = None
    if folio is not None:
        mine = (_C.folio_hash == sha256(folio)) & (_C.consultation_id == consultation.id)
        row = db.execute(select(_C.number, _C.status).where(mine)).first()
    if row is None or (published and row.status is not Status.PUBLISHED):
        raise NotFound(
            "Ese código no sirve aquí. Tiene que ser el de un aporte suyo que ya esté publicado en esta consulta."
        )
    if row.number == number:
        raise Conflict("Este comentario es suyo: el apoyo es para lo que dijeron otras personas.")


def give(db: Session, consultation: ConsultationView, number: int, *, who: str, secret: str, now: datetime) -> None:
    """Support a comment; once more changes nothing. ``NotFound`` unless it is a published comment."""
    if not consultation.window("comment", now).open:
        raise Closed("El plazo para comentar no está abierto.")
    comment = published(db, consultation, number)
    given, salt = mark(secret, consultation, number, who), ledger.new_salt()
    insert_into: Any = postgres_insert if is_postgres(db) else sqlite_insert
    statement = insert_into(Support).values(comment_id=comment.id, mark=given, salt=salt)
    new: Any = db.execute(
        statement.on_conflict_do_nothing(index_elements=["comment_id", "mark"]).returning(Support.id)
    ).first()
    if new is not None:
        _count(db, consultation, comment, Action.SUPPORT, fingerprint(given, salt), now)


def take_back(
    db: Session, consultation: ConsultationView, number: int, *, who: str, secret: str, now: datetime
) -> None:
    """Take a support back; without one nothing changes."""
    comment = _comment(db, consultation, number)
    mine = (_S.c.comment_id == comment.id) & (_S.c.mark == mark(secret, consultation, number, who))
    gone: Any = db.execute(delete(_S).where(mine).returning(_S.c.mark, _S.c.salt)).first()
    if gone is not None:
        _count(db, consultation, comment, Action.TAKE_BACK_SUPPORT, fingerprint(gone.mark, gone.salt), now)


def published(db: Session, consultation: ConsultationView, number: int) -> status.StoredContribution:
    """The published comment of this number; ``NotFound`` else."""
    row = _comment(db, consultation, number)
    if row.status is not Status.PUBLISHED:
        raise NotFound("No hay ningún comentario publicado con ese número.")
    return row


def _comment(db: Session, consultation: ConsultationView, number: int) -> status.StoredContribution:
    row = status.by_number(db, consultation, number)
    if row.kind is not Kind.COMMENT:
        raise NotFound("No hay ningún comentario publicado con ese número.")
    return row


def _count(
    db: Session,
    consultation: ConsultationView,
    comment: status.StoredContribution,
    action: Action,
    said: str,
    now: datetime,
) -> None:
    by = 1 if action is Action.SUPPORT else -1
    still = _K.c.shown if action is Action.SUPPORT else _K.c.id.is_not(None)
    done = changed(db, update(_K).where(_K.c.id == comment.id, still).values(supports=_K.c.supports + by))
    if not done:
        raise Conflict("Este comentario dejó de estar publicado en este momento.")
    today = consultation.today(now)
    status.record(db, consultation, Occasion(comment.number, action, ledger.PUBLIC, today, {"mark": said}))
