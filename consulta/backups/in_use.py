"""Who has the database open: the server and the worker share a lock, a restoring takes it alone.

The lock is upon a file of the instance folder and ends with its process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from consulta.config import Settings

from .copies import BackupError

LOCK = ".en-uso"
LEFTOVERS = (".restaurar", ".copia-*")
BESIDE = ".restaurada"
"""How the database is called that a restoring makes beside the one in use."""
TRIES, PAUSE_SECONDS = 50, 0.1


def share(settings: Settings) -> int:
    """Say that this process uses the database, until it ends; the first one sweeps what killed processes left
    unencrypted. The descriptor of the lock; ``BackupError`` while a copy is being restored."""
    held = _open(settings)
    if _locked(held, fcntl.LOCK_EX):
        sweep(settings)
    for _ in range(TRIES):
        if _locked(held, fcntl.LOCK_SH):
            return held
        time.sleep(PAUSE_SECONDS)
    os.close(held)
    raise BackupError("Se está restaurando una copia: espere a que termine")


@contextmanager
def shared(settings: Settings) -> Iterator[None]:
    """The same for as long as a command runs."""
    held = share(settings)
    try:
        yield
    finally:
        os.close(held)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Nobody else uses the database meanwhile; ``BackupError`` if somebody does."""
    held = _open(settings)
    try:
        if not _locked(held, fcntl.LOCK_EX):
            raise BackupError("El programa está en marcha: deténgalo (servidor y programa de fondo) y repita")
        sweep(settings)
        yield
    finally:
        os.close(held)


def sweep(settings: Settings) -> None:
    """Remove what a killed backup or restoring left unencrypted."""
    left = [path for name in LEFTOVERS for path in settings.instance.glob(name)]
    url = make_url(settings.database_url)
    if url.get_dialect().name == "sqlite" and url.database:
        place = Path(url.database)
        left += place.parent.glob(f"{place.name}{BESIDE}*")
    for path in left:
        path.unlink(missing_ok=True)


def _open(settings: Settings) -> int:
    settings.instance.mkdir(parents=True, exist_ok=True)
    return os.open(settings.instance / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _locked(held: int, kind: int) -> bool:
    try:
        fcntl.flock(held, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
