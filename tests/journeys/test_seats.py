"""Two hundred at once for fifty seats: exactly fifty, and a line in order, whatever goes on meanwhile."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.forums import reading as forums
from consulta.domain.forums import registrations, seats, versions
from consulta.domain.forums.registrations import Group, Guest
from consulta.domain.ledger.log import By
from consulta.models.forums import Forum, Registration, Seat
from tests.support.consultations import said
from tests.support.forums import announce

CLIENTS, SEATS, ROUNDS = 200, 50, 5
WORKERS = 16
"""Threads that the clients share, as they share those of a server."""


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_never_oversold(database: Database, consultation: ConsultationView, now: datetime, turn: int) -> None:
    announce(database, consultation, now, capacity=SEATS)
    clients, failures = iter(range(CLIENTS)), list[BaseException]()
    taking = threading.Lock()

    def patiently(act: object, *given: object) -> None:
        """A full queue at SQLite's lock is answered 503 by the server, and the person tries again."""
        for _ in range(20):
            try:
                act(*given)  # type: ignore[operator]
                return
            except DBAPIError:
                time.sleep(0.05)

    def register(n: int) -> None:
        with database.transaction() as db:
            party = Group(guests=(Guest(f"Persona {n}"),))
            registrations.register(db, consultation, "foro", party, submission=f"k{n}", language="es", now=now)

    def give_back(n: int) -> None:
        with database.transaction() as db:
            one = registrations.registered(db, registrations.codes(f"k{n}", 1)[0])
            if one is not None and one.state in (Seat.CONFIRMED, Seat.WAITING):
                seats.cancel(db, consultation, one.id, now=now)

    def enlarge(capacity: int) -> None:
        with database.transaction() as db:
            forum = forums.one(db, consultation, "foro")
            data = forum.data.__class__(**{**forum.data.__dict__, "capacity": capacity})
            versions.publish(
                db,
                consultation,
                data,
                key="foro",
                seen=forum.version,
                reason=said("Cambia el salón: cabe más."),
                by=By(None, "equipo"),
                now=datetime.now(UTC),
            )

    def work(seed: int) -> None:
        made = random.Random(seed * 31 + turn)
        try:
            while True:
                with taking:
                    n = next(clients, None)
                if n is None:
                    return
                patiently(register, n)
                if made.random() < 0.2:
                    patiently(give_back, n)
                if n in (60, 120):
                    try:
                        enlarge(SEATS + n // 30)
                    except (Conflict, Invalid):
                        continue
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.session(read_only=True) as db:
        forum = db.execute(select(Forum)).scalar_one()
        rows = db.execute(select(Registration.place, Registration.state).order_by(Registration.place)).all()
        assert len(rows) == CLIENTS
        assert [place for place, _ in rows] == list(range(1, CLIENTS + 1))
        held = [place for place, state in rows if state is Seat.CONFIRMED]
        line = [place for place, state in rows if state is Seat.WAITING]
        assert len(held) == forum.confirmed == forum.capacity
        assert forum.capacity >= SEATS
        assert max(held) < min(line)
        assert check.check(db, consultation.log_id, consultation=consultation).faults == []
