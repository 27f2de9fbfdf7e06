"""The key of a form: once used, the same form sent again is the same thing. Signed, so that nobody chooses one."""

from __future__ import annotations

import secrets

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from consulta.domain.consultations.snapshots import ConsultationView

from .context import now
from .limits import many_from_here


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


def held_cause(consultation: ConsultationView, trap: bool, age: float) -> str | None:
    """Why what a form brings waits for a person in any mode; nothing here refuses anybody but a flood (429)."""
    many = many_from_here(int(consultation.settings["submissions_per_address"]))
    if trap:
        return "trap"
    if age < float(consultation.settings["minimum_seconds"]):
        return "too-fast"
    return "many-from-one-address" if many else None


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="submission")
