"""Somebody who plays from other sites, behind the nginx that ships: a thousand slow connections, forms of other sites,
and ten clients on the plan as PDF, while people read.

python -m benchmarks.observer [--seconds 60] [--slow 1000]      (needs nginx and openssl: Debian's packages)

It prints how long honest requests take alone, beside ten clients on the plan, and beside everything; how many were
served; and how much memory the workers have afterwards.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import server
from .proxy import HOST, PATHS, hold, in_front, prepare, request

PLAN = "/consultas/plan-2016-2018/plan.pdf"
HONEST, PLAN_CLIENTS, FOREIGN, ADDRESSES, FILES = 4, 10, 2, 10, 8_192


def main() -> None:
    """Serve, play, ask, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--slow", type=int, default=1000)
    given = parser.parse_args()
    if not shutil.which("nginx") or not shutil.which("openssl"):
        sys.exit("benchmarks.observer: nginx and openssl are needed (Debian: nginx-light openssl)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        url = f"sqlite:///{folder}/consulta.db"
        prepare(url, folder)
        add_record(url, folder)
        environ = {
            "CONSULTA_DATABASE_URL": url,
            "CONSULTA_SECRET_KEY": "k" * 40,
            "CONSULTA_TRUSTED_PROXIES": "1",
            "CONSULTA_INSTANCE": str(folder),
            "CONSULTA_BASE_URL": f"https://{HOST}",
        }
        with server.serving("wsgi:app", **environ) as process, in_front(folder) as port:
            tell("alone", asked(port, given.seconds // 3))
            with playing(port, plan=PLAN_CLIENTS):
                tell(f"beside {PLAN_CLIENTS} clients on the plan", asked(port, given.seconds))
            with playing(port, plan=PLAN_CLIENTS, foreign=FOREIGN, slow=given.slow) as held:
                time.sleep(5)
                found = asked(port, given.seconds)
                tell(f"beside those, {FOREIGN} with forms of other sites, {held()} slow connections", found)
            print(f"two workers afterwards: {server.pss_mib(process):.0f} MiB")


def add_record(url: str, folder: Path) -> None:
    """The plan of 2016, which has a document of 22 commitments."""
    from consulta import Settings, create_app, reference

    app = create_app(Settings(url, "k" * 40, folder, f"file://{folder}/mail"))
    database = app.extensions["database"]
    reference.load(database, now=datetime.now(UTC))
    database.dispose()


def tell(what: str, found: list[tuple[bool, float]]) -> None:
    """A line."""
    took = sorted(seconds for _good, seconds in found)
    share = 100 * sum(good for good, _ in found) / len(found)
    p99 = took[int(len(took) * 0.99)]
    print(
        f"{what}: {len(found):,} honest requests, {share:.2f} % served; median {took[len(took) // 2] * 1000:.0f} ms, "
        f"p99 {p99 * 1000:.0f} ms, slowest {took[-1] * 1000:.0f} ms"
    )


def asked(port: int, seconds: int) -> list[tuple[bool, float]]:
    """What honest people get: whether each was served, and after how many seconds."""
    results: list[tuple[bool, float]] = []
    stop = time.monotonic() + seconds

    def ask() -> None:
        n = 0
        while time.monotonic() < stop:
            begun, n = time.monotonic(), n + 1
            with contextlib.suppress(OSError):
                answer = request(port, f"GET {PATHS[n % len(PATHS)]} HTTP/1.1", "127.0.0.1")
                results.append((answer.startswith(b"HTTP/1.1 200"), time.monotonic() - begun))
                time.sleep(0.05)
                continue
            results.append((False, time.monotonic() - begun))

    threads = [threading.Thread(target=ask) for _ in range(HONEST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@contextmanager
def playing(port: int, *, plan: int = 0, foreign: int = 0, slow: int = 0) -> Iterator[Callable[[], int]]:
    """An observer at work for as long as this lasts, in a process of its own, so that what is measured is the server
    and not this program; asked, how many slow connections are held."""
    apart = multiprocessing.get_context("spawn")
    stop, held = apart.Event(), apart.Array("i", ADDRESSES)
    process = apart.Process(target=_play, args=(port, plan, foreign, slow, stop, held))
    process.start()
    try:
        yield lambda: sum(held)
    finally:
        stop.set()
        process.join()


def _play(port: int, plan: int, foreign: int, slow: int, stop: Any, held: Any) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))

    def again(line: str, address: str, more: str = "", body: str = "") -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                request(port, line, address, more, body)
            time.sleep(0.05)

    def holding(place: int) -> None:
        def note(count: int) -> None:
            held[place] = count

        hold(port, slow // ADDRESSES, f"127.0.1.{place + 1}", stop.is_set, note)

    form = "body=Falta+agua"
    head = f"Sec-Fetch-Site: cross-site\r\nOrigin: https://otro.example\r\nContent-Length: {len(form)}\r\n"
    post = ("POST /consultas/medida/opinar HTTP/1.1", "127.0.0.4", head, form)
    threads = [threading.Thread(target=again, args=(f"GET {PLAN} HTTP/1.1", "127.0.0.3")) for _ in range(plan)]
    threads += [threading.Thread(target=again, args=post) for _ in range(foreign)]
    threads += [threading.Thread(target=holding, args=(n,)) for n in range(ADDRESSES) if slow]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
