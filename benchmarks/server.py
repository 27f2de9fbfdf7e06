"""A real gunicorn with two workers: its weight in memory and what each has done."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT, FLOOR_PORT = 8765, 8766
MASTERS: dict[int, int] = {}
"""Of each port, the process id of the gunicorn that serves it now."""


@contextmanager
def serving(application: str, *, port: int = PORT, **environ: str) -> Iterator[int]:
    """Serve ``application`` with the configuration that ships; yields the process id of the master."""
    env = {**os.environ, **environ, "CONSULTA_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), application]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}" + ("/salud" if port == PORT else "/form"))
        MASTERS[port] = process.pid
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def pss_mib(master: int) -> float:
    """The proportional memory of the workers in MiB (Linux)."""
    total = 0
    for pid in workers(master):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def work(port: int) -> list[int]:
    """Processor time of each worker since its start, in ticks of the system (Linux)."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in workers(MASTERS[port])]
    return [int(one[11]) + int(one[12]) for one in stats]


def workers(master: int) -> list[str]:
    """The process ids of the workers (Linux)."""
    return Path(f"/proc/{master}/task/{master}/children").read_text().split()
