"""Typst, here or in a process of its own.

The typesetter keeps what it laid out for its next ten documents: 130 MB for each list of a hundred sheets. So what is
long is set apart, and its memory ends with it. Run as a program, this file does that; it imports nothing of ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent / "typst"
SECONDS = 60


def here(template: str, data: str) -> bytes:
    """PDF/UA-1 of a template and its data (JSON), in our own fonts only, so that it is the same on every machine."""
    import typst  # on first use: a worker that prints nothing is lighter

    made = typst.compile(
        str(FOLDER / template),
        format="pdf",
        font_paths=[str(FOLDER / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    return bytes(made if isinstance(made, bytes) else made[0])


def apart(template: str, data: str) -> bytes:
    """The same in a process of its own, which may take a minute; ``RuntimeError`` says why it failed."""
    done = subprocess.run(  # noqa: S603  (fixed words)
        [sys.executable, "-P", __file__],
        input=json.dumps([template, data]).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(here(*json.load(sys.stdin)))
