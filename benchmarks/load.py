"""Requests per second, measured by wrk: two threads, sixteen connections, ``Accept-Encoding: gzip``."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .server import FLOOR_PORT, PORT

ROUNDS = 5

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


@dataclass(frozen=True)
class Target:
    """What is asked again and again: a page, or a form with its bodies."""

    port: int
    path: str
    cookie: str = ""
    bodies: tuple[str, ...] = ()


def compare(floor: Target, target: Target, *, seconds: float) -> tuple[float, float]:
    """The target's requests per second and its share of the floor: the median of three rounds.

    Both are asked in turns, a moment each, for a shared machine is not equally fast all the time.
    """
    _rate(target, 1)
    rounds = [once(floor, target, seconds=seconds) for _ in range(ROUNDS)]
    return sorted(rounds, key=lambda one: one[1])[ROUNDS // 2]


def once(floor: Target, target: Target, *, seconds: float) -> tuple[float, float]:
    """One round: the target's requests per second and its share."""
    low, high = _rate(floor, seconds), _rate(target, seconds)
    return high, high / low


def _rate(target: Target, seconds: float) -> float:
    address = f"http://127.0.0.1:{target.port}{target.path}"
    if not target.bodies:
        cookie = ["-H", f"Cookie: {target.cookie}"] if target.cookie else []
        return _run(["-H", "Accept-Encoding: gzip", *cookie, address], seconds)
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder, "bodies"), Path(folder, "posts.lua")
        file.write_text("\n".join(target.bodies))
        script.write_text(POSTS % {"file": file, "cookie": target.cookie})
        return _run(["-s", str(script), address], seconds)


def _run(arguments: list[str], seconds: float) -> float:
    wrk = ["wrk", "-t2", "-c16", "--timeout", "20s", f"-d{max(1, round(seconds))}s"]
    done = subprocess.run([*wrk, *arguments], capture_output=True, text=True, check=True)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    if bad:
        raise RuntimeError(f"{arguments[-1]}: {bad[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])  # type: ignore[index]


FLOOR_LIST = Target(FLOOR_PORT, "/list")


def ours(path: str, *, cookie: str = "", bodies: tuple[str, ...] = ()) -> Target:
    """Something of ours."""
    return Target(PORT, path, cookie, bodies)
