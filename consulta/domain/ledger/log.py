"""The append-only log: canonical bytes, leaves, heads (docs/ledger.md has the form and three test vectors).

Domain functions *collect* entries with ``append``; ``write`` puts them down as the last statement before COMMIT.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from binascii import b2a_base64
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.dialects import is_postgres
from consulta.domain.errors import Invalid
from consulta.models.base import table_of
from consulta.models.ledger import Entry, Log

from .actions import Action

INSTALLATION = "consulta/instalacion"
GENESIS = bytes(32)
_APPEND = text("SELECT ledger_append(:log, string_to_array(:entries, E'\\n'))")
_LOGS = table_of(Log)
_HEAD = select(_LOGS.c.length, _LOGS.c.head).where(_LOGS.c.id == bindparam("log"))
_INSERT = insert(table_of(Entry))
_MOVE = update(_LOGS).where(_LOGS.c.id == bindparam("log")).values(length=bindparam("to"), head=bindparam("new"))
PUBLIC = "public"
MAX_BYTES = 60_000
SYSTEM = "system"


@dataclass(frozen=True)
class By:
    """Who acts: an account, and how this consultation's ledger calls it. The public and the program have no account."""

    account_id: int | None
    pseudonym: str


BY_PUBLIC, BY_SYSTEM = By(None, PUBLIC), By(None, SYSTEM)


@dataclass(frozen=True)
class Head:
    """The length of a log and the hash that chains it."""

    length: int
    hash: str


@dataclass(frozen=True)
class Line:
    """One entry as read back: its position from 1, its bytes verbatim, the head it made, and its parsed content."""

    position: int
    text: str
    head: str
    content: dict[str, Any]


def canonical(value: object) -> str:
    """RFC 8785 for what entries hold: text, whole numbers, true, false, null, lists, objects with ASCII keys."""
    _admissible(value)
    return _dumps(value)


_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _admissible(value: object) -> None:
    if value is None or type(value) in (str, bool):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise ValueError(f"not an entry key: {key!r}")
            _admissible(inner)
    elif isinstance(value, list):
        for inner in value:
            _admissible(inner)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise ValueError(f"not an entry value: {value!r}")
    elif not isinstance(value, str | int):
        raise TypeError(f"not an entry value: {value!r}")


def leaf(entry: str) -> bytes:
    """The RFC 6962 leaf hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + entry.encode()).digest()


def next_head(head: bytes, entry: str) -> bytes:
    """The head after ``entry`` upon ``head``."""
    return hashlib.sha256(head + leaf(entry)).digest()


def new_salt() -> bytes:
    """128 random bits, for one field in one version."""
    return secrets.token_bytes(16)


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def fingerprint(salt: bytes, value: str | bool | int | list[Any] | None) -> str:
    """What stands in an entry for a value that may have to be erased: HMAC-SHA-256 in base64url without padding."""
    said = b"null" if value is None else _dumps(value).encode()  # most are: ten million in a check of a million
    return b2a_base64(hmac.digest(salt, said, "sha256"), newline=False).translate(_URL_SAFE)[:43].decode()


def instant(value: datetime) -> str:
    """An instant as entries write it: UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_log(db: Session, origin: str) -> Log:
    """Begin a log; its head starts from 32 zero bytes."""
    log = Log(origin=origin, length=0, head=GENESIS)
    db.add(log)
    db.flush()
    return log


def append(
    db: Session,
    *,
    log_id: int,
    origin: str,
    actor: str,
    action: Action,
    subject: str,
    payload: dict[str, Any],
    recorded: date | datetime,
) -> None:
    """Collect one entry; a ``date`` for what the public does, the second for what staff do."""
    when = (
        recorded.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if isinstance(recorded, datetime)
        else recorded.isoformat()
    )
    entry = _short_enough(
        {
            "v": 1,
            "log": origin,
            "recorded": when,
            "actor": actor,
            "action": action.value,
            "subject": subject,
            "payload": payload,
        }
    )
    db.info.setdefault("entries", []).append((log_id, entry))


def _short_enough(content: dict[str, Any]) -> str:
    """The canonical bytes; ``Invalid`` for more than other logs can hold in 16 bits of length. Long lists stand in an
    entry as their count and digest."""
    entry = canonical(content)
    if len(entry.encode()) > MAX_BYTES:
        raise Invalid("Es demasiado largo para una sola anotación de la bitácora: divídalo en partes.")
    return entry


def note(
    db: Session,
    consultation: ConsultationView,
    *,
    actor: str,
    action: Action,
    subject: str,
    payload: dict[str, Any],
    recorded: date | datetime,
) -> None:
    """Collect one entry of a consultation's log."""
    append(
        db,
        log_id=consultation.log_id,
        origin=consultation.origin,
        actor=actor,
        action=action,
        subject=subject,
        payload=payload,
        recorded=recorded,
    )


def write(db: Session) -> None:
    """Put the collected entries down, in order. Only ``db.commit`` calls this; the head's lock is the last taken."""
    by_log: dict[int, list[str]] = defaultdict(list)
    for log_id, entry in db.info.pop("entries", []):
        by_log[log_id].append(entry)
    for log_id in sorted(by_log):
        if is_postgres(db):
            # Canonical JSON holds no line end, so one text carries them all; a driver's array would cost far more.
            db.connection().execute(_APPEND, {"log": log_id, "entries": "\n".join(by_log[log_id])})
        else:
            _write_here(db, log_id, by_log[log_id])


def _write_here(db: Session, log_id: int, entries: Sequence[str]) -> None:
    connection = db.connection()
    length, head = connection.execute(_HEAD, {"log": log_id}).one()
    rows = []
    for position, entry in enumerate(entries, start=length + 1):
        head = next_head(head, entry)
        rows.append({"log_id": log_id, "position": position, "entry": entry, "head": head})
    connection.execute(_INSERT, rows)
    connection.execute(_MOVE, {"log": log_id, "to": length + len(entries), "new": head})


def collected(db: Session) -> list[tuple[int, str]]:
    """The entries that were collected, with the ids of their logs, for who writes them among other things."""
    entries: list[tuple[int, str]] = db.info.pop("entries", [])
    return entries


def forget(db: Session) -> None:
    """Drop what was collected, when the transaction that collected it is undone."""
    db.info.pop("entries", None)


def head(db: Session, log_id: int) -> Head:
    """The current head of a log."""
    length, value = db.connection().execute(_HEAD, {"log": log_id}).one()
    return Head(length=length, hash=value.hex())


def entries(
    db: Session, log_id: int, *, first: int = 1, last: int | None = None, newest: bool = False
) -> Iterator[Line]:
    """The entries from position ``first`` to ``last``, oldest first unless ``newest``; streamed in pieces of 1,000."""
    query = select(Entry.position, Entry.entry, Entry.head).where(Entry.log_id == log_id, Entry.position >= first)
    if last is not None:
        query = query.where(Entry.position <= last)
    query = query.order_by(Entry.position.desc() if newest else Entry.position).execution_options(yield_per=1000)
    for position, entry, value in db.execute(query):
        yield Line(position=position, text=entry, head=value.hex(), content=json.loads(entry))
