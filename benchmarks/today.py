"""*Hoy* of a coordinator and of a moderator: how long it takes, and how many statements, with few and with many
contributions.

python -m benchmarks.today [--sizes 1000,1000000]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from consulta import Settings, create_app
from consulta.domain.management.waiting import MANY
from consulta.domain.results import figures
from consulta.models.accounts import RoleName

from . import fill, visitors

TIMES = 60


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,1000000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    took: dict[tuple[int, str], float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for size in sizes:
            folder = Path(temporary) / str(size)
            folder.mkdir()
            for role, seconds in _one(folder, size).items():
                took[size, role] = seconds
    for role in ("coordinator", "moderator"):
        ratio = took[sizes[-1], role] / took[sizes[0], role]
        verdict = "met   " if ratio <= 1.3 else "MISSED"
        print(f"{verdict}  {role}: {ratio:.2f} times its time at {sizes[0]:,}; budget 1.3 (counts stop at {MANY:,})")


def _one(folder: Path, size: int) -> dict[str, float]:
    app = create_app(Settings(f"sqlite:///{folder}/c.db", "k" * 40, folder, f"file://{folder}/mail"))
    database = app.extensions["database"]
    view = fill.prepare(database)
    for _ in fill.fill(database, view, size):
        pass
    with database.session(read_only=True) as db:
        waiting = sum(figures.waiting(db, view).values())
    found = {}
    for role in (RoleName.COORDINATOR, RoleName.MODERATOR):
        cookie = visitors.staff_cookie(app, database, view, role=role, email=f"{role.value}@equipo.example")
        seconds, statements = _asked(app, database, cookie, f"/gestion/{view.slug}")
        found[role.value] = seconds
        print(
            f"{size:,} contributions, {waiting:,} waiting, {role.value}: median {seconds * 1000:.1f} ms, "
            f"{statements} statements"
        )
    database.dispose()
    return found


def _asked(app: Any, database: Any, cookie: str, path: str) -> tuple[float, int]:
    seen: list[str] = []
    event.listen(database.read, "before_cursor_execute", lambda *args: seen.append(args[2]))
    times, client = [], app.test_client(use_cookies=False)
    for _ in range(TIMES):
        seen.clear()
        begun = time.perf_counter()
        answer = client.get(path, headers={"Cookie": cookie})
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status_code
    asked = [one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]
    return statistics.median(times), len(asked)


if __name__ == "__main__":
    main()
