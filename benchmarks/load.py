"""Requests per second, measured by wrk: two threads, sixteen connections, ``Accept-Encoding: gzip``."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .server import FLOOR_PORT, PORT, work

ROUNDS, MOST_ROUNDS = 5, 20

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


@dataclass(frozen=True)
class Round:
    """Requests per second, the share of the floor, and whether both workers of both servers had a part in it."""

    rate: float
    share: float
    even: bool


def compare(floor: Target, target: Target, *, seconds: float) -> Round:
    """The target against the floor, after a second to warm up."""
    _rate(target, 1)
    return median(lambda: once(floor, target, seconds=seconds))


def median(ask: Callable[[], Round]) -> Round:
    """The round in the middle of five.

    Whoever accepts a kept connection first keeps it. Now and then one worker gets all sixteen and the other none, which
    halves the figure of the floor or of the target; such a round says nothing about either and is asked again.
    """
    rounds: list[Round] = []
    for _ in range(MOST_ROUNDS):
        one = ask()
        rounds += [one] if one.even else []
        if len(rounds) == ROUNDS:
            return sorted(rounds, key=lambda one: one.share)[ROUNDS // 2]
    raise RuntimeError(f"in {MOST_ROUNDS} rounds the connections were never fairly shared")


def once(floor: Target, target: Target, *, seconds: float) -> Round:
    """One round: both are asked in turns, a moment each, for a shared machine is not equally fast all the time."""
    (low, fair), (high, fair_too) = _shared(floor, seconds), _shared(target, seconds)
    return Round(high, high / low, fair and fair_too)


def _shared(target: Target, seconds: float) -> tuple[float, bool]:
    """Requests per second, and whether the idler worker did at least half of what the busier one did."""
    before = work(target.port)
    rate = _rate(target, seconds)
    done = [after - earlier for earlier, after in zip(before, work(target.port), strict=True)]
    return rate, min(done) * 2 >= max(done)


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
