"""A process that is killed between two of its steps, or finds the disk full."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect")
"""What changes files, as the interpreter tells who audits it; and every file opened for writing."""
DONE, FAILED = 0, 3


def in_child(act: Callable[[], object], before: Callable[[], object]) -> int:
    """Do something in a process of its own; the signal that ended it (negative), ``DONE`` or ``FAILED`` by an error."""
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            before()
            act()
            code = DONE
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(step: int, folder: Path) -> Callable[[], None]:
    """Before the step of this number upon files of a folder, the process is killed."""

    def arm() -> None:
        left = step

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event == "open":
                writes = bool((arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            else:
                writes = event in STEPS
            if writes and arguments and str(folder) in str(arguments[0]):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(audit)

    return arm


def full_after(size: int) -> Callable[[], None]:
    """No file can grow beyond so many bytes: what is written then fails, as on a full disk."""

    def arm() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return arm
