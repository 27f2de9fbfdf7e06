"""The record of 2016: every meeting, session, row and date is there, and what the document contradicts is said."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask

from consulta import reference
from consulta.database.transactions import Database
from consulta.domain.acts import reading as acts
from consulta.domain.audit import check
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.management import loading
from consulta.domain.organizations import reading as organizations
from tests.support.visitor import Visitor

SLUG = reference.RECORD


@pytest.fixture
def record(database: Database) -> ConsultationView:
    """The record, loaded as it ships."""
    with database.transaction() as db:
        loading.load(db, reference.read(SLUG), now=datetime.now(UTC))
    with database.session(read_only=True) as db:
        return consultations.find(db, SLUG).view


def test_the_bodies_are_counted_as_in_the_document(app: Flask, database: Database, record: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        assert list(organizations.counts(db, record).values()) == [11, 21, 16, 3, 2]
        assert organizations.one(db, record, "acpn").aliases
    page = Visitor(app, SLUG).get("…/participantes").text
    assert re.findall(r"<span>(\d+)</span></a></li>", page) == ["53", "11", "21", "16", "3", "2"]


def test_everything_in_the_schedule_and_the_text_is_an_act(database: Database, record: ConsultationView) -> None:
    covered = Counter(place.split(":")[0] for act in reference.read(SLUG)["acts"] for place in set(act["covers"]))
    places = {place for act in reference.read(SLUG)["acts"] for place in act["covers"]}
    kinds = Counter(place.split(":")[0] for place in places)
    assert (kinds["meetings"], kinds["roundtables"], kinds["schedule"]) == (12, 10, 21)
    assert kinds["key-dates"] >= 18
    assert covered["meetings"] == 12
    with database.session(read_only=True) as db:
        rows, after = acts.listing(db, record, limit=200)
        assert after is None
        assert len(rows) == len(reference.read(SLUG)["acts"])
        assert [r.day for r in rows] == sorted(r.day for r in rows)
        assert check.check(db, record.log_id, consultation=record).faults == []


def test_contradictions_are_shown_and_not_repaired(app: Flask, database: Database, record: ConsultationView) -> None:
    public = Visitor(app, SLUG)
    with database.session(read_only=True) as db:
        disputed = [r for r in acts.listing(db, record, limit=200)[0] if r.disputed]
    texts = " ".join(public.get(f"…/cronograma/{row.key}").text for row in disputed)
    assert "29 de junio" in texts
    assert "24 de junio" in texts
    assert "jueves" in texts
    assert all("El documento oficial se contradice" in public.get(f"…/cronograma/{r.key}").text for r in disputed[:3])


def test_the_record_is_read_only_and_holds_no_contact(app: Flask, database: Database, record: ConsultationView) -> None:
    text = (reference.FOLDER / f"{SLUG}.json").read_text("utf-8")
    assert "@" not in text
    years = {"2012-2014", "2014-2016", "2016-2018"}
    assert set(re.findall(r"\b[2-7]\d{3}-\d{4}\b", text)) <= years
    public = Visitor(app, SLUG)
    public.post("…/solicitud", {"name": "x"}, 403)
    public.get("…/opinar")
