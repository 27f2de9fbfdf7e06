"""The figures beside the queue: each is the rows that its link leads to, whatever has happened to them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from html import unescape

import pytest
from flask import Flask

from consulta.database import schema
from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission
from consulta.domain.contributions.incoming import Admission
from consulta.domain.ledger import log
from consulta.domain.results import figures
from consulta.models.contributions import Channel, Kind, Status
from consulta.models.moderation import Verdict
from tests.domain.comments.test_flags import report
from tests.support.audits import sound
from tests.support.contributions import admit, comment, submit
from tests.support.moderation import decide
from tests.support.people import moderator, staff
from tests.support.visitor import Visitor

DESK = "/moderacion/prueba"
LINK = re.compile(r'<li><a href="([^"]+)"[^>]*>\s*<span>([^<]+)</span><span>([\d,]+)</span>')


@pytest.fixture
def full(database: Database, consultation: ConsultationView, now: datetime) -> ConsultationView:
    """Opinions of three themes and of none, on paper too; two decided, one withdrawn, one comment reported."""
    who = staff(database, consultation, "eva@equipo.example")
    for theme, count in (("tema-1", 4), ("tema-2", 3), (None, 2)):
        admit(database, consultation, *[f"Uno de {theme}: el número {n}" for n in range(count)], theme=theme)
    today = consultation.today(now)
    paper = Admission(kind=Kind.OPINION, channel=Channel.PAPER, status=Status.RECEIVED,
                      theme=consultation.theme("tema-1"), body="En una hoja", received_on=today)  # fmt: skip
    with database.transaction() as db:
        admission.admit(
            db, consultation, [paper, replace(paper, theme=None, body="Otra")], today=today, actor=log.PUBLIC
        )
    decide(database, consultation, who, 1)
    decide(database, consultation, who, 5, verdict=Verdict.REJECT, reason="personal-data", note="Da un teléfono")
    admit(database, consultation, "Se ve ya y falta mirarlo", status=Status.PUBLISHED, theme="tema-3")
    [said] = comment(database, consultation, "Doña Eva tiene la culpa", on=1)
    decide(database, consultation, who, said.number)
    report(database, consultation, said.number, now)
    submit(database, consultation, "Lo retiro después", "código-uno", department="16")
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("código-uno"), now=now)
    return consultation


def rows(person: Visitor, path: str) -> int:
    """How many rows the queue has at an address, all of its pages."""
    found = 0
    while path:
        page = person.get(path).text
        found += len(re.findall(r'data-contribution="\d+"', page))
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(more[1]) if more else ""
    return found


def links(person: Visitor, path: str = DESK) -> list[tuple[str, str, int]]:
    """Address, name and figure of each filter beside the queue."""
    return [(unescape(a), name, int(n.replace(",", ""))) for a, name, n in LINK.findall(person.get(path).text)]


def test_each_figure_is_the_rows_behind_it(app: Flask, database: Database, full: ConsultationView) -> None:
    ana = moderator(app, database, full)
    found = links(ana)
    assert {name: n for _, name, n in found}["Todo lo pendiente"] == 11
    assert [(name, rows(ana, address)) for address, name, _ in found] == [(name, n) for _, name, n in found]
    for narrowed in ("?theme=tema-1", "?theme=", "?channel=paper", "?channel=web&theme=tema-1"):
        assert all(rows(ana, address) == n for address, _, n in links(ana, DESK + narrowed)), narrowed
    sound(database)


def test_a_moderator_of_two_themes_counts_those_and_what_has_none(
    app: Flask, database: Database, full: ConsultationView
) -> None:
    staff(database, full, "beto@equipo.example", themes=("tema-1", "tema-3"))
    beto = Visitor(app)
    beto.sign_in("beto@equipo.example")
    found = links(beto)
    assert [name for _, name, _ in found][:4] == ["Todo lo pendiente", "Tema 1", "Tema 3", "Sin tema todavía"]
    assert found[0][2] == rows(beto, DESK) == 9
    assert all(rows(beto, address) == n for address, _, n in found)


def test_the_figures_are_those_of_before_the_migration(database: Database, full: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        before = figures.waiting(db, full)
    schema.downgrade(database, "0017")
    with database.session(read_only=True) as db:
        assert not figures.waiting(db, full)
    schema.upgrade(database)
    with database.session(read_only=True) as db:
        assert figures.waiting(db, full) == before
    sound(database)
