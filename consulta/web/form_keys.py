"""The key of a form: once used, the same form sent again is the same thing. Signed, so that nobody chooses one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import current_app, g, request
from itsdangerous import BadSignature, TimestampSigner

from consulta.domain.consultations.snapshots import ConsultationView
from consulta.words.i18n import gettext

from .context import now
from .limits import many_from_here


def new() -> str:
    """128 random bits with the time of issue, signed."""
    return _signer().sign(secrets.token_hex(16)).decode()


@dataclass(frozen=True)
class FormKey:
    """The key that a form brought: ``key`` and its age in seconds, empty unless this server issued it; ``again``: what
    the form carries when it is shown again, its own key or a new one."""

    key: str
    age: float
    again: str

    @property
    def issued(self) -> bool:
        """Whether it is one of ours."""
        return bool(self.key)


def sent() -> FormKey:
    """The key of the form that was posted."""
    value = request.form.get("submission", "")
    try:
        key, issued = _signer().unsign(value.encode("utf-8", "replace"), return_timestamp=True)
    except BadSignature:
        return FormKey("", 0.0, new())
    return FormKey(key.decode(), (now() - issued).total_seconds(), value)


def promise(folio: str | None) -> None:
    """Whatever becomes of this request: with this code one finds out."""
    g.folio_in_doubt = folio


def expired() -> str:
    """What a form says whose key is not ours, or is none."""
    return gettext("Su texto sigue aquí, pero la página había vencido. Revíselo y envíelo otra vez.")


def held_cause(consultation: ConsultationView, trap: bool, brought: FormKey) -> str | None:
    """Why what a form brings waits for a person in any mode; nothing here refuses anybody but a flood (429)."""
    many = many_from_here(int(consultation.settings["submissions_per_address"]))
    if trap:
        return "trap"
    if brought.age < float(consultation.settings["minimum_seconds"]):
        return "too-fast"
    return "many-from-one-address" if many else None


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt="submission")
