"""python -m benchmarks.move [--size 100000]: from SQLite to PostgreSQL, checked by the ledger, with equal figures."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from consulta.backups import restoring
from consulta.database.transactions import Database
from consulta.domain.results import figures

from . import fill
from .report import Report


def main() -> None:
    """Fill, move, compare."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.move", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    size, report = parser.parse_args().size, Report()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # the database's own user must reach its folder
        source = Database(f"sqlite:///{folder}/origen.db")
        view = fill.prepare(source)
        for _ in fill.fill(source, view, size):
            pass
        target = Database(fill.postgres(folder, "destino"))
        began = time.perf_counter()
        reports = restoring.move(source, target)
        took = time.perf_counter() - began
        faults = [fault for one in reports for fault in one.faults]
        report.add(f"{size:,} moved and checked in {took:.1f} s", str(faults[:1] or "ok"), "ok", not faults)
        tallies = []
        for database in (source, target):
            with database.session(read_only=True) as db:
                tallies.append(figures.tally(db, view, today=view.today(datetime.now(UTC))))
            database.dispose()
        equal = tallies[0] == tallies[1]
        report.add("tally on both sides", "equal" if equal else "different", "equal", equal)
    sys.exit(1 if report.missed else 0)


if __name__ == "__main__":
    main()
