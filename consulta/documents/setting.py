"""Setting documents: a process that takes what is in line, one after the other, within limits of time and memory.

Run as a program, this file sets what stands in a folder (``press.py`` says how) and ends; it imports nothing of ours
until it writes a DOCX. The typesetter keeps what it laid out, 130 MB for a list of a hundred sheets: so each document
has a process of its own, and its memory ends with it.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
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


@dataclass(frozen=True)
class Manuscript:
    """``form`` is one of ``SET`` or ``WRITTEN``; ``data`` the JSON that its template takes."""

    form: str
    data: str

    @property
    def key(self) -> str:
        """The name of the document: of what it is made from, and of what makes it."""
        return hashlib.sha256(f"{programs()}|{self.form}|{self.data}".encode()).hexdigest()


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
        env=environment(),
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
def programs() -> str:
    """What sets the documents: with another version of it they are set anew."""
    files = sorted([*HERE.glob("*.py"), *TYPST.glob("*.typ")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def environment() -> dict[str, str]:
    """What setting needs: no secret. Each thread of a typesetter with a core of its own would reserve memory."""
    passed = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR") if name in os.environ}
    return {**passed, "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2"}


def in_line(folder: Path) -> list[Path]:
    """Manuscripts in line, who came first first."""
    found = []
    for path in folder.glob("*.ask"):
        with suppress(FileNotFoundError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _when, path in sorted(found)]


def put(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all, for nobody else to read."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(6)}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    part.replace(path)


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Whether the press is ours for as long as this lasts: one works at a time."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def work(folder: Path) -> None:
    """Set what is in line, until nothing is."""
    with held(folder) as ours:
        while ours and (line := in_line(folder)):
            ticket = line[0]
            child = os.fork()
            if not child:
                _set(ticket)
            _pid, status = os.waitpid(child, 0)
            try:
                if status:
                    print(f"consulta: a document could not be set: {_form(ticket)}, {_reason(status)}", file=sys.stderr)
                    put(ticket.with_suffix(".no"), b"")
            finally:
                ticket.unlink(missing_ok=True)


def _set(ticket: Path) -> None:
    """One document, in a process of its own; this does not return."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    status = 1
    try:
        put(ticket.with_suffix(""), printed(Manuscript(*json.loads(ticket.read_bytes()))))
        status = 0
    except BaseException as error:
        print(f"consulta: {type(error).__name__}", file=sys.stderr, flush=True)  # its words may hold what people wrote
    finally:
        os._exit(status)


def _form(ticket: Path) -> str:
    try:
        return str(json.loads(ticket.read_bytes())[0])
    except (ValueError, LookupError, TypeError):
        return "unreadable"


def _reason(status: int) -> str:
    return signal.Signals(status & 127).name if status & 127 else f"status {status >> 8}"


def _main(arguments: list[str]) -> None:
    if not arguments:
        sys.stdout.buffer.write(printed(Manuscript(*json.load(sys.stdin))))
    elif not os.fork():  # whoever began this goes on at once
        os.setsid()
        work(Path(arguments[0]))


if __name__ == "__main__":
    _main(sys.argv[1:])
