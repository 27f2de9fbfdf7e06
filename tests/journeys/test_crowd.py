"""Many at once, with real threads against PostgreSQL, and a worker that is killed: nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.audit import check
from consulta.domain.authors import rights
from consulta.domain.comments import flags, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import submission
from consulta.domain.errors import DomainError
from consulta.domain.ledger import log
from consulta.domain.moderation import decisions, items, queue
from consulta.domain.results import figures
from consulta.models.comments import Ground
from consulta.models.contributions import Contribution, Status
from consulta.models.moderation import Decision, Verdict
from tests.support.contributions import admit, comment, send, submit
from tests.support.people import staff
from tests.support.servers import free_port
from tests.support.visitor import Visitor

ROOT = Path(__file__).parents[2]
THREADS, EACH = 32, 12


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_32_threads_submit_decide_and_withdraw(database: Database, consultation: ConsultationView) -> None:
    accounts = [staff(database, consultation, f"m{n}@equipo.example") for n in range(4)]
    failures: list[BaseException] = []
    decided: list[tuple[int, int]] = []

    def act(seed: int) -> None:
        made = random.Random(seed)
        try:
            for turn in range(EACH):
                key = f"{seed}-{turn}"
                way = send if turn % 2 else submit  # stored with the commit, or before it: the locks must agree
                way(database, consultation, f"Opinión {key} entre muchas", key)
                attempt(made, key)
        except BaseException as error:
            failures.append(error)

    def attempt(made: random.Random, key: str) -> None:
        account, now = made.choice(accounts), datetime.now(UTC)
        try:
            if made.random() < 0.3:
                with database.transaction() as db:
                    rights.withdraw(db, codes.folio_of(key), now=now)
            else:
                with database.session(read_only=True) as db:
                    waiting = queue.queue(db, consultation, scope=None, now=now, limit=5)
                row = made.choice(waiting)
                with database.transaction() as db:
                    item = items.item(db, consultation, row.number, account_id=account, now=now)
                    decisions.decide(
                        db,
                        consultation=consultation,
                        number=row.number,
                        verdict=Verdict.PUBLISH,
                        reason_code=None,
                        note=None,
                        ordinal=0,
                        by=by(db, consultation, account),
                        now=now,
                    )
                decided.append((row.number, item.ordinal))
        except (DomainError, IndexError):
            return

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.session(read_only=True) as db:
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []
        assert figures.live(db, consultation).received == THREADS * EACH
        numbers = db.execute(select(Contribution.number).order_by(Contribution.number)).scalars().all()
        assert list(numbers) == list(range(1, THREADS * EACH + 1))
        assert db.execute(select(func.count()).select_from(Decision)).scalar_one() == len(decided)
        positions = [line.position for line in log.entries(db, consultation.log_id)]
    assert len({number for number, _ in decided}) == len(decided)
    assert positions == list(range(1, len(positions) + 1))


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_threads_comment_reply_support_report_decide_and_withdraw(
    database: Database, consultation: ConsultationView
) -> None:
    accounts = [staff(database, consultation, f"m{n}@equipo.example") for n in range(4)]
    admit(database, consultation, "Lo que todos comentan", status=Status.PUBLISHED, theme="tema-1")
    comment(database, consultation, "El comentario que todos responden", on=1)
    failures: list[BaseException] = []

    def act(seed: int) -> None:
        made = random.Random(seed)
        for turn in range(EACH):
            key, number = f"{seed}-{turn}", made.randint(2, 2 + seed + turn)
            acts: list[Callable[[], object]] = [
                lambda key=key: comment(database, consultation, f"Respuesta {key}", on=2, key=key),  # type: ignore[misc]
                lambda number=number, seed=seed: _support(database, consultation, number, seed),  # type: ignore[misc]
                lambda key=key, number=number: _report(database, consultation, number, key),  # type: ignore[misc]
                lambda made=made, number=number: _decide(database, consultation, made, accounts, number),  # type: ignore[misc]
                lambda key=key: _withdraw(database, key),  # type: ignore[misc]
            ]
            for one in acts:
                try:
                    one()
                except DomainError:
                    continue
                except BaseException as error:
                    failures.append(error)

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.session(read_only=True) as db:
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []


def _support(database: Database, view: ConsultationView, number: int, seed: int) -> None:
    with database.transaction() as db:
        supports.give(db, view, number, who=supports.by_account(seed), secret="s", now=datetime.now(UTC))


def _report(database: Database, view: ConsultationView, number: int, key: str) -> None:
    said, now = flags.Flag(number, Ground.OTHER), datetime.now(UTC)
    with database.transaction() as db:
        flags.file(db, consultation=view, said=said, submission=f"r{key}", held_cause=None, now=now)


def _decide(database: Database, view: ConsultationView, made: random.Random, accounts: list[int], number: int) -> None:
    account, now = made.choice(accounts), datetime.now(UTC)
    with database.transaction() as db:
        item = items.item(db, view, number, account_id=account, now=now)
        decisions.decide(
            db,
            consultation=view,
            number=number,
            verdict=made.choice(list(Verdict)),
            reason_code="off-topic",
            note=None,
            ordinal=item.ordinal,
            by=by(db, view, account),
            now=now,
        )


def _withdraw(database: Database, key: str) -> None:
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of(key), now=datetime.now(UTC))


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("way", [submit, send])
def test_the_same_key_from_many_threads_is_one_contribution(
    database: Database, consultation: ConsultationView, way: Callable[..., object]
) -> None:
    outcomes: list[str] = []

    def give() -> None:
        try:
            way(database, consultation, "La misma, muchas veces", "one-key")
            outcomes.append("stored")
        except DomainError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=give) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["AlreadyReceived"] * 15 + ["stored"]


@pytest.fixture
def served(url: str, tmp_path: Path, consultation: ConsultationView) -> Iterator[tuple[str, int]]:
    """Gunicorn on the test's database: its address and the master's process id."""
    port = free_port()
    env = {
        **os.environ,
        "CONSULTA_DATABASE_URL": url,
        "CONSULTA_SECRET_KEY": "k" * 40,
        "CONSULTA_INSTANCE": str(tmp_path),
        "CONSULTA_BIND": f"127.0.0.1:{port}",
        "CONSULTA_LOG_LEVEL": "critical",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/salud", timeout=2).read()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/consultas/{consultation.slug}", server.pid
    server.terminate()
    server.wait(timeout=30)


class Citizen:
    """Somebody with cookies who sends opinions over HTTP and writes down every code that was acknowledged."""

    def __init__(self, address: str) -> None:
        self.address, self.folios = address, []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def give(self, body: str) -> None:
        """One opinion; a connection that breaks is no acknowledgement."""
        try:
            page = self.opener.open(f"{self.address}/opinar", timeout=10).read().decode()
            fields = {name: Visitor.hidden(page, name) for name in ("csrf_token", "submission")}
            data = urlencode({**fields, "body": body}).encode()
            receipt = self.opener.open(f"{self.address}/opinar", data, timeout=10).read().decode()
            self.folios.append(re.search(r'id="folio"[^>]*>([^<]+)', receipt)[1])  # type: ignore[index]
        except (OSError, HTTPException, TypeError, AssertionError):
            return


def test_200_kills_of_a_worker_lose_no_acknowledged_receipt(
    database: Database, consultation: ConsultationView, served: tuple[str, int]
) -> None:
    address, master = served
    stop = threading.Event()
    citizens = [Citizen(address) for _ in range(4)]

    def write(citizen: Citizen) -> None:
        count = 0
        while not stop.is_set():
            citizen.give(f"Opinión {count} de alguien que insiste")
            count += 1

    threads = [threading.Thread(target=write, args=(citizen,)) for citizen in citizens]
    for thread in threads:
        thread.start()
    killed = 0
    while killed < 200:
        for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split():
            with suppress(ProcessLookupError):  # it may have ended by itself since it was listed
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
        time.sleep(0.12)
    stop.set()
    for thread in threads:
        thread.join()
    folios = [folio for citizen in citizens for folio in citizen.folios]
    with database.session(read_only=True) as db:
        assert all(submission.receipt(db, folio) is not None for folio in folios)
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []
        stored = db.execute(select(func.count()).select_from(Contribution.__table__)).scalar_one()
    assert 0 < len(set(folios)) <= stored
