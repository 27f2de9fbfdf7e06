"""A minute of 32 threads that submit, decide and withdraw against PostgreSQL: nothing lost or doubled."""

from __future__ import annotations

import itertools
import random
import threading
import time
from datetime import UTC, datetime

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.audit import check
from consulta.domain.authors import rights
from consulta.domain.errors import DomainError
from consulta.domain.moderation import decisions, items, leases
from consulta.domain.results import figures
from consulta.models.moderation import Verdict
from tests.support.contributions import submit
from tests.support.people import staff

from . import fill
from .report import Report

THREADS = 32


def minute(url: str, report: Report, *, seconds: int) -> None:
    """Run them and then look at the ledger."""
    database = Database(url)
    view = fill.prepare(database)
    accounts = [staff(database, view, f"m{n}@equipo.example") for n in range(4)]
    counter, stop, folios, done = itertools.count(), time.monotonic() + seconds, [], [0, 0, 0]
    lock = threading.Lock()

    def act(seed: int) -> None:
        made = random.Random(seed)
        while time.monotonic() < stop:
            what = made.random()
            try:
                if what < 0.5:
                    key = f"crowd-{seed}-{next(counter)}"
                    submit(database, view, "Entre muchas personas a la vez", key)
                    with lock:
                        folios.append(codes.folio_of(key))
                    done[0] += 1
                elif what < 0.85:
                    with database.transaction() as db:
                        number = leases.open_next(
                            db, view, scope=None, by=by(db, view, made.choice(accounts)), now=datetime.now(UTC)
                        )
                        if number:
                            account = made.choice(accounts)
                            item = items.item(db, view, number, account_id=account, now=datetime.now(UTC))
                            decisions.decide(
                                db,
                                consultation=view,
                                number=number,
                                verdict=Verdict.PUBLISH,
                                reason_code=None,
                                note=None,
                                ordinal=item.ordinal,
                                by=by(db, view, account),
                                now=datetime.now(UTC),
                            )
                            done[1] += 1
                else:
                    with lock:
                        folio = folios.pop() if folios else None
                    if folio:
                        with database.transaction() as db:
                            rights.withdraw(db, folio, now=datetime.now(UTC))
                        done[2] += 1
            except DomainError:
                continue

    threads = [threading.Thread(target=act, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session(read_only=True) as db:
        faults = check.check(db, view.log_id, consultation=view).faults
        received = figures.live(db, view).received
    database.dispose()
    figure = f"{done[0]:,}+{done[1]:,}+{done[2]:,}"
    report.add("32 threads against PostgreSQL: submitted+decided+withdrawn", figure, "ledger sound", not faults)
    report.add("32 threads: received in the figures", f"{received:,}", f"{done[0]:,}", received == done[0])
