"""When something was last taken out of public, for every process of this machine: a page that was made before must not
be shown again, not even while the database is down.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

from consulta.config import Settings

NAME = "hidden"


def note(settings: Settings) -> None:
    """Something was taken out of public in this moment."""
    with suppress(OSError):  # a full disk: the pages of this process go with its memory
        path = settings.instance / NAME
        path.touch()
        os.utime(path)


def since(settings: Settings, at: datetime) -> bool:
    """Whether anything was since then."""
    try:
        changed = (settings.instance / NAME).stat().st_mtime
    except FileNotFoundError:
        return False
    return datetime.fromtimestamp(changed, UTC) >= at
