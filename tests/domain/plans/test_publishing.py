"""The commitments of a plan go into tables and come out equal, field by field; what is private stays so."""

from __future__ import annotations

import copy
import json
from datetime import datetime

import pytest
from sqlalchemy import text

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.plans import reading as plan_reading
from consulta.domain.plans import to_file
from consulta.models.sheets import SheetMilestone
from tests.support import plans
from tests.support.sheets import records


def sound(database: Database, view: ConsultationView) -> list[str]:
    """What the ledger check finds."""
    with database.session(read_only=True) as db:
        return list(check.check(db, view.log_id, consultation=view).faults)


def test_the_22_go_in_and_out(database: Database, consultation: ConsultationView, now: datetime) -> None:
    plans.publish(database, consultation, now)
    with database.session(read_only=True) as db:
        back = [to_file.write(one, consultation) for one in plan_reading.read(db, consultation, private=True)]
        rows = db.query(SheetMilestone).count()
    assert (len(back), rows) == (22, 122)
    for was, became in zip(records(), back, strict=True):
        for name in was:
            assert became[name] == was[name], (was["number"], name)
        assert became == was
    assert sound(database, consultation) == []


def test_addresses_and_telephones_are_read_only_when_asked_for(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    plans.publish(database, consultation, now)
    with database.session(read_only=True) as db:
        found = plan_reading.read(db, consultation)
        listed = plan_reading.listing(db, consultation, theme=consultation.theme("A"))
        assert [one.number for one in plan_reading.read(db, consultation, [3, 1])] == [1, 3]
        with pytest.raises(NotFound):
            plan_reading.read(db, consultation, [1, 99])
    assert [(row.number, row.milestones) for row in listed] == [(1, 2), (2, 2), (3, 4), (4, 1)]
    said = json.dumps([to_file.write(one, consultation) for one in found])
    for record in records():
        for line in (*record["emails"], *record["phones"]):
            assert f'"{line["text"]}"' not in said
        assert json.dumps(record["contacts"][0]["name"]) in said
    with database.transaction() as db:
        db.execute(text("UPDATE sheet_contacts SET email = 'otra@ejemplo.gt' WHERE position = 1"))
    assert any("private" in fault for fault in sound(database, consultation))


def test_a_plan_is_published_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    plans.publish(database, consultation, now)
    with pytest.raises(Conflict):
        plans.publish(database, consultation, now)


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE sheet_versions SET problem = 'otro' WHERE id = 3",
        "UPDATE sheet_milestones SET \"end\" = '2019-01' WHERE key = '1.1'",
        "UPDATE sheet_lines SET value = 'otra' WHERE kind = 'lead' AND position = 1",
        "UPDATE milestone_parties SET name = 'otra'",
        "UPDATE commitments SET theme_cell = 'otro' WHERE number = 1",
        "DELETE FROM commitment_labels WHERE field = 'relevance'",
        "UPDATE sheet_lines SET value = 'x@y.gt' WHERE kind = 'email' AND position = 1",
    ],
)
def test_the_check_names_what_was_changed(
    database: Database, consultation: ConsultationView, now: datetime, tamper: str
) -> None:
    plans.publish(database, consultation, now)
    assert sound(database, consultation) == []
    with database.transaction() as db:
        db.execute(text(tamper))
    assert any("commitment" in fault for fault in sound(database, consultation))


def test_every_wrong_path_is_named(database: Database, consultation: ConsultationView, now: datetime) -> None:
    bad = copy.deepcopy(records())
    bad[0]["milestones"][1]["start"] = "junio"
    bad[1]["title"] = None
    bad[2]["more"] = 1
    bad[3]["theme_letter"] = "Z"
    bad[4]["milestone_count"] = 9
    bad[5]["number"] = 1
    bad[6]["emails"] = "x"
    bad[7]["relevance"] = "y" * 20_001
    bad[8]["milestones"][0]["status"] = "Maybe"
    bad[9]["ambition"] = "a\x00b"
    with pytest.raises(Invalid) as refused:
        plans.publish(database, consultation, now, bad)
    said = str(refused.value)
    for path in (
        "[0].milestones[1].start: se esperaba AAAA-MM («junio»)",
        "[1].title: falta un texto",
        "[2].more: no se conoce",
        "[3].theme_letter: no hay un tema",
        "[4].milestone_count: no concuerda",
        "number: 1 está más de una vez",
        "[6].emails: se esperaba una lista",
        "[7].relevance: tiene 20001 caracteres",
        "[8].milestones[0].status",
        "[9].ambition",
    ):
        assert path in said, path
    with database.session(read_only=True) as db:
        assert list(plan_reading.places(db, consultation)) == []
    for nothing in ({}, [5], [[]], "x"):
        with pytest.raises(Invalid):
            plans.publish(database, consultation, now, nothing)
