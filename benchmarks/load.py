"""Requests per second, measured by wrk: two threads, sixteen connections, ``Accept-Encoding: gzip``."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .server import PORT

POSTS = """
local bodies = {}
for line in io.lines("%(file)s") do bodies[#bodies + 1] = line end
local counter, threads = 0, 0
function setup(thread) thread:set("first", threads); threads = threads + 1 end
function request()
  counter = counter + 1
  local body = bodies[(first + (counter - 1) * 2) %% #bodies + 1]
  return wrk.format("POST", nil, {["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = "%(cookie)s",
    ["Accept-Encoding"] = "gzip"}, body)
end
function done(summary) io.write("errors " .. summary.errors.status .. "\\n") end
"""


def available() -> bool:
    """Whether wrk is here."""
    return shutil.which("wrk") is not None


def pages(path: str, *, seconds: int, cookie: str = "") -> float:
    """Pages per second; an answer that is no 2xx or 3xx stops the measurement."""
    headers = ["-H", "Accept-Encoding: gzip"] + (["-H", f"Cookie: {cookie}"] if cookie else [])
    return _run([*headers, f"http://127.0.0.1:{PORT}{path}"], seconds)


def posts(path: str, bodies: list[str], cookie: str, *, seconds: int) -> float:
    """Form posts per second, each body sent once while they last."""
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder, "bodies"), Path(folder, "posts.lua")
        file.write_text("\n".join(bodies))
        script.write_text(POSTS % {"file": file, "cookie": cookie})
        return _run(["-s", str(script), f"http://127.0.0.1:{PORT}{path}"], seconds)


def _run(arguments: list[str], seconds: int) -> float:
    wrk = ["wrk", "-t2", "-c16", "--timeout", "20s"]
    subprocess.run([*wrk, "-d1s", *arguments], capture_output=True, check=True)
    done = subprocess.run([*wrk, f"-d{seconds}s", *arguments], capture_output=True, text=True, check=True)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    if bad:
        raise RuntimeError(f"{arguments[-1]}: {bad[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]
