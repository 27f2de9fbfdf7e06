"""Documents are set once and kept, one at a time, by a process of its own within limits of time and memory.

A ``Manuscript`` says which document and all that stands in it; its key is the hash of both, so what is kept under a
key is that document, whatever happened since. In the folder of a press ``<key>`` is a document, ``<key>.ask`` a
manuscript in line, ``<key>.no`` one that cannot be set. Run as a program, this file sets what is in line and ends; it
imports nothing of ours until it writes a DOCX. The typesetter keeps what it laid out, 130 MB for a list of a hundred
sheets: so each document has a process of its own, and its memory ends with it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import resource
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
TYPST = HERE / "typst"
SET: dict[str, tuple[str, str, list[str]]] = {
    "sheets.pdf": ("sheets.typ", "pdf", ["ua-1"]),
    "minutes.pdf": ("minutes.typ", "pdf", ["ua-1"]),
    "poster.pdf": ("poster.typ", "pdf", []),
    "share.png": ("share.typ", "png", []),
    "attendance.pdf": ("attendance.typ", "pdf", []),
    "papers.pdf": ("papers.typ", "pdf", []),
}
"""What typst sets: template, format, standards."""
WRITTEN = {"sheets.docx", "minutes.docx"}
SECONDS, BYTES = 60, 2 * 1024**3
"""What one document may take: seconds of the clock, and memory."""
LINE = 10
"""How many manuscripts may wait; who comes after is told to come back."""
KEPT_SECONDS, REFUSED_SECONDS, SOON_SECONDS = 86_400, 300, 4
AT_ONCE, STEP = 2, 0.05
"""How many threads of a server may stand waiting: the others are for pages."""


@dataclass(frozen=True)
class Manuscript:
    """``form`` is one of ``SET`` or ``WRITTEN``; ``data`` the JSON that its template takes."""

    form: str
    data: str

    @property
    def key(self) -> str:
        """The name of the document: of what it is made from, and of what makes it."""
        return hashlib.sha256(f"{_programs()}|{self.form}|{self.data}".encode()).hexdigest()


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
        found = self.folder / manuscript.key
        try:
            if self.find(manuscript.key) or self._wait(manuscript, found):
                return found
        except OSError as error:  # a full disk
            raise Busy(REFUSED_SECONDS) from error
        raise Busy(REFUSED_SECONDS if self._refused(manuscript.key) else SOON_SECONDS)

    def take_once(self, manuscript: Manuscript) -> bytes:
        """A document that is nobody else's: it is not kept. Its content."""
        own = Manuscript(manuscript.form, json.dumps({**json.loads(manuscript.data), "once": secrets.token_hex(8)}))
        path = self.take(own)
        content = path.read_bytes()
        path.unlink(missing_ok=True)
        return content

    def forget(self, *, older: float = 0) -> int:
        """Delete documents that were set so many seconds ago or before; how many."""
        now, done = time.time(), 0
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path.name != "lock" and not path.name.endswith(".ask"):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime <= now - older:
                        path.unlink()
                        done += 1
        return done

    def _wait(self, manuscript: Manuscript, found: Path) -> bool:
        if self._refused(manuscript.key) or not self._put_in_line(manuscript):
            return False
        if not self._places.acquire(blocking=False):
            return False
        try:
            until = time.monotonic() + self.patience
            while time.monotonic() < until and not self._refused(manuscript.key):
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

    def _put_in_line(self, manuscript: Manuscript) -> bool:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ticket = self.folder / f"{manuscript.key}.ask"
        if not ticket.exists():
            if len(_line(self.folder)) >= LINE:
                return False
            self.forget(older=KEPT_SECONDS)
            _put(ticket, json.dumps([manuscript.form, manuscript.data]).encode())
        self._begin()
        return True

    def _begin(self) -> None:
        """See to it that somebody works through the line, unless somebody does or nobody waits."""
        if not _line(self.folder):
            return
        with _locked(self.folder) as free:
            pass
        if free:  # it goes off by itself at once: no child of ours is left behind, and no request waits for it
            program = [sys.executable, "-P", __file__, str(self.folder)]
            subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)  # noqa: S603


def printed(manuscript: Manuscript) -> bytes:
    """The document, set in this process: of the program, and of tests."""
    if manuscript.form in WRITTEN:
        return _written(manuscript)
    import typst

    template, form, standards = SET[manuscript.form]
    how: dict[str, Any] = {"format": form, "pdf_standards": standards, "ppi": 72.0}
    own_fonts: dict[str, Any] = {"font_paths": [str(TYPST / "fonts")], "ignore_system_fonts": True}
    made: Any = typst.compile(str(TYPST / template), sys_inputs={"data": manuscript.data}, **how, **own_fonts)
    return bytes(made if isinstance(made, bytes) else made[0])


def apart(manuscript: Manuscript, *, seconds: int = SECONDS) -> bytes:
    """The document, set in a process of its own that this one waits for; ``RuntimeError`` says why it failed."""
    done = subprocess.run(  # noqa: S603  (fixed words)
        [sys.executable, "-P", __file__],
        input=json.dumps([manuscript.form, manuscript.data]).encode(),
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


def _written(manuscript: Manuscript) -> bytes:
    """A DOCX: what it takes comes from our own package."""
    if str(HERE.parents[1]) not in sys.path:
        sys.path.insert(0, str(HERE.parents[1]))
    from consulta.documents import minutes_docx, sheets_docx

    write = {"sheets.docx": sheets_docx.write, "minutes.docx": minutes_docx.write}[manuscript.form]
    return write(json.loads(manuscript.data))


@cache
def _programs() -> str:
    """What sets the documents: with another version of it they are set anew."""
    files = sorted([*HERE.glob("*.py"), *TYPST.glob("*.typ")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _line(folder: Path) -> list[Path]:
    """Manuscripts in line, who came first first."""
    found = []
    for path in folder.glob("*.ask"):
        with suppress(FileNotFoundError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _when, path in sorted(found)]


def _put(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all, for nobody else to read."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(6)}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    part.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether the press is ours for as long as this lasts: one works at a time."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _work(folder: Path) -> None:
    """Set what is in line, until nothing is."""
    with _locked(folder) as ours:
        while ours and (line := _line(folder)):
            ticket = line[0]
            child = os.fork()
            if not child:
                _set(ticket)
            _pid, status = os.waitpid(child, 0)
            if status:
                form, _data = json.loads(ticket.read_bytes())
                print(f"consulta: a document could not be set: {form}, {_reason(status)}", file=sys.stderr)
                _put(ticket.with_suffix(".no"), b"")
            ticket.unlink(missing_ok=True)


def _set(ticket: Path) -> None:
    """One document, in a process of its own; this does not return."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    status = 1
    try:
        _put(ticket.with_suffix(""), printed(Manuscript(*json.loads(ticket.read_bytes()))))
        status = 0
    except BaseException as error:
        print(f"consulta: {type(error).__name__}", file=sys.stderr, flush=True)  # its words may hold what people wrote
    finally:
        os._exit(status)


def _reason(status: int) -> str:
    return signal.Signals(status & 127).name if status & 127 else f"status {status >> 8}"


def _main(arguments: list[str]) -> None:
    if not arguments:
        sys.stdout.buffer.write(printed(Manuscript(*json.load(sys.stdin))))
    elif not os.fork():  # whoever began this goes on at once
        os.setsid()
        _work(Path(arguments[0]))


if __name__ == "__main__":
    _main(sys.argv[1:])
