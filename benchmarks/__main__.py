"""``make bench``: every budget with its figure and *met* or *missed*. Conditions and results: docs/performance.md.

python -m benchmarks [--sizes 1000,100000,1000000] [--databases sqlite,postgresql] [--seconds 5] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask

from consulta import Settings, create_app
from consulta.db import Database
from consulta.domain.snapshots import ConsultationView

from . import crowd, fill, inside, load, server, visitors
from .report import Report

SECRET = "k" * 40
PATHS = {
    "home": "/", "form": "/consultas/medida/opinar", "published": "/consultas/medida/aportes",
    "theme": "/consultas/medida/temas/participacion-ciudadana", "results": "/consultas/medida/resultados",
    "queue": "/moderacion/medida",
}  # fmt: skip


def main() -> None:
    """Measure each size on each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seconds", type=int, default=5)
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
    floor_page, floor_post = floor(app, url, view, seconds)
    print(f"        {name}: floor {floor_page:,.0f} pages/s, {floor_post:,.0f} posts/s", flush=True)
    rates = pages(app, database, view, url, seconds, report, name, floor_page)
    for label, rate in rates.items():
        if label in before:
            report.at_most(f"{name}: {label}, times as slow as the smallest", before[label] / rate, 1.3, "times")
    posting(app, url, seconds, report, name, floor_post)
    slowest, which = inside.slowest_query(database, view)
    report.at_most(f"{name}: slowest filter or search ({which.q or '-'}/{which.theme or '-'})", slowest, 0.25, "s")
    inside.tally(database, view, report, name)
    inside.stream(database, view, report, name)
    inside.imports(database, url, view, folder, report, name)
    with database.session(read_only=True) as db:
        from consulta.domain import ledger

        entries = ledger.head(db, view.log_id).length
    inside.ledger_check(url, view.slug, report, name, entries)
    database.dispose()
    return before or rates


def filled(database: Database, view: ConsultationView, size: int, name: str) -> None:
    """Fill up to ``size`` contributions."""
    with database.session(read_only=True) as db:
        from consulta.domain import figures

        have = figures.live(db, view).received
    begun = time.perf_counter()
    for count in fill.fill(database, view, max(0, size - have)):
        if count % 50_000 == 0:
            print(f"        {name}: {count:,} at {count / (time.perf_counter() - begun):,.0f} rows/s", flush=True)
    if have < size:
        fill.settle(database)


def floor(app: Flask, url: str, view: ConsultationView, seconds: int) -> tuple[float, float]:
    """The bare application on the same database."""
    environ = {"FLOOR_DATABASE": url, "FLOOR_CONSULTATION": str(view.id)}
    with server.serving("benchmarks.floor:app", **environ):
        listed = load.pages("/list", seconds=seconds)
        cookie, token = visitors.floor_session()
        posted = load.posts(
            "/form", [f"csrf_token={token}&body=Agua+para+todos+{n}" for n in range(100)], cookie, seconds=seconds
        )
    return listed, posted


def pages(
    app: Flask, database: Database, view: ConsultationView, url: str, seconds: int, report: Report, name: str,
    floor_page: float,
) -> dict[str, float]:  # fmt: skip
    """Every page with and without the cache, as a share of the floor."""
    rates: dict[str, float] = {}
    cookie = visitors.staff_cookie(app, database, view)
    for cache, least in (("6000000", 1 / 3), ("0", 1 / 5)):
        environ = {"CONSULTA_DATABASE_URL": url, "CONSULTA_SECRET_KEY": SECRET, "CONSULTA_PAGE_CACHE": cache}
        with server.serving("wsgi:app", **environ) as master:
            for label, path in PATHS.items():
                rate = load.pages(path, seconds=seconds, cookie=cookie if label == "queue" else "")
                kept = "cached" if cache != "0" else "uncached"
                report.at_least(f"{name}: {label}, {kept} ({rate:,.0f}/s), of the floor", rate / floor_page, least, "")
                rates[f"{label}, {kept}"] = rate
            if cache != "0":
                report.at_most(f"{name}: two workers", server.pss_mib(master), 120, "MiB PSS")
    return rates


def posting(app: Flask, url: str, seconds: int, report: Report, name: str, floor_post: float) -> None:
    """Submissions up to their redirect."""
    cookie, token = visitors.form_session(app)
    bodies = visitors.submissions(app, token, 2500 * (seconds + 2))
    with server.serving("wsgi:app", CONSULTA_DATABASE_URL=url, CONSULTA_SECRET_KEY=SECRET):
        rate = load.posts("/consultas/medida/opinar", bodies, cookie, seconds=seconds)
    report.at_least(f"{name}: submission ({rate:,.0f}/s), of the floor's POST", rate / floor_post, 1 / 3, "")


if __name__ == "__main__":
    main()
