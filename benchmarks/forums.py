"""Forums under a crowd: 200 people at once for 50 seats through the real server, with seats given back and capacity
changing; the door with 5,000 people, and what a device keeps of them; the weight of the registration's pages.

python -m benchmarks.forums [--rounds 20] [--databases sqlite,postgresql]
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import select

from consulta import Settings, create_app
from consulta.database.transactions import Database
from consulta.domain.attendance import devices
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import DomainError
from consulta.domain.forums import data as forum_data
from consulta.domain.forums import reading as forums
from consulta.domain.forums import registrations, seats, versions
from consulta.domain.forums.registrations import Group, Guest
from consulta.domain.ledger.log import By
from consulta.models.forums import ForumKind, Registration, Seat

from . import fill, server, visitors
from .report import Report

SECRET, CLIENTS, SEATS = "k" * 40, 200, 50


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--databases", default="sqlite,postgresql")
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for dialect in given.databases.split(","):
            sqlite = f"sqlite:///{folder}/forums.db"
            url = sqlite if dialect == "sqlite" else fill.postgres(folder, "forums", fresh=True)
            app = create_app(Settings(url, SECRET, folder, f"file://{folder}/mail"))
            database: Database = app.extensions["database"]
            view = fill.prepare(database)
            crowd(app, database, view, url, given.rounds, report, dialect)
            door(app, database, view, report, dialect)
            device(app, database, view, report, dialect)
            weight(app, report, dialect)
            database.dispose()
    print(f"\n{len(report.lines) - report.missed} met, {report.missed} missed")
    sys.exit(1 if report.missed else 0)


def announce(database: Database, view: ConsultationView, key: str, capacity: int) -> None:
    """A forum next week."""
    now = datetime.now(UTC)
    data = forum_data.ForumData(
        kind=ForumKind.FORUM,
        name={"es": f"Foro {key}"},
        starts_at=now + timedelta(days=7),
        capacity=capacity,
        ends_at=now + timedelta(days=7, hours=4),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=7),
        texts={"place": {"es": "Salón comunal"}},
    )
    with database.transaction() as db:
        versions.publish(db, view, data, key=key, seen=0, reason=None, by=By(None, "equipo"), now=now)


def crowd(
    app: Flask, database: Database, view: ConsultationView, url: str, rounds: int, report: Report, name: str
) -> None:
    """Everybody posts at the same moment; meanwhile seats are given back and the capacity changes."""
    statuses: Counter[int] = Counter()
    took: list[float] = []
    wrong = 0
    with server.serving(
        "wsgi:app", CONSULTA_DATABASE_URL=url, CONSULTA_SECRET_KEY=SECRET, CONSULTA_TRUSTED_PROXIES="1"
    ):
        for turn in range(rounds):
            announce(database, view, f"r{turn}", SEATS - 10)
            _round(app, database, view, f"r{turn}", statuses, took)
            wrong += not _sound(database, view, f"r{turn}")
    with database.session(read_only=True) as db:
        faults = check.check(db, view.log_id, consultation=view).faults
    report.at_most(f"{name}: rounds of {CLIENTS} for {SEATS} seats that went wrong, of {rounds}", wrong, 0, "")
    others = sum(n for status, n in statuses.items() if status != 303)
    report.at_most(f"{name}: answers that were no redirect to a code", others, 0, "")
    report.at_most(f"{name}: answers of the server, 5xx of {sum(statuses.values()):,}", _failed(statuses), 0, "")
    report.at_most(f"{name}: slowest of them", max(took), 5, "s")
    report.add(f"{name}: ledger after all rounds", f"{len(faults)} faults", "none", not faults)


def _failed(statuses: Counter[int]) -> int:
    return sum(n for status, n in statuses.items() if status >= 500)


def _round(
    app: Flask, database: Database, view: ConsultationView, key: str, statuses: Counter[int], took: list[float]
) -> None:
    cookie, token = visitors.form_session(app)
    signer = TimestampSigner(SECRET, salt="submission")
    keys = [secrets.token_hex(16) for _ in range(CLIENTS)]
    barrier, lock = threading.Barrier(CLIENTS), threading.Lock()

    def post(n: int) -> None:
        body = urlencode(
            {
                "csrf_token": token,
                "submission": signer.sign(keys[n]).decode(),
                "people": "1",
                "name-1": f"Persona {n}",
            }
        )
        headers = {
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{key[1:]}.{n // 250}.{n % 250}",  # from one address only so many may register
        }
        barrier.wait()
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.PORT, timeout=60)
        connection.request("POST", f"/consultas/{view.slug}/foros/{key}/inscripcion", body, headers)
        status = connection.getresponse().status
        with lock:
            statuses[status] += 1
            took.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=post, args=(n,)) for n in range(CLIENTS)]
    threads.append(threading.Thread(target=_meanwhile, args=(database, view, key, keys)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _meanwhile(database: Database, view: ConsultationView, key: str, keys: list[str]) -> None:
    """Twenty people give their seats back, and the capacity grows by ten."""
    made, now = random.Random(key), datetime.now(UTC)
    for step, n in enumerate(made.sample(range(CLIENTS), 20)):
        time.sleep(0.01)
        with database.transaction() as db:
            one = registrations.registered(db, registrations.codes(keys[n], 1)[0])
            if one is not None and one.state in (Seat.CONFIRMED, Seat.WAITING):
                seats.cancel(db, view, one.id, now=now)
        if step == 10:
            with database.transaction() as db:
                forum = forums.one(db, view, key)
                larger, reason = replace(forum.data, capacity=SEATS), {"es": "Cabe más gente en el salón."}
                try:
                    versions.publish(
                        db, view, larger, key=key, seen=forum.version, reason=reason, by=By(None, "equipo"), now=now
                    )
                except DomainError as error:
                    raise RuntimeError(str(error)) from error


def _sound(database: Database, view: ConsultationView, key: str) -> bool:
    """Exactly fifty, and nobody who waits came before anybody who has a seat."""
    with database.session(read_only=True) as db:
        forum = forums.one(db, view, key)
        query = select(Registration.place, Registration.state).where(Registration.forum_id == forum.id)
        rows = db.execute(query).all()
    held = [place for place, state in rows if state is Seat.CONFIRMED]
    line = [place for place, state in rows if state is Seat.WAITING]
    return len(rows) == CLIENTS and len(held) == forum.confirmed == SEATS and max(held) < min(line)


def door(app: Flask, database: Database, view: ConsultationView, report: Report, name: str) -> None:
    """The page at the door, finding one person by part of the name among 5,000 people and among 50."""
    client, took = app.test_client(), {}
    client.set_cookie("session", visitors.coordinator_cookie(app, database, view).partition("=")[2])
    for size in (50, 5000):
        key, now = f"puerta{size}", datetime.now(UTC)
        announce(database, view, key, size)
        for first in range(0, size, 10):
            guests = tuple(Guest(f"{random.choice(fill.WORDS)} Persona {n:04}") for n in range(first, first + 10))
            with database.transaction() as db:
                registrations.register(
                    db, view, key, Group(guests), submission=f"{key}-{first}", language="es", now=now
                )
        with client.session_transaction() as session:
            session["doors"] = {f"{view.slug}/{key}": int(time.time())}
        path = f"/gestion/{view.slug}/foros/{key}/puerta?q=persona+0033"
        took[size] = statistics.median(_timed(client, path))
    slower, page = took[5000] / took[50], took[5000] * 1000
    report.at_most(f"{name}: search at the door, 5,000 people ({page:.1f} ms)", slower, 2, "times")


def device(app: Flask, database: Database, view: ConsultationView, report: Report, name: str) -> None:
    """What the door without internet keeps of 5,000 people: the roster as it is encrypted, page, scripts and style."""
    with database.session(read_only=True) as db:
        people = devices.roster(db, forums.one(db, view, "puerta5000"))
    roster = len(json.dumps(people, ensure_ascii=False, separators=(",", ":")).encode()) + 28
    static = Path(app.root_path) / "static"
    files = sum((static / part).stat().st_size for part in ("door.js", "door-vault.js", "door-worker.js", "style.css"))
    client = app.test_client()
    client.set_cookie("session", visitors.coordinator_cookie(app, database, view).partition("=")[2])
    page = len(client.get(f"/gestion/{view.slug}/foros/puerta5000/sin-internet").data)
    size, kept = (roster + files + page) / 1000, len(people)
    report.at_most(f"{name}: {kept:,} people on a device (roster {roster / 1000:.0f} KB)", size, 1000, "KB")


def _timed(client: FlaskClient, path: str, times: int = 100) -> list[float]:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        if client.get(path).status_code != 200:
            raise RuntimeError(path)
        found.append(time.perf_counter() - begun)
    return found


def weight(app: Flask, report: Report, name: str) -> None:
    """The form and the codes of a family of four, compressed, each with the stylesheet."""
    client, key = app.test_client(), "r0"
    path = f"/consultas/medida/foros/{key}/inscripcion"
    page = client.get(path).get_data(as_text=True)
    token, submission = (
        page.split(f'name="{field}" value="')[1].split('"')[0] for field in ("csrf_token", "submission")
    )
    names = {f"name-{n}": f"Persona {n}" for n in range(1, 5)}
    client.post(path, data={"csrf_token": token, "submission": submission, "people": "4", **names})
    style = len(gzip.compress((Path(app.root_path) / "static" / "style.css").read_bytes()))
    for what, tail in (("form", path), ("confirmation of four", f"/consultas/medida/foros/{key}/comprobante")):
        size = len(client.get(tail, headers={"Accept-Encoding": "gzip"}).data) + style
        report.at_most(f"{name}: registration, {what} with its stylesheet", size / 1000, 15, "KB")


if __name__ == "__main__":
    main()
