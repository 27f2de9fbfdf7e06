"""Finding a consultation, and what its snapshot says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from consulta.database.transactions import Database
from consulta.domain.consultations import reading
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import NotFound
from consulta.domain.management import as_file
from consulta.models.consultations import Consultation, ConsultationKind
from tests.support.consultations import a_consultation, load

DAY = timedelta(days=1)


def test_what_was_loaded_is_read(consultation: ConsultationView, now: datetime) -> None:
    data = a_consultation()
    assert consultation.slug == "prueba"
    assert consultation.kind is ConsultationKind.ORDINARY
    assert [theme.slug for theme in consultation.themes] == [theme["slug"] for theme in data["themes"]]
    assert [stage.key for stage in consultation.stages] == ["1", "2"]
    assert {name: len(choices) for name, choices in consultation.lists.items()} == {
        name: len(choices) for name, choices in data["lists"].items()
    }
    assert [(reason.code, reason.version) for reason in consultation.reasons] == [
        ("personal-data", 1),
        ("off-topic", 1),
    ]
    assert consultation.today(now) == now.astimezone(consultation.timezone).date()
    assert not consultation.planned


def test_themes_and_choices_are_found_by_what_people_write(consultation: ConsultationView) -> None:
    first = consultation.themes[0]
    assert consultation.theme("tema-1") is consultation.theme("A") is consultation.theme_by_id(first.id) is first
    assert consultation.theme("") is consultation.theme("a") is consultation.theme_by_id(None) is None
    choice = consultation.choice("department", "16")
    assert choice is not None
    assert (choice.label["es"], choice.population, choice.tile) == ("Alta Verapaz", 1_215_038, (3, 1))
    assert consultation.choice("department", "99") is consultation.choice("no-list", "16") is None
    assert consultation.choice("department", None) is None


def test_what_has_no_setting_of_its_own_is_shown_as_opinions_are(database: Database, now: datetime) -> None:
    settings = {**a_consultation()["settings"], "moderation": {"opinion": "after", "comment": "before"}}
    view = load(database, a_consultation("otra", settings=settings), now)
    assert [view.shown(kind) for kind in ("opinion", "comment", "proposal")] == ["after", "before", "after"]
    without = load(database, a_consultation("tercera", settings={**settings, "moderation": {}}), now)
    assert without.shown("opinion") == "before"


@pytest.mark.parametrize(("after", "state"), [(-1, "future"), (0, "current"), (5, "current"), (40, "past")])
def test_a_stage_is_past_current_or_to_come(consultation: ConsultationView, after: int, state: str) -> None:
    stage = consultation.stages[1]
    assert stage.state(stage.starts_at + after * DAY) == state
    assert stage.state(stage.ends_at) == "past", "the end is no part of it"
    assert stage.state(stage.ends_at - timedelta(seconds=1)) == "current"
    assert consultation.opens("opinion")
    assert not consultation.opens("proposal")


def test_an_address_that_names_nothing_is_not_there(database: Database, consultation: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        for slug in ("", "no-hay", "PRUEBA", "prueba ", "x" * 500):
            with pytest.raises(NotFound):
                reading.find(db, slug)
            assert not reading.exists(db, slug)
        assert reading.exists(db, "prueba")
        assert reading.title_of(db, "prueba")["es"] == "Consulta prueba"


def test_a_consultation_that_is_not_published_is_not_there(database: Database, consultation: ConsultationView) -> None:
    with database.transaction() as db:
        db.execute(update(Consultation).values(published_at=None))
    with database.session(read_only=True) as db:
        with pytest.raises(NotFound):
            reading.find(db, "prueba")
        assert reading.published(db) == []


def test_the_main_one_is_the_latest_that_is_no_record(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    load(database, a_consultation("registro", kind="record", published="D-0"), now)
    load(database, a_consultation("demostracion", kind="demonstration", published="D-0"), now)
    with database.session(read_only=True) as db:
        assert reading.main(db).view.slug == "prueba"
    load(database, a_consultation("nueva", published="D-1"), now)
    with database.session(read_only=True) as db:
        assert reading.main(db).view.slug == "nueva"
        slugs = [slug for slug, *_ in reading.published(db)]
        assert set(slugs) == {"registro", "demostracion", "nueva", "prueba"}
        assert slugs.index("nueva") < slugs.index("prueba")


def test_where_there_is_only_a_demonstration_it_is_the_main_one(database: Database, now: datetime) -> None:
    with database.session(read_only=True) as db, pytest.raises(NotFound):
        reading.main(db)
    load(database, a_consultation("registro", kind="record"), now)
    load(database, a_consultation("demostracion", kind="demonstration"), now)
    with database.session(read_only=True) as db:
        assert reading.main(db).view.slug == "demostracion"


def test_a_snapshot_is_kept_until_the_consultation_changes(database: Database, consultation: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        first = reading.find(db, "prueba").view
        assert reading.find(db, "prueba").view is first
    with database.transaction() as db:
        changed = {"title": {"es": "Otra"}, "revision": Consultation.revision + 1}
        db.execute(update(Consultation).values(**changed))
    with database.session(read_only=True) as db:
        again = reading.find(db, "prueba").view
    assert again.title == {"es": "Otra"}
    assert again.revision == first.revision + 1


def test_as_a_file_it_can_be_loaded_again_and_is_the_same(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    data = as_file.data_of(consultation)
    copy = load(database, {**data, "slug": "copia", "published": "2026-01-01"}, now)
    assert {**as_file.data_of(copy), "slug": "prueba"} == data
    assert copy.id != consultation.id
    assert copy.schedule_since <= datetime.now(UTC) + DAY
