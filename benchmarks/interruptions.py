"""Workers killed, a full disk, a database that hangs or is lost, also at the very COMMIT, while opinions are sent.

python -m benchmarks.interruptions [--count 50000] [--databases sqlite,postgresql]

It counts what was acknowledged and is not there, what is there twice, and every answer that was not true: an opinion
that was said not to be kept and is, an error without the text, or another answer than 303, 503 and a broken connection.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import random
import re
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from itsdangerous import TimestampSigner

from consulta import Settings, create_app
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from tests.support.cables import Cable
from tests.support.contributions import stored

from . import fill, server, visitors

CITIZENS, SECRET = 8, "k" * 40
KEPT, DENIED, UNKNOWN = "acknowledged", "said not to be kept", "nobody knows"
DOUBT = re.compile(r'<strong class="folio">([^<]+)</strong>')


def main() -> None:
    """Serve each database, interrupt, send, look."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    given = parser.parse_args()
    dialects = given.databases.split(",")
    with tempfile.TemporaryDirectory() as temporary:
        faults = sum(_one(dialect, Path(temporary), given.count // len(dialects)) for dialect in dialects)
    sys.exit(1 if faults else 0)


def _one(dialect: str, folder: Path, count: int) -> int:
    on_postgres = dialect == "postgresql"
    url = fill.postgres(folder, "interrupted", fresh=True) if on_postgres else f"sqlite:///{folder}/c.db"
    database = Database(url)
    view = fill.prepare(database)
    cable = Cable(url, folder / "cable") if on_postgres else None
    environ = {
        "CONSULTA_DATABASE_URL": cable.url if cable else url,
        "CONSULTA_SECRET_KEY": SECRET,
        "CONSULTA_INSTANCE": str(folder / dialect),
        "CONSULTA_LOG_LEVEL": "critical",
    }
    app = create_app(Settings(url, SECRET, folder / dialect, f"file://{folder}/mail"))
    begun = time.monotonic()
    with server.serving("wsgi:app", **environ) as master:
        acts = [lambda: killed(master), *(_of_cable(cable) if cable else [lambda: full(master)])]
        crowd = Crowd(visitors.form_session(app), view, app.config["SECRET_KEY"], count)
        interrupted = crowd.run(acts)
        if cable:
            cable.pull()
    took = time.monotonic() - begun
    faults = crowd.faults + _look(database, view, crowd.said)
    print(
        f"{dialect}: {count:,} opinions in {took:.0f} s, {sum(interrupted.values()):,} interruptions", dict(interrupted)
    )
    print("  the last answer of each:", dict(Counter(crowd.said.values())), "; answers:", dict(crowd.answers))
    for fault, number in Counter(faults).items():
        print(f"  {number:,} x {fault}")
    print(f"  {'MISSED' if faults else 'met   '}: 0 lost, 0 doubled, 0 untrue answers")
    database.dispose()
    return len(faults)


class Crowd:
    """People who send opinions; half of them insist with the same form until one is acknowledged.

    ``said``: of each key, the last that was answered about it."""

    def __init__(self, session: tuple[str, str], view: ConsultationView, secret: str, count: int) -> None:
        self._cookie, self._token = session
        self._path, self._signer = f"/consultas/{view.slug}/opinar", TimestampSigner(secret, salt="submission")
        self._numbers = iter(range(count))
        self._lock = threading.Lock()
        self.said: dict[str, str] = {}
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []

    def run(self, acts: list[Callable[[], str]]) -> Counter[str]:
        """Send everything, while one act after the other is done; how often each was."""
        threads = [threading.Thread(target=self._write) for _ in range(CITIZENS)]
        for thread in threads:
            thread.start()
        done: Counter[str] = Counter()
        for act in itertools.cycle(acts):
            if not any(thread.is_alive() for thread in threads):
                return done
            done[act()] += 1
            time.sleep(random.uniform(1, 4))
        return done

    def _write(self) -> None:
        while True:
            with self._lock:
                n = next(self._numbers, None)
            if n is None:
                return
            key, insists = f"{n:032x}", n % 2 == 0
            said = self._send(key)
            while insists and said != KEPT:
                time.sleep(0.05)
                said = self._send(key)

    def _send(self, key: str) -> str:
        text = words(key)
        form = {"csrf_token": self._token, "submission": self._signer.sign(key).decode(), "body": text}
        head = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", server.PORT, timeout=30)
        try:
            connection.request("POST", self._path, urlencode(form), head)
            answer = connection.getresponse()
            status, page = answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            status, page = 0, ""
        connection.close()
        said = self._read(status, page, key, text)
        # What was acknowledged once stays acknowledged; what was left in doubt once is not undone by a later "no".
        earlier = self.said.get(key)
        self.said[key] = said if earlier is None or said == KEPT or earlier == DENIED else earlier
        self.answers[str(status or "broken")] += 1
        return said

    def _read(self, status: int, page: str, key: str, text: str) -> str:
        if status == 303:
            return KEPT
        if status == 0:
            return UNKNOWN
        if status != 503:
            self.faults.append(f"answered with {status}")
        elif text not in page:
            self.faults.append("an error without the text")
        elif "No se guardó nada" in page:
            return DENIED
        elif "No sabemos si se guardó" not in page or DOUBT.findall(page) != [codes.folio_of(key)]:
            self.faults.append("an error that says neither, or another code")
        return UNKNOWN


def words(key: str) -> str:
    """What is sent with a key: no two are alike."""
    return f"Opinión {key} que no se puede perder"


def killed(master: int) -> str:
    """Kill the workers."""
    for pid in server.workers(master):
        with suppress(ProcessLookupError):  # it may have ended by itself since it was listed
            os.kill(int(pid), signal.SIGKILL)
    return "kill"


def full(master: int) -> str:
    """For half a second no file of the workers can grow: what is written then fails, as on a full disk."""
    for limit in (4096, resource.RLIM_INFINITY):
        for pid in server.workers(master):
            with suppress(ProcessLookupError):
                resource.prlimit(int(pid), resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        time.sleep(0.5)
    return "full disk"


def _of_cable(cable: Cable) -> list[Callable[[], str]]:
    def pulled() -> str:
        cable.pull()
        time.sleep(0.5)
        cable.up()
        return "lost"

    def held() -> str:
        cable.hold()
        time.sleep(6)
        cable.let_go()
        return "hung"

    def at_commit(moment: str) -> Callable[[], str]:
        def act() -> str:
            cable.at_commit = moment
            time.sleep(6 if moment == "held" else 0.2)
            cable.let_go()
            return f"{moment} at COMMIT"

        return act

    often = [at_commit("unsent"), at_commit("lost"), pulled] * 5
    return [*often, held, at_commit("held")]


def _look(database: Database, view: ConsultationView, said: dict[str, str]) -> list[str]:
    found = Counter(stored(database))
    with database.session(read_only=True) as db:
        faults = [f"the ledger: {fault}" for fault in check.check(db, view.log_id, consultation=view).faults]
    for key, last in said.items():
        there = found[words(key)]
        if there > 1:
            faults.append("there twice")
        if last == KEPT and not there:
            faults.append("acknowledged and not there")
        if last == DENIED and there:
            faults.append("said not to be kept, and kept")
    return faults


if __name__ == "__main__":
    main()
