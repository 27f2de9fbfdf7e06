"""Sheets between their value and their tables: what is written is read back equal, and what is cleared is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.sheets import digest, period, store
from consulta.domain.sheets.sheet import Contact, Line, Period, Sheet
from consulta.models.sheets import SheetMilestone, SheetVersion
from tests.support import sheets
from tests.support.consultations import a_consultation, load
from tests.support.sheet_strategies import SHEETS

PRIVATE = Sheet(
    title="Compras abiertas",
    problem="Nadie sabe cuánto cuestan.",
    emails=(Line("ana@muni.gob.gt", "ana@muni.gob.gt"),),
    phones=(Line("5555", "5555", extension="12"),),
    persons=(Line("Ana", "Ana"),),
    contacts=(Contact("Ana", email="ana@muni.gob.gt", phones=(("5555", "12"),)),),
    undecided=frozenset({"dates", "leads"}),
    notes=("una nota", "otra"),
)


def test_the_real_plan_is_read_back_equal(database: Database, consultation: ConsultationView, now: datetime) -> None:
    every = [replace(one, number=None, theme="tema-1") for one in sheets.sheets()]
    with database.transaction() as db:
        ids = [store.create(db, consultation, one, now=now)[1] for one in every]
    with database.session(read_only=True) as db:
        found = store.load(db, consultation, ids, private=True)
    assert [found[id_] for id_ in ids] == every


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheet=SHEETS)
def test_any_sheet_is_read_back_equal(
    database: Database, consultation: ConsultationView, now: datetime, sheet: Sheet
) -> None:
    sheet = replace(sheet, number=None, theme=None)
    with database.transaction() as db:
        _sheet_id, version = store.create(db, consultation, sheet, now=now)
    with database.session(read_only=True) as db:
        assert store.load(db, consultation, [version], private=True)[version] == sheet


def test_addresses_and_telephones_are_read_only_when_asked_for(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        _id, version = store.create(db, consultation, PRIVATE, now=now)
    with database.session(read_only=True) as db:
        public = store.load(db, consultation, [version])[version]
        said = digest.content(db, version)
        assert store.load(db, consultation, []) == {}
    assert (public.emails, public.phones) == ((), ())
    assert public.contacts == (Contact("Ana"),)
    assert public.persons == PRIVATE.persons
    assert "muni.gob.gt" not in str(said), "the ledger's digest speaks of what the public reads"
    assert "5555" not in str(said)


def test_versions_follow_each_other_and_the_first_stays(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.transaction() as db:
        sheet_id, first = store.create(db, consultation, PRIVATE, now=now)
        number, second = store.add(db, consultation, sheet_id, replace(PRIVATE, title="Otra"), now=now)
        assert number == 2
        store.rewrite(db, consultation, second, replace(PRIVATE, title="Otra vez"), now=now)
    with database.session(read_only=True) as db:
        found = store.load(db, consultation, [first, second], private=True)
        digests = {id_: digest.content(db, id_) for id_ in (first, second)}
    assert [found[first].title, found[second].title] == ["Compras abiertas", "Otra vez"]
    assert found[first] == PRIVATE
    assert digests[first]["version"]["title"] == "Compras abiertas"
    assert digests[first]["lines"] == digests[second]["lines"]


def test_a_cleared_version_says_nothing_and_has_no_salt(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    plan = replace(sheets.sheets()[0], number=None, theme="tema-1")
    with database.transaction() as db:
        _id, gone = store.create(db, consultation, plan, now=now)
        _id, kept = store.create(db, consultation, PRIVATE, now=now)
        store.clear(db, [gone])
    with database.session(read_only=True) as db:
        found = store.load(db, consultation, [gone, kept], private=True)
        salts = dict(db.execute(select(SheetVersion.id, SheetVersion.salt)).all())
        left = db.execute(select(SheetMilestone.id).where(SheetMilestone.version_id == gone)).all()
    assert found[gone] == Sheet(title=None, language=plan.language, theme="tema-1")
    assert found[kept] == PRIVATE
    assert salts[gone] is None
    assert salts[kept]
    assert left == []


def test_the_months_of_a_plan_are_those_of_the_settings(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    assert period.period(consultation) is None
    assert period.generation(consultation) == "C", "the template of today, unless the settings say another"
    data = a_consultation("otra")
    data["settings"]["plan"] = {"approved": "2027-01", "end": "2028-12", "template": "A"}
    other = load(database, data, now)
    assert period.period(other) == Period("2027-01", "2028-12")
    assert period.generation(other) == "A"
