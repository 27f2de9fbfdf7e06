"""Documents are set once and kept, one at a time, by a process of its own (``setting.py``).

A ``Manuscript`` says which document and all that stands in it; its key is the hash of both, so what is kept under a
key is that document, whatever happened since. In the folder of a press ``<key>`` is a document, ``<key>.ask`` a
manuscript in line, ``<key>.no`` one that cannot be set.
"""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore

from . import setting
from .setting import Manuscript

LINE = 10
"""How many manuscripts may wait; who comes after is told to come back."""
ONCE, ONCE_SECONDS, LEFT_SECONDS = "once-", 600, 3_600
KEPT_SECONDS, REFUSED_SECONDS, SOON_SECONDS = 86_400, 300, 4
AT_ONCE, STEP = 2, 0.05
"""How many threads of a server may stand waiting: the others are for pages."""


class Busy(Exception):
    """It is not ready yet, or too many wait; ``seconds``: when to ask again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"ask again in {seconds} s")
        self.seconds = seconds


class Press:
    """The press of an installation: a folder that every process of it shares."""

    def __init__(self, folder: Path, *, patience: float = 20) -> None:
        self.folder, self.patience = folder, patience
        self._places = BoundedSemaphore(AT_ONCE)

    def find(self, key: str) -> Path | None:
        """The document of a key, if it was set before."""
        found = self.folder / key
        return found if found.exists() else None

    def take(self, manuscript: Manuscript) -> Path:
        """The document as a file: set before, or put in line and waited for if there is room to wait.

        :raises Busy: it is not ready yet, or cannot be set
        """
        return self._take(manuscript, manuscript.key)

    def _take(self, manuscript: Manuscript, key: str) -> Path:
        found = self.folder / key
        try:
            if found.exists() or self._wait(manuscript, found):
                return found
        except OSError as error:  # a full disk
            raise Busy(REFUSED_SECONDS) from error
        raise Busy(REFUSED_SECONDS if self._refused(key) else SOON_SECONDS)

    def take_once(self, manuscript: Manuscript, secret: str) -> bytes:
        """A document that is not kept: whoever takes it takes it away. ``secret`` hides under which name it lies until
        then; whoever has to come back finds it.

        :raises Busy: it is not ready yet, or cannot be set
        """
        key = ONCE + hmac.digest(secret.encode(), manuscript.key.encode(), "sha256").hex()
        path = self._take(manuscript, key)
        try:
            content = path.read_bytes()
            path.unlink()
        except FileNotFoundError as gone:
            raise Busy(SOON_SECONDS) from gone
        return content

    def forget(self, *, older: float = 0) -> int:
        """Delete documents that were set so many seconds ago or before; how many. What waits or is being written is
        left for an hour, and what is to be taken once and nobody came back for, for ten minutes."""
        now, done = time.time(), 0
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            allowed = older
            if path.suffix in (".ask", ".part"):
                allowed = LEFT_SECONDS
            elif path.name.startswith(ONCE):
                allowed = ONCE_SECONDS
            with suppress(FileNotFoundError):
                if path.name != "lock" and path.stat().st_mtime <= now - allowed:
                    path.unlink()
                    done += 1
        return done

    def _wait(self, manuscript: Manuscript, found: Path) -> bool:
        if self._refused(found.name) or not self._put_in_line(manuscript, found.name):
            return False
        if not self._places.acquire(blocking=False):
            return False
        try:
            until = time.monotonic() + self.patience
            while time.monotonic() < until and not self._refused(found.name):
                if found.exists():
                    return True
                self._begin()
                time.sleep(STEP)
            return found.exists()
        finally:
            self._places.release()

    def _refused(self, key: str) -> bool:
        with suppress(FileNotFoundError):
            return (self.folder / f"{key}.no").stat().st_mtime > time.time() - REFUSED_SECONDS
        return False

    def _put_in_line(self, manuscript: Manuscript, key: str) -> bool:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ticket = self.folder / f"{key}.ask"
        if not ticket.exists():
            if len(setting.in_line(self.folder)) >= LINE:
                return False
            self.forget(older=KEPT_SECONDS)
            setting.put(ticket, json.dumps([manuscript.form, manuscript.data]).encode())
        self._begin()
        return True

    def _begin(self) -> None:
        """See to it that somebody works through the line, unless somebody does or nobody waits."""
        if not setting.in_line(self.folder):
            return
        with setting.held(self.folder) as free:
            pass
        if free:  # it goes off by itself at once: no child of ours is left behind, and no request waits for it
            program = [sys.executable, "-P", setting.__file__, str(self.folder)]
            nothing, own = subprocess.DEVNULL, setting.environment()
            subprocess.run(program, stdin=nothing, stdout=nothing, env=own, check=False)  # noqa: S603  (fixed words)
