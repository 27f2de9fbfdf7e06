"""Why the mail server takes nothing: noted by the worker, told to who coordinates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consulta.domain import heartbeats
from consulta.models.operations import Heartbeat

_PREFIX = "mail-fault:"


class MailFault(StrEnum):
    """What the server does not do, or we do not accept."""

    NO_TLS = "no-tls"
    CERTIFICATE = "certificate"
    LOGIN = "login"
    SENDER = "sender"
    MESSAGE = "message"
    UNREACHABLE = "unreachable"

    @property
    def of_the_server(self) -> bool:
        """Whether the next message would meet the same."""
        return self is not MailFault.MESSAGE


def note(db: Session, fault: MailFault, *, now: datetime) -> None:
    """The server took nothing, for this reason."""
    clear(db)
    heartbeats.beat(db, _PREFIX + fault, now=now)


def clear(db: Session) -> None:
    """The server took something."""
    db.execute(delete(Heartbeat).where(Heartbeat.name.startswith(_PREFIX)))


QUERY = select(Heartbeat.name).where(Heartbeat.name.startswith(_PREFIX)).limit(1)
"""Why the server takes nothing; no row if it does, or nobody tried."""


def last(db: Session) -> MailFault | None:
    """Why the server takes nothing; ``None`` if it does, or nobody tried."""
    name = db.execute(QUERY).scalar()
    return named(name) if name else None


def named(name: str) -> MailFault:
    """The fault that a row of ``QUERY`` names."""
    return MailFault(name.removeprefix(_PREFIX))
