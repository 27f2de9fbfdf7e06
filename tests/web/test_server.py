"""The real server, as it is shipped: what it says of itself, and what it writes down of what nobody can read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from consulta.config import Settings
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
SECRET = "Ana-Pirir-5555-1234"


class Running:
    """A running server and its log."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log = port, log

    def say(self, raw: bytes) -> bytes:
        """Send bytes as they are; the beginning of what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            found = b""
            while piece := connection.recv(65536):
                found += piece
        return found


@pytest.fixture
def running(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Running]:
    """gunicorn with the configuration that ships, on the database of the test."""
    port, log = free_port(), tmp_path / "server.log"
    env = {
        **os.environ,
        "CONSULTA_BIND": f"127.0.0.1:{port}",
        "CONSULTA_BASE_URL": f"http://127.0.0.1:{port}",
        "CONSULTA_DATABASE_URL": settings.database_url,
        "CONSULTA_INSTANCE": str(settings.instance),
        "CONSULTA_SECRET_KEY": settings.secret_key,
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    found = Running(port, log)
    try:
        for _ in range(600):
            try:
                found.say(b"GET /salud HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_no_answer_names_the_server_and_no_log_an_address(running: Running) -> None:
    heads = [
        running.say(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nConnection: close\r\n\r\n".encode())
        for path in ("/", "/static/style.css", "/nada", "/salud")
    ]
    assert all(head.startswith(b"HTTP/1.1 ") and b"\r\nConsulta: 1\r\n" in head for head in heads)
    unreadable = [
        f"{SECRET}\r\n\r\n",
        f"GET /{SECRET} HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\nBad Name {SECRET}: x\r\n\r\n",
        f"GET / HTTP/1.1\r\n{SECRET}\r\n\r\n",
        f"GE(T /{SECRET} HTTP/1.1\r\n\r\n",
        f"GET /{SECRET * 600} HTTP/1.1\r\n\r\n",
        f"POST / HTTP/1.1\r\nContent-Length: {SECRET}\r\n\r\n",
        f"POST / HTTP/1.1\r\nTransfer-Encoding: {SECRET}\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
        f"GET / HTTP/1.1\r\nX: {SECRET * 900}\r\n\r\n",
    ]
    refused = [running.say(one.encode()) for one in unreadable]
    assert all(answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) for answer in refused), refused
    for head in [*heads, *refused]:
        assert b"\r\nServer:" not in head.split(b"\r\n\r\n")[0]
    written = running.log.read_text()
    assert "could not be read" in written
    assert SECRET not in written
    assert "127.0.0.1" not in written.replace(f"http://127.0.0.1:{running.port}", "")
