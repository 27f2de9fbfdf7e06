"""``make bench``: every budget with its figure and *met* or *missed*. Conditions and results: docs/performance.md.

python -m benchmarks [--sizes 1000,100000,1000000] [--databases sqlite,postgresql] [--seconds 1] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask

from consulta import Settings, create_app
from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView

from . import crowd, fill, inside, load, server, visitors
from .report import Report

SECRET = "k" * 40
PATHS = {
    "home": "/",
    "form": "/consultas/medida/opinar",
    "published": "/consultas/medida/aportes",
    "theme": "/consultas/medida/temas/participacion-ciudadana",
    "results": "/consultas/medida/resultados",
    "queue": "/moderacion/medida",
}


def main() -> None:
    """Measure each size on each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--keep", help="Keep the filled databases here for the next run.")
    parser.add_argument("--crowd-seconds", type=int, default=60)
    given = parser.parse_args()
    if not load.available():
        sys.exit("benchmarks: wrk is needed (Debian: wrk)")
    report = Report()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(given.keep or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for dialect in given.databases.split(","):
            before: dict[str, float] = {}
            for size in (int(one) for one in given.sizes.split(",")):
                before = measure(dialect, size, folder, given.seconds, report, before)
        if "postgresql" in given.databases:
            crowd.minute(fill.postgres(folder, "crowd", fresh=True), report, seconds=given.crowd_seconds)
    print(f"\n{len(report.lines) - report.missed} met, {report.missed} missed")
    sys.exit(1 if report.missed else 0)


def measure(
    dialect: str, size: int, folder: Path, seconds: int, report: Report, before: dict[str, float]
) -> dict[str, float]:
    """One database of one size; returns the pages per second of the smallest size, to compare with."""
    url = f"sqlite:///{folder}/{size}.db" if dialect == "sqlite" else fill.postgres(folder, f"n{size}")
    name = f"{dialect} {size:,}"
    app = create_app(Settings(database_url=url, secret_key=SECRET, instance=folder, mail_url=f"file://{folder}/mail"))
    database: Database = app.extensions["database"]
    view = fill.prepare(database)
    filled(database, view, size, name)
    environ = {"FLOOR_DATABASE": url, "FLOOR_CONSULTATION": str(view.id)}
    with server.serving("benchmarks.floor:app", port=server.FLOOR_PORT, **environ):
        rates = pages(app, database, view, url, seconds, report, name)
        posting(app, url, 2 * seconds, report, name)
    for label, share in rates.items():
        if label in before:
            slower = before[label] / share
            report.at_most(f"{name}: {label}, times as slow as the smallest", slower, 1.3, "times")
    slowest, which = inside.slowest_query(database, view)
    report.at_most(f"{name}: slowest filter or search ({which.q or '-'}/{which.theme or '-'})", slowest, 0.25, "s")
    inside.tally(database, view, report, name)
    inside.stream(database, view, report, name)
    inside.imports(database, url, view, folder, report, name)
    with database.session(read_only=True) as db:
        from consulta.domain.ledger import log as ledger

        entries = ledger.head(db, view.log_id).length
    inside.ledger_check(url, view.slug, report, name, entries)
    database.dispose()
    return before or rates


def filled(database: Database, view: ConsultationView, size: int, name: str) -> None:
    """Fill up to ``size`` contributions."""
    with database.session(read_only=True) as db:
        from consulta.domain.results import figures

        have = figures.live(db, view).received
    begun = time.perf_counter()
    for count in fill.fill(database, view, max(0, size - have)):
        if count % 50_000 == 0:
            print(f"        {name}: {count:,} at {count / (time.perf_counter() - begun):,.0f} rows/s", flush=True)
    if have < size:
        fill.settle(database)


def pages(
    app: Flask, database: Database, view: ConsultationView, url: str, seconds: int, report: Report, name: str
) -> dict[str, float]:
    """Every page with and without the cache, as a share of the floor."""
    shares: dict[str, float] = {}
    cookie = visitors.staff_cookie(app, database, view)
    for cache, least in (("6000000", 1 / 3), ("0", 1 / 5)):
        environ = {"CONSULTA_DATABASE_URL": url, "CONSULTA_SECRET_KEY": SECRET, "CONSULTA_PAGE_CACHE": cache}
        kept = "cached" if cache != "0" else "uncached"
        with server.serving("wsgi:app", **environ) as master:
            for label, path in PATHS.items():
                target = load.ours(path, cookie=cookie if label == "queue" else "")
                one = load.compare(load.FLOOR_LIST, target, seconds=seconds)
                report.at_least(f"{name}: {label}, {kept} ({one.rate:,.0f}/s), of the floor", one.share, least, "")
                shares[f"{label}, {kept}"] = one.share
            if cache != "0":
                report.at_most(f"{name}: two workers", server.pss_mib(master), 120, "MiB PSS")
    return shares


def posting(app: Flask, url: str, seconds: int, report: Report, name: str) -> None:
    """Submissions up to their redirect, against the floor's form."""
    cookie, token = visitors.form_session(app)
    floor_cookie, floor_token = visitors.floor_session()
    bodies = tuple(f"csrf_token={floor_token}&body=Agua+para+todos+{n}" for n in range(100))
    floor = load.Target(server.FLOOR_PORT, "/form", floor_cookie, bodies)

    def ask() -> load.Round:
        fresh = tuple(visitors.submissions(app, token, 2500 * (seconds + 1)))
        return load.once(floor, load.ours("/consultas/medida/opinar", cookie=cookie, bodies=fresh), seconds=seconds)

    with server.serving("wsgi:app", CONSULTA_DATABASE_URL=url, CONSULTA_SECRET_KEY=SECRET):
        one = load.median(ask)
    report.at_least(f"{name}: submission ({one.rate:,.0f}/s), of the floor's POST", one.share, 1 / 3, "")


if __name__ == "__main__":
    main()
