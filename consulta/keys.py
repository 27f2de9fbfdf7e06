"""The key of a form: once used, the same form sent again is the same thing. Signed, so that nobody chooses one."""

from __future__ import annotations

import secrets

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from .auth import now


def new() -> str:
    """128 random bits with the time of issue, signed."""
    return _signer().sign(secrets.token_hex(16)).decode()


def read(value: str) -> tuple[str, float] | None:
    """The key and its age in seconds; ``None`` if this server did not issue it."""
    try:
        key, issued = _signer().unsign(value.encode("utf-8", "replace"), return_timestamp=True)
    except BadSignature:
        return None
    return key.decode(), (now() - issued).total_seconds()


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="submission")
