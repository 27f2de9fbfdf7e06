"""What is measured without a server: searches, the tally, files, imports, the ledger check."""

from __future__ import annotations

import csv
import gc
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from consulta.database.transactions import Database
from consulta.documents import tables
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import reading as contributions
from consulta.domain.contributions.queries import Filters
from consulta.domain.results import figures
from tests.support.contributions import submit

from .report import Report

QUERIES = (
    Filters(),
    Filters(theme="participacion-ciudadana"),
    Filters(theme=""),
    Filters(department="16"),
    Filters(theme="transparencia-fiscal", department="16"),
    Filters(theme="transparencia-fiscal", department="07", kind="opinion"),
    Filters(q="agua"),
    Filters(q="agua caminos escuela"),
    Filters(q="r4711"),
    Filters(q="noexiste"),
    Filters(q="agua", theme="transparencia-fiscal", department="16"),
    Filters(q="agua", order="antiguas"),
    Filters(order="antiguas", theme="participacion-ciudadana", department="01"),
    Filters(q="r4711", after=500),
)


def slowest_query(database: Database, view: ConsultationView) -> tuple[float, Filters]:
    """The slowest of the filters and searches in seconds, each at its second run."""
    worst, which = 0.0, Filters()
    with database.session(read_only=True) as db:
        for by in QUERIES:
            for run in range(2):
                begun = time.perf_counter()
                contributions.page(db, view, by)
                took = time.perf_counter() - begun
                if run and took > worst:
                    worst, which = took, by
    return worst, which


def tally(database: Database, view: ConsultationView, report: Report, size: str) -> None:
    """The whole tally."""
    from datetime import date

    with database.session(read_only=True) as db:
        figures.tally(db, view, today=date.today())
        begun = time.perf_counter()
        figures.tally(db, view, today=date.today())
    report.at_most(f"{size}: tally", time.perf_counter() - begun, 0.1, "s")


def stream(database: Database, view: ConsultationView, report: Report, size: str) -> None:
    """The file of every contribution; growth of the process's peak memory."""
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with database.session(read_only=True) as db:
        rows = ((r.number, r.title or "", r.body or "") for r in contributions.stream(db, view))
        total = sum(len(piece) for piece in tables.rows(("number", "title", "body"), rows))
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.at_most(f"{size}: CSV of everything ({total / 1e6:,.0f} MB), growth", growth, 50, "MiB")


def ledger_check(url: str, slug: str, report: Report, size: str, entries: int) -> None:
    """``consulta ledger check`` as a process of its own."""
    import os

    env = {**os.environ, "CONSULTA_DATABASE_URL": url, "CONSULTA_SECRET_KEY": "k" * 40}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "ledger", "check", slug], env=env, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - begun
    peak = float(done.stderr.strip().splitlines()[-1]) / 1024
    report.add(f"{size}: ledger check passes", done.stdout.strip()[-40:], "ok", done.returncode == 0)
    report.at_most(f"{size}: ledger check of {entries:,} entries", took, 120, "s")
    report.at_most(f"{size}: ledger check, memory", peak, 200, "MiB")


PEAK = """
import resource, sys
from consulta.__main__ import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def imports(database: Database, url: str, view: ConsultationView, folder: Path, report: Report, size: str) -> None:
    """``consulta import opinions`` of 30,000 rows while submissions go on."""
    import os

    from benchmarks.fill import body

    file, count = folder / "import.csv", 30_000
    import random

    made, run = random.Random(7), time.time_ns()
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("id", "body", "created_at"))
        writer.writerows((f"{size}-{run}-{n}", body(made), "2026-01-05") for n in range(count))
    stop, sent = threading.Event(), [0]

    def people() -> None:
        while not stop.wait(0.02):
            submit(database, view, f"Mientras se importa, número {sent[0]}", f"{size}-{time.time_ns()}")
            sent[0] += 1

    thread = threading.Thread(target=people)
    thread.start()
    env = {**os.environ, "CONSULTA_DATABASE_URL": url, "CONSULTA_SECRET_KEY": "k" * 40}
    begun = time.perf_counter()
    command = [sys.executable, "-m", "consulta", "import", "opinions", str(file), "--consultation", view.slug]
    subprocess.run(command, env=env, check=True, capture_output=True)
    took = time.perf_counter() - begun
    stop.set()
    thread.join()
    report.at_least(f"{size}: import while {sent[0]} people submit", count / took, 3000, "rows/s")


def statements(database: Database, act: Callable[[], Any]) -> int:
    """How many SQL statements an act takes on the reading engine."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(database.read, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(database.read, "before_cursor_execute", note)
    return len(seen)
