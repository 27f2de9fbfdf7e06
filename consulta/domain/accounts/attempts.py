"""Attempts at a secret: counted, and made to wait."""

from __future__ import annotations

import hmac
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from consulta.domain.errors import TooMany
from consulta.models.accounts import Attempt, DailyKey

FREE_TRIES = 3
LONGEST_DELAY = timedelta(minutes=15)


def attempt_keys(db: Session, *, email: str, address: str, known_browser: str | None, today: date) -> list[bytes]:
    """Under which keys a try is counted: a known browser by itself alone; else the account and the address."""
    key = _day_key(db, today)
    account = email.strip().lower()
    parts = [f"browser|{known_browser}"] if known_browser else [f"account|{account}", f"address|{address}"]
    return [hmac.digest(key, part.encode(), "sha256") for part in parts]


def code_keys(db: Session, *, address: str, today: date) -> list[bytes]:
    """The key under which refused codes of one address are counted."""
    return [hmac.digest(_day_key(db, today), f"code|{address}".encode(), "sha256")]


def _day_key(db: Session, today: date) -> bytes:
    found = db.execute(select(DailyKey.key).where(DailyKey.day == today)).scalar_one_or_none()
    if found is None:
        db.execute(delete(DailyKey).where(DailyKey.day < today))
        found = secrets.token_bytes(32)
        db.execute(insert(DailyKey).values(day=today, key=found))
    return found


def count(db: Session, keys: list[bytes], *, now: datetime, free: int = FREE_TRIES) -> None:
    """One more try, taken for a failure until ``forget_failures``: after three free ones 2, 4, 8 … seconds, at most 15
    minutes. ``TooMany`` while such a delay is running. The row is locked before it is looked at, so that of many tries
    at once no more are let through than one after the other: four."""
    for key in keys:
        query = select(Attempt.failures, Attempt.until).where(Attempt.key == key).with_for_update()
        seen = db.execute(query).first()
        if seen is not None and seen.until > now:
            raise TooMany("Hubo varios intentos fallidos. Espere un momento y vuelva a intentarlo.", until=seen.until)
        failures = (seen.failures if seen else 0) + 1
        delay = timedelta(seconds=2 ** min(failures - free, 12)) if failures > free else timedelta()
        values = {"failures": failures, "failed_at": now, "until": now + min(delay, LONGEST_DELAY)}
        if seen is None:
            db.execute(insert(Attempt).values(key=key, **values))
        else:
            db.execute(update(Attempt).where(Attempt.key == key).values(**values))


def forget_failures(db: Session, keys: list[bytes]) -> None:
    """After a success."""
    db.execute(delete(Attempt).where(Attempt.key.in_(keys)))
