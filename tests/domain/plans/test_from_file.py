"""The file of a plan: every fault is named by its path, and nothing of it is stored."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.plans import digests, earlier, from_file, publishing
from consulta.domain.plans.earlier import Earlier
from tests.support import plans
from tests.support.sheets import records


def broken(*path: Any, value: Any) -> list[dict[str, Any]]:
    """The real plan with one wrong value."""
    data = copy.deepcopy(records())
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return data


def test_the_real_plan_is_read(consultation: ConsultationView) -> None:
    found = from_file.read(records(), consultation)
    assert [one.number for one in found] == list(range(1, 23))
    assert sum(from_file.derived(one)["milestone_leaf_count"] for one in found) == 114
    assert sum(from_file.derived(one)["milestone_row_count"] for one in found) == 122


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "lista"),
        ([{}], "number"),
        (broken(0, "number", value="uno"), "[0].number"),
        (broken(3, "theme_letter", value="Z"), "[3].theme_letter"),
        (broken(1, "number", value=1), "1 está más de una vez"),
        (broken(0, "milestone_count", value=99), "no concuerda"),
        (broken(0, "milestones", 0, "start", value="2016-13"), "AAAA-MM"),
        (broken(0, "milestones", 0, "status", value="Old"), "milestones[0].status"),
        (broken(0, "ogp_challenge_codes", value=["otro"]), "ogp_challenge_codes[0]"),
        (broken(0, "sorpresa", value=1), "sorpresa"),
        (broken(0, "title", value=None), "[0].title"),
    ],
)
def test_a_fault_is_named_by_its_path(consultation: ConsultationView, data: Any, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_file.read(data, consultation)
    assert said in str(refused.value)


def test_all_faults_are_named_at_once(consultation: ConsultationView) -> None:
    data = broken(0, "number", value="uno")
    data[5]["theme_letter"] = "Z"
    with pytest.raises(Invalid) as refused:
        from_file.read(data, consultation)
    assert "[0].number" in str(refused.value)
    assert "[5].theme_letter" in str(refused.value)


def test_a_plan_is_published_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    plans.publish(database, consultation, now)
    with pytest.raises(Conflict):
        plans.publish(database, consultation, now)


def test_what_is_private_of_a_commitment_is_committed_to(consultation: ConsultationView) -> None:
    first = from_file.read(records(), consultation)[0]
    private, _amended = publishing.secrets_of(first)
    assert first.sheet.emails[0].value in str(private)
    assert first.sheet.title not in str(private)
    changed = copy.deepcopy(records())
    changed[0]["emails"][0]["address"] = "otra@ejemplo.gt"
    assert publishing.secrets_of(from_file.read(changed, consultation)[0]) != publishing.secrets_of(first)


def test_the_digest_of_a_commitment_moves_with_what_the_public_reads_and_not_with_what_it_does_not(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    plans.publish(database, consultation, now)

    def digest(number: str = "1") -> str | None:
        with database.session(read_only=True) as db:
            return digests.of_commitment(db, consultation.id, number, 1)

    before = digest()
    assert before is not None
    assert digest("99") is None
    with database.transaction() as db:
        db.execute(text("UPDATE sheet_contacts SET email = 'otra@ejemplo.gt'"))
    assert digest() == before, "addresses are committed to apart"
    with database.transaction() as db:
        db.execute(text("UPDATE commitments SET title_in_summary = 'Otro' WHERE number = 1"))
    assert digest() != before
    assert digest("2") is not None


def test_commitments_of_earlier_plans_can_be_pointed_to(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.session(read_only=True) as db:
        assert not earlier.has_earlier(db, consultation)
        assert earlier.earlier(db, consultation) == []
    found = [{"plan": "2014-2016", "key": f"G{n}", "name": {"es": f"Compromiso {n}"}, "facts": {}} for n in (2, 1)]
    with database.transaction() as db:
        earlier.load_earlier(db, consultation, [])
        earlier.load_earlier(db, consultation, found)
    with database.session(read_only=True) as db:
        assert earlier.has_earlier(db, consultation)
        listed = earlier.earlier(db, consultation)
    assert listed[0] == Earlier("2014-2016", "G2", {"es": "Compromiso 2"}, {})
    assert [one.form_name for one in listed] == ["earlier-2014-2016/G2", "earlier-2014-2016/G1"]
