"""``make run``: serves the demonstration with its sign-ins, keeps what was entered, and leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 300
"""Seconds until it is called broken: a machine may have a lot else to do."""


def start(folder: Path, port: int) -> tuple[subprocess.Popen[str], str]:
    """Start it and wait until it answers; its process and its home page."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTA_")}
    env |= {"CONSULTA_INSTANCE": str(folder), "PORT": str(port)}
    command = [sys.executable, "-m", "consulta.serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    for _ in range(PATIENCE * 10):
        try:
            return process, urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it did not start")


def stop(process: subprocess.Popen[str]) -> str:
    """Stop it; what it printed."""
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=PATIENCE)[0]


def test_it_serves_keeps_and_stops(tmp_path: Path) -> None:
    port = free_port()
    process, page = start(tmp_path, port)
    printed = stop(process)
    assert "Datos de demostración" in page
    assert f"http://127.0.0.1:{port}" in printed
    password = re.search(r"contraseña (\S+):", printed)
    assert password
    assert "moderadora@demostracion.example" in printed
    again, page_again = start(tmp_path, port)
    assert password[1] in stop(again)
    assert re.findall(r"<dd>\d+</dd>", page) == re.findall(r"<dd>\d+</dd>", page_again)
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert not [path for path in Path("/proc").glob("[0-9]*/environ") if holds(path, str(tmp_path))]


def holds(path: Path, folder: str) -> bool:
    """Whether a process still has this installation in its environment."""
    try:
        return f"CONSULTA_INSTANCE={folder}" in path.read_bytes().decode(errors="replace")
    except OSError:
        return False
