"""A consultation of 200 stages, 2,000 acts and 500 bodies against the one that ships; and a copy while people submit.

python -m benchmarks.desk [--keep FOLDER] [--size 1000000]     (the copy: FOLDER/SIZE.db)
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from consulta import Settings, create_app, reference
from consulta.backups import copies
from consulta.database.transactions import Database
from consulta.domain.consultations import reading as consultations
from consulta.domain.management import as_file, loading

from . import fill, server, visitors
from .report import Report

SECRET = "k" * 40
PUBLIC = ("", "/cronograma", "/participantes", "/novedades", "/reglas", "/bitacora", "/resultados")
OF_THE_RECORD = ("/cronograma", "/participantes")
"""What ships of these is in the record: 21 stages, 46 acts, 53 bodies."""
OWN = ("", "/actos", "/actos/nuevo", "/personas", "/cronograma", "/cambiar/temas", "/importar", "/por-avisar")


def main() -> None:
    """Every page of both, then the copy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    parser.add_argument("--size", type=int, default=1_000_000)
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as temporary:
        pages(Path(temporary), report)
        copy(Path(given.keep or temporary), given.size, report)
    print(f"\n{len(report.lines) - report.missed} met, {report.missed} missed")
    sys.exit(1 if report.missed else 0)


def pages(folder: Path, report: Report) -> None:
    """The median time of each page of the large one as a multiple of the shipped one's, kept or made anew."""
    url = f"sqlite:///{folder}/desk.db"
    app = create_app(Settings(url, SECRET, folder, f"file://{folder}/mail"))
    database: Database = app.extensions["database"]
    fill.prepare(database)
    reference.load(database, now=datetime.now(UTC))
    grow(database)
    cookies = {slug: cookie(app, database, slug) for slug in ("demostracion", "grande")}
    for cache, kept in (("6000000", "cached"), ("0", "uncached")):
        environ = {
            "CONSULTA_DATABASE_URL": url,
            "CONSULTA_SECRET_KEY": SECRET,
            "CONSULTA_PAGE_CACHE": cache,
            "CONSULTA_INSTANCE": str(folder),
        }
        with server.serving("wsgi:app", **environ):
            for base, tails in (("/consultas", PUBLIC), ("/gestion", OWN)):
                for tail in tails:
                    shipped = "plan-2016-2018" if tail in OF_THE_RECORD and base == "/consultas" else "demostracion"
                    asked = {
                        slug: (f"{base}/{slug}{tail}", cookies[slug] if base == "/gestion" else "")
                        for slug in (shipped, "grande")
                    }
                    took = medians(asked)
                    name = f"{kept} {base}/…{tail} ({took['grande'] * 1000:.1f} ms)"
                    report.at_most(name, took["grande"] / took[shipped], 1.5, "times")


def grow(database: Database) -> None:
    """The large one: the demonstration's texts with 200 stages, 2,000 acts and 500 bodies."""
    with database.session(read_only=True) as db:
        data: dict[str, Any] = as_file.data_of(consultations.find(db, "demostracion").view)
    today = datetime.now(UTC).date()
    data |= {"slug": "grande", "published": "D-3", "kind": "ordinary"}
    data["stages"] += [
        {
            "key": f"e{n}",
            "number": str(n),
            "title": {"es": f"Etapa número {n}"},
            "opens": [],
            "starts": (today + timedelta(days=n)).isoformat(),
            "ends": (today + timedelta(days=n + 3)).isoformat(),
        }
        for n in range(200 - len(data["stages"]))
    ]
    data["bodies"] = [
        {"slug": f"b{n}", "name": {"es": f"Entidad de ejemplo número {n}"}, "sector": "cso", "capacities": ["table"]}
        for n in range(500)
    ]
    data["acts"] = [
        {
            "key": f"a{n}",
            "kind": "technical",
            "stage": f"e{n % 150}",
            "title": {"es": f"Reunión número {n}"},
            "held_from": (today - timedelta(days=n % 300)).isoformat(),
            "place": {"es": "Salón de ejemplo"},
            "minutes": {"es": "Se acordó seguir. " * 20},
            "bodies": [{"slug": f"b{n % 500}", "capacity": "table"}],
        }
        for n in range(2000)
    ]
    with database.transaction() as db:
        loading.load(db, data, now=datetime.now(UTC))


def cookie(app: Any, database: Database, slug: str) -> str:
    """The cookie of somebody who coordinates one of them."""
    with database.session(read_only=True) as db:
        view = consultations.find(db, slug).view
    return visitors.coordinator_cookie(app, database, view)


def medians(asked: dict[str, tuple[str, str]], times: int = 25) -> dict[str, float]:
    """Seconds until the whole page is there, in the middle of 25 tries; all are asked in turns, for a shared machine is
    not equally fast all the time. ``asked``: path and cookie by name."""
    took: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(times):
        for name, (path, cookie_) in asked.items():
            request = urllib.request.Request(
                f"http://127.0.0.1:{server.PORT}{path}", headers={"Accept-Encoding": "gzip", "Cookie": cookie_}
            )
            begun = time.perf_counter()
            urllib.request.urlopen(request, timeout=30).read()
            took[name].append(time.perf_counter() - begun)
    return {name: statistics.median(found) for name, found in took.items()}


def copy(folder: Path, size: int, report: Report) -> None:
    """``consulta backup`` as a process of its own while submissions go on through the server."""
    url = f"sqlite:///{folder}/{size}.db"
    app = create_app(Settings(url, SECRET, folder, f"file://{folder}/mail", backup_key=copies.new_key()))
    database: Database = app.extensions["database"]
    view = fill.prepare(database)
    for _ in fill.fill(database, view, max(0, size - view_count(database, view))):
        pass
    answers: list[int] = []
    stop = threading.Event()
    with server.serving("wsgi:app", CONSULTA_DATABASE_URL=url, CONSULTA_SECRET_KEY=SECRET):
        sender = threading.Thread(target=submit, args=(app, stop, answers))
        sender.start()
        took, peak, megabytes = _backup(url, folder, app.extensions["settings"].backup_key)
        stop.set()
        sender.join()
    failed = sum(status >= 500 for status in answers)
    report.at_most(f"sqlite {size:,}: backup while {len(answers):,} submit ({megabytes:,.0f} MB)", took, 60, "s")
    report.at_most(f"sqlite {size:,}: backup, memory", peak, 200, "MiB")
    report.at_most(f"sqlite {size:,}: backup, submissions answered 5xx", failed, 0, "")
    database.dispose()


def view_count(database: Database, view: Any) -> int:
    """How many contributions there are."""
    from consulta.domain.results import figures

    with database.session(read_only=True) as db:
        return figures.live(db, view).received


def submit(app: Any, stop: threading.Event, answers: list[int]) -> None:
    """One submission after the other; the status of each."""
    import http.client

    cookie_, token = visitors.form_session(app)
    connection = http.client.HTTPConnection("127.0.0.1", server.PORT, timeout=30)
    for body in visitors.submissions(app, token, 200_000):
        if stop.is_set():
            return
        headers = {"Cookie": cookie_, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/consultas/medida/opinar", body, headers)
        answer = connection.getresponse()
        answer.read()
        answers.append(answer.status)


def _backup(url: str, folder: Path, key: str) -> tuple[float, float, float]:
    import os
    import subprocess

    from benchmarks.inside import PEAK

    target = folder / "medida.age"
    env = {**os.environ, "CONSULTA_DATABASE_URL": url, "CONSULTA_SECRET_KEY": SECRET, "CONSULTA_BACKUP_KEY": key}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "backup", str(target)], env=env, capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - begun
    megabytes = target.stat().st_size / 1e6
    target.unlink()
    return took, float(done.stderr.strip().splitlines()[-1]) / 1024, megabytes


if __name__ == "__main__":
    main()
