"""nginx in front, from ``deploy/nginx.conf``, on loopback with a certificate of its own: 300 half-open requests held by
one client for a minute, and honest requests meanwhile.

python -m benchmarks.proxy [--seconds 60] [--half-open 300]     (needs nginx and openssl: Debian's packages)
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers import free_port

from . import fill, server

ROOT = Path(__file__).resolve().parent.parent
HOST = "consulta.example"
PATHS = ("/", "/consultas/medida/opinar", "/consultas/medida/aportes", "/consultas/medida/resultados", "/salud")


def main() -> None:
    """Serve, hold, ask, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--half-open", type=int, default=300)
    given = parser.parse_args()
    if not shutil.which("nginx") or not shutil.which("openssl"):
        sys.exit("benchmarks.proxy: nginx and openssl are needed (Debian: nginx-light openssl)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        url = f"sqlite:///{folder}/consulta.db"
        prepare(url, folder)
        environ = {
            "CONSULTA_DATABASE_URL": url,
            "CONSULTA_SECRET_KEY": "k" * 40,
            "CONSULTA_TRUSTED_PROXIES": "1",
            "CONSULTA_INSTANCE": str(folder),
            "CONSULTA_BASE_URL": f"https://{HOST}",
        }
        with server.serving("wsgi:app", **environ), in_front(folder) as port:
            held, asked, served, slowest = crowd(port, given.half_open, given.seconds)
    share = 100 * served / asked if asked else 0.0
    verdict = "met   " if served == asked and asked else "MISSED"
    print(
        f"{verdict}  {held} half-open requests held for {given.seconds} s; {served:,} of {asked:,} honest requests "
        f"served ({share:.2f} %), the slowest in {slowest:.2f} s; budget 100 %"
    )
    sys.exit(0 if verdict == "met   " else 1)


def prepare(url: str, folder: Path) -> None:
    """A thousand contributions to show."""
    from consulta import Settings, create_app

    app = create_app(Settings(url, "k" * 40, folder, f"file://{folder}/mail"))
    database = app.extensions["database"]
    view = fill.prepare(database)
    for _ in fill.fill(database, view, 1000):
        pass
    database.dispose()


@contextmanager
def in_front(folder: Path) -> Iterator[int]:
    """nginx with the file that ships: only its ports, certificate and log are other ones; yields the TLS port."""
    tls, plain = free_port(), free_port()
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={HOST}",
            "-keyout",
            str(folder / "privkey.pem"),
            "-out",
            str(folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in (
        ("/etc/ssl/consulta", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("listen [::]:", "# listen "),
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("127.0.0.1:8000", f"127.0.0.1:{server.PORT}"),
    ):
        site = site.replace(shipped, here)
    (folder / "site.conf").write_text(site)
    main_file = folder / "nginx.conf"
    main_file.write_text(
        f"worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit; daemon off;\n"
        "events { worker_connections 2048; }\n"
        f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/site.conf; }}\n"
    )
    subprocess.run(["nginx", "-t", "-c", str(main_file)], check=True, capture_output=True)
    process = subprocess.Popen(["nginx", "-c", str(main_file)])
    try:
        time.sleep(1)
        yield tls
    finally:
        process.terminate()
        process.wait(timeout=20)


def crowd(port: int, half_open: int, seconds: int) -> tuple[int, int, int, float]:
    """Hold and ask: how many were held, how many asked, how many served, the slowest answer."""
    stop = time.monotonic() + seconds
    held = [0]

    def note(count: int) -> None:
        held[0] = max(held[0], count)

    over = lambda: time.monotonic() >= stop  # noqa: E731
    holder = threading.Thread(target=hold, args=(port, half_open, "127.0.0.2", over, note))
    holder.start()
    time.sleep(1)
    results: list[tuple[bool, float]] = []
    threads = [threading.Thread(target=_ask, args=(port, stop, results)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in [*threads, holder]:
        thread.join()
    return held[0], len(results), sum(good for good, _ in results), max((took for _, took in results), default=0.0)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def hold(port: int, count: int, address: str, over: Callable[[], bool], note: Callable[[int], None]) -> None:
    """Requests that begin and never end, of an address of this machine; one that nginx closes is begun anew.
    ``note`` is told how many are held."""
    context, sockets = _context(), []
    while not over():
        while len(sockets) < count and not over():
            try:
                plain = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
                one = context.wrap_socket(plain, server_hostname=HOST)
                one.sendall(f"POST /consultas/medida/opinar HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode())
                sockets.append(one)
            except OSError:
                break
        note(len(sockets))
        time.sleep(1)
        for one in list(sockets):
            try:
                one.sendall(b"a")
            except OSError:
                sockets.remove(one)
                one.close()
    for one in sockets:
        with contextlib.suppress(OSError):
            one.close()


def request(port: int, line: str, address: str, more: str = "", body: str = "") -> bytes:
    """One request over TLS from an address of this machine; the whole answer."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(address, 0))
    with _context().wrap_socket(plain, server_hostname=HOST) as one:
        one.sendall(f"{line}\r\nHost: {HOST}\r\n{more}Connection: close\r\n\r\n{body}".encode())
        answer = b""
        while piece := one.recv(262_144):
            answer += piece
    return answer


def _ask(port: int, stop: float, results: list[tuple[bool, float]]) -> None:
    n = 0
    while time.monotonic() < stop:
        begun, n = time.monotonic(), n + 1
        try:
            answer = request(port, f"GET {PATHS[n % len(PATHS)]} HTTP/1.1", "127.0.0.1")
            results.append((answer.startswith(b"HTTP/1.1 200"), time.monotonic() - begun))
        except OSError:
            results.append((False, time.monotonic() - begun))


if __name__ == "__main__":
    main()
