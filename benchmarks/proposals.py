"""Proposals and comments under load: similar ones among 5,000, the list, a long proposal with 2,000 comments against a
short one with 20, documents, the weight of pages.

python -m benchmarks.proposals [--databases sqlite,postgresql] [--count 5000]
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from consulta import Settings, create_app
from consulta.database.transactions import Database
from consulta.documents import sheet_content
from consulta.documents import sheets as document_sheets
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, similar
from consulta.domain.contributions.incoming import Admission
from consulta.domain.contributions.targets import Target
from consulta.domain.ledger import actions, log
from consulta.domain.proposals import sending
from consulta.domain.sheets import store
from consulta.domain.sheets.sheet import Generation, Line, Milestone, Sheet
from consulta.models.contributions import Channel, Kind, Status

from . import fill
from .report import Report

SECRET, PIECE = "k" * 40, 50


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--count", type=int, default=5_000)
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for dialect in given.databases.split(","):
            sqlite = f"sqlite:///{folder}/proposals.db"
            url = sqlite if dialect == "sqlite" else fill.postgres(folder, "proposals", fresh=True)
            app = create_app(Settings(url, SECRET, folder, f"file://{folder}/mail"))
            database: Database = app.extensions["database"]
            view = fill.prepare(database)
            small = _list_time(app, database, view, 50)
            large = _list_time(app, database, view, given.count - 50)
            report.at_most(f"{dialect}: list of {given.count:,} ({large * 1000:.1f} ms)", large / small, 1.3, "times")
            hint = _hint(database, view)
            report.at_most(f"{dialect}: similar among {given.count:,} of 3,000 characters", hint, 0.1, "s")
            _long(app, database, view, report, dialect)
            with database.session(read_only=True) as db:
                faults = check.check(db, view.log_id, consultation=view).faults
            report.at_most(f"{dialect}: ledger check finds", len(faults), 0, "faults")
            database.dispose()
    _documents(report)
    print(f"\n{len(report.lines) - report.missed} met, {report.missed} missed")
    sys.exit(1 if report.missed else 0)


def _sheet(goals: int, characters: int) -> Sheet:
    def words(limit: int) -> str:
        said = ""
        while len(said) < limit:
            said += random.choice(fill.WORDS) + " "
        return said.strip()

    part = characters // 5
    return Sheet(
        title=words(80),
        theme=None,
        problem=words(part),
        objective=words(part),
        action=words(part),
        relevance=words(part),
        ambition=words(part),
        leads=(Line("MINFIN", "MINFIN"),),
        milestones=tuple(
            Milestone(f"m{n}", words(110), number=n, number_text=f"{n}.", position=n, start="2027-01", end="2027-06")
            for n in range(1, goals + 1)
        ),
    )


def _publish(db: Session, view: ConsultationView, sheets: list[Sheet], now: datetime) -> list[tuple[int, int]]:
    """Published proposals with these sheets, as if sent and decided; their ids and numbers."""
    incoming, versions = [], []
    for sheet in sheets:
        sheet_id, version_id = store.create(db, view, sheet, now=now)
        versions.append(version_id)
        child = {"sheet_id": sheet_id, "organization_id": None, "unrelated": None, "withdrawal": None}
        incoming.append(
            Admission(
                kind=Kind.PROPOSAL,
                channel=Channel.WEB,
                status=Status.PUBLISHED,
                theme=view.themes[0],
                title=sheet.title,
                body=sending.in_words(sheet),
                received_on=view.today(now),
                child=child,
            )
        )
    made = admission.admit(db, view, incoming, today=view.today(now), actor=log.PUBLIC)
    for one, version_id in zip(made, versions, strict=True):
        stored = sending.stored(db, view, version_id)
        salt = sending.salt_of(db, version_id)
        similar.refresh(db, view.id, one.id)
        log.note(
            db,
            view,
            actor=log.PUBLIC,
            action=actions.Action.PROPOSAL_VERSION,
            subject=f"proposal/{one.number}@1",
            recorded=view.today(now),
            payload={
                "organization": None,
                "sponsors": [],
                "answers": [],
                "commitments": sending.committed(salt, stored, None, {}),
            },
        )
    return [(one.id, one.number) for one in made]


def _list_time(app: Flask, database: Database, view: ConsultationView, more: int) -> float:
    now = datetime.now(UTC)
    for at in range(0, more, PIECE):
        with database.transaction() as db:
            _publish(db, view, [_sheet(3, 3_000) for _ in range(min(PIECE, more - at))], now)
    return _timed(app.test_client(), f"/consultas/{view.slug}/propuestas")


def _timed(client: FlaskClient, path: str, times: int = 60) -> float:
    """The median time of a page that was not kept."""
    found = []
    for n in range(times):
        begun = time.perf_counter()
        answer = client.get(f"{path}?x={n}")
        found.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(path)
    return statistics.median(found)


def _hint(database: Database, view: ConsultationView) -> float:
    found = []
    with database.session(read_only=True) as db:
        for _ in range(20):
            sheet = _sheet(0, 3_000)
            begun = time.perf_counter()
            similar.find(db, view, sheet, except_=None)
            found.append(time.perf_counter() - begun)
    return max(found)


def _long(app: Flask, database: Database, view: ConsultationView, report: Report, name: str) -> None:
    now, took = datetime.now(UTC), {}
    for goals, comments in ((3, 20), (30, 2_000)):
        with database.transaction() as db:
            [(id_, number)] = _publish(db, view, [_sheet(goals, 3_000)], now)
        target = Target(contribution_id=id_, number=number)
        for at in range(0, comments, 200):
            with database.transaction() as db:
                said = [
                    Admission(
                        kind=Kind.COMMENT,
                        channel=Channel.WEB,
                        status=Status.PUBLISHED,
                        theme=view.themes[0],
                        body=f"Comentario {n} con unas cuantas palabras más.",
                        received_on=view.today(now),
                        on=target,
                    )
                    for n in range(at, min(at + 200, comments))
                ]
                admission.admit(db, view, said, today=view.today(now), actor=log.PUBLIC)
        client, path = app.test_client(), f"/consultas/{view.slug}/propuestas/{number}"
        took[goals] = _timed(client, path)
        size = len(client.get(path, headers={"Accept-Encoding": "gzip"}).data)
        style = len(gzip.compress((Path(app.root_path) / "static" / "style.css").read_bytes()))
        budget = 15 if goals == 3 else 30
        report.at_most(
            f"{name}: proposal of {goals} milestones, {comments:,} comments, with its stylesheet",
            (size + style) / 1000,
            budget,
            "KB",
        )
    said = f"{name}: 30 milestones and 2,000 comments ({took[30] * 1000:.1f} ms) against 3 and 20"
    report.at_most(said, took[30] / took[3], 1.3, "times")


def _documents(report: Report) -> None:
    pages = [sheet_content.Page(sheet=_sheet(6, 3_000), generation=Generation.A, number=n) for n in range(100)]
    for what, write in (("DOCX", document_sheets.docx), ("PDF", document_sheets.pdf)):
        write(pages[:1])
        for count, budget in ((1, 0.5), (100, 10.0)):
            begun = time.perf_counter()
            write(pages[:count], title="Propuestas")
            report.at_most(f"{what} of {count}", time.perf_counter() - begun, budget, "s")
    own, children = (
        resource.getrusage(who).ru_maxrss / 1000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    report.at_most(
        f"memory of this program and of the one that typesets ({children:.0f} MB)", max(own, children), 300, "MB"
    )


if __name__ == "__main__":
    main()
