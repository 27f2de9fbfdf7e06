"""The one table of figures: which cells a contribution counts in, and that they move and never drift."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.results import tally
from consulta.domain.results.tally import Facts
from consulta.models.contributions import Kind, Status


@pytest.fixture
def facts(consultation: ConsultationView) -> Facts:
    """A woman's opinion from Alta Verapaz, published."""
    return Facts(
        consultation.id,
        Kind.OPINION,
        Status.PUBLISHED,
        "tema-1",
        False,
        date(2026, 11, 20),
        "web",
        department="16",
        gender="woman",
        mentions=("tema-2", "tema-3"),
    )


def test_a_contribution_counts_once_in_every_dimension(facts: Facts) -> None:
    found = tally.cells(facts)
    assert len(found) == len(set(found)) == 2 + len(tally.ONE_WAY) + 2
    by_dimension = {cell[1]: cell for cell in found if cell[1] != "mention"}
    assert by_dimension["theme"][4:] == ("tema-1", "opinion", "published", False)
    assert by_dimension["gender"][2] == "woman"
    assert by_dimension["language"][2] == "", "nothing said is a value, too"
    assert by_dimension["day"][3] == "2026-11-20"
    assert sorted(cell[4] for cell in found if cell[1] == "mention") == ["tema-2", "tema-3"]
    assert not any("woman" in cell and "16" in cell for cell in found), "no cell crosses two traits"


def test_what_waits_for_a_person_is_counted_by_theme_and_channel(facts: Facts) -> None:
    [waiting] = [cell for cell in tally.cells(replace(facts, awaiting=True)) if cell[1] == "waiting"]
    assert waiting[2:] == ("web", "", "tema-1", "opinion", "published", False)
    assert not [cell for cell in tally.cells(facts.erased()) if cell[1] == "waiting"]


def test_what_was_erased_is_counted_without_its_traits(facts: Facts) -> None:
    gone = facts.erased()
    assert (gone.status, gone.theme, gone.day) == (Status.ERASED, "tema-1", facts.day)
    assert (gone.department, gone.gender, gone.mentions) == ("", "", ())


def test_differences_are_collected_and_written_at_once(
    database: Database, consultation: ConsultationView, facts: Facts
) -> None:
    received = replace(facts, status=Status.RECEIVED)
    with database.transaction() as db:
        tally.move(db, None, received)
        tally.move(db, received, facts)
        tally.move(db, None, replace(facts, theme="tema-2", mentions=()))
        assert tally.published(db, consultation.id) == 0, "written before COMMIT, not before"
    with database.session(read_only=True) as db:
        assert tally.published(db, consultation.id) == 2
        assert tally.published(db, consultation.id, key="tema-1") == 1
        assert tally.published(db, consultation.id, dimension="mention", key="tema-2") == 1
        assert tally.published(db, consultation.id, dimension="department", key="16") == 2
        assert tally.published(db, consultation.id, dimension="kind", key="opinion") == 2
        assert tally.published(db, consultation.id, dimension="kind", key="comment") == 0
        assert tally.published(db, consultation.id + 1) == 0
        statuses = {row.status for row in tally.read(db, consultation.id, ("theme",))}
    assert statuses == {"published"}, "cells with nothing in them are not read"


def test_what_is_collected_has_an_order_and_no_zeros(database: Database, facts: Facts) -> None:
    with database.session() as db:
        tally.move(db, facts, facts)
        assert tally.collected(db) == "[]"
        tally.move(db, None, facts)
        tally.move(db, None, replace(facts, theme="a"))
        cells = [tuple(cell[:-1]) for cell in json.loads(tally.collected(db))]
        assert cells == sorted(cells), "two transactions lock them in one order"
        assert tally.collected(db) == "[]", "taken once"
        tally.move(db, None, facts)
        tally.forget(db)
        assert tally.collected(db) == "[]"
        db.rollback()
