"""What the domain may refuse. ``consulta/web/errors.py`` gives each its page and status."""

from __future__ import annotations

from datetime import datetime


class DomainError(Exception):
    """A refusal that a person can understand; ``message`` is Spanish source text for gettext, ``values`` fill it."""

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


class NotFound(DomainError):
    """It is not there, or not yours."""


class NotAllowed(DomainError):
    """You may not."""


class Invalid(DomainError):
    """What was typed or read cannot be taken; ``field`` says where."""

    def __init__(self, message: str, *, field: str = "", **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class Malformed(DomainError):
    """The request itself makes no sense, such as an unknown filter; ``valid`` lists what would."""

    def __init__(self, message: str, *, valid: tuple[str, ...] = (), **values: object) -> None:
        super().__init__(message, **values)
        self.valid = valid


class Closed(DomainError):
    """The stage that would take it is not open."""


class Conflict(DomainError):
    """Somebody was faster."""


class AlreadyReceived(Conflict):
    """This submission key arrived before: the transaction must be undone and the first receipt shown."""


class TooMany(DomainError):
    """Slow down; ``until`` says when the next try is taken."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until
