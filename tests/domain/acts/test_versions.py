"""An act is published in versions, its minutes are agreed with or objected to, its documents are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, pseudonyms
from consulta.domain.acts import documents, minutes, reading, versions
from consulta.domain.acts.data import ActData
from consulta.domain.acts.reading import ActView
from consulta.domain.acts.table_minutes import TableMinutes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, Malformed, NotAllowed, NotFound
from consulta.domain.ledger import log
from consulta.domain.ledger.log import BY_SYSTEM
from consulta.models.accounts import Sector
from consulta.models.acts import ActKind
from tests.support.consultations import a_consultation, load, said

DAY = date(2026, 11, 20)
WORKSHOP = ActData(ActKind.WORKSHOP, said("Taller"), planned_from=DAY, texts={"place": said("Cobán")})
WHY = said("Cambió el lugar por la lluvia")
Publish = Callable[..., int]


@pytest.fixture
def publish(database: Database, consultation: ConsultationView, now: datetime) -> Publish:
    """Publish a version of the act ``taller``, the first unless said."""

    def published(data: ActData = WORKSHOP, seen: int = 0, key: str = "taller", **rest: Any) -> int:
        given = {"reason": WHY if seen else None, "by": BY_SYSTEM, "now": now, **rest}
        with database.transaction() as db:
            return versions.publish(db, consultation, data, key=key, seen=seen, **given)

    return published


def shown(database: Database, consultation: ConsultationView, key: str = "taller") -> ActView:
    """The act as everybody sees it."""
    with database.session(read_only=True) as db:
        return reading.one(db, consultation, key)


def test_versions_stand_one_upon_the_other_with_their_reasons(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    assert publish() == 1
    moved = replace(WORKSHOP, texts={"place": said("Xela")})
    assert publish(moved, 1) == 2
    act = shown(database, consultation)
    assert act.version == 2
    assert [(one.version, one.reason, one.data.texts["place"]) for one in act.versions] == [
        (2, WHY, said("Xela")),
        (1, None, said("Cobán")),
    ]
    assert act.now.planned_until == DAY, "a last day that was left out is the first"


def test_every_version_is_an_entry_with_its_digest(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    publish()
    publish(replace(WORKSHOP, title=said("Otro")), 1)
    with database.session(read_only=True) as db:
        lines = [line.content for line in log.entries(db, consultation.log_id) if "act/taller@" in line.text]
        found = [versions.of_act(db, consultation.id, "taller", version) for version in (1, 2, 3)]
    assert [line["payload"]["sha256"] for line in lines] == found[:2]
    assert lines[1]["payload"]["reason"] == WHY["es"]
    assert found[0] != found[1]
    assert found[2] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"planned_from": None}, "planned_from"),
        ({"planned_until": DAY - timedelta(days=1)}, "planned_until"),
        ({"held_until": DAY}, "held_until"),
        ({"held_from": DAY, "held_until": DAY - timedelta(days=1)}, "held_until"),
        ({"stage": "no-hay"}, "stage"),
        ({"theme": "no-hay"}, "theme"),
        ({"bodies": (("no-hay", "host"),)}, "bodies"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(
    database: Database, consultation: ConsultationView, publish: Publish, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        publish(replace(WORKSHOP, **change))
    assert refused.value.field == field
    with pytest.raises(NotFound):
        shown(database, consultation)


@pytest.mark.parametrize("reason", [None, {}, said("corto"), {"es": "  "}, {"en": "because it rained"}])
def test_a_change_without_a_reason_is_refused(publish: Publish, reason: dict[str, str] | None) -> None:
    publish()
    with pytest.raises(Invalid) as refused:
        publish(WORKSHOP, 1, reason=reason)
    assert refused.value.field == "reason_es"


def test_whoever_saw_an_earlier_version_is_told_so(publish: Publish) -> None:
    publish()
    publish(WORKSHOP, 1)
    for seen, words in [(0, "Ya hay un acto"), (1, "otra persona"), (3, "otra persona")]:
        with pytest.raises(Conflict, match=words):
            publish(WORKSHOP, seen)
    with pytest.raises(NotAllowed):
        publish(WORKSHOP, 1, key="no-hay")


def test_minutes_of_a_table_stay_what_they_are_made_of_when_something_else_changes(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    made = TableMinutes.of({"said_most": "Agua\n\nNotas en que se basa: ninguna"}, (3,))
    publish(replace(WORKSHOP, texts={"minutes": made.text()}, table=made))
    publish(replace(WORKSHOP, texts={"minutes": made.text(), "notes": said("x")}), 1)
    assert shown(database, consultation).now.table == made
    publish(replace(WORKSHOP, texts={"minutes": said("Las escribió otra persona")}), 2)
    assert shown(database, consultation).now.table is None


@pytest.fixture
def agreed(database: Database, consultation: ConsultationView, publish: Publish, now: datetime) -> Callable[..., None]:
    """Let a side say something of the minutes: its agreement, or why not."""
    publish(replace(WORKSHOP, texts={"minutes": said("Se acordó perforar pozos")}))

    def say(sector: Sector, why: str | None = None, seen: int = 1, key: str = "taller") -> None:
        with database.transaction() as db:
            id_ = accounts.ensure(db, email=f"{sector.value}@example.org", now=now)
            by = pseudonyms.by(db, consultation, id_, sector)
            if why is None:
                minutes.agree(db, consultation, key, seen=seen, sector=sector, by=by, now=now)
            else:
                minutes.object_to(db, consultation, key, seen=seen, sector=sector, by=by, now=now, why=why)

    return say


def test_minutes_are_agreed_when_both_sides_say_so(
    database: Database, consultation: ConsultationView, agreed: Callable[..., None]
) -> None:
    agreed(Sector.GOVERNMENT)
    assert not shown(database, consultation).agreed
    with database.session(read_only=True) as db:
        waiting = {sector: len(minutes.unsigned(db, consultation, sector)) for sector in Sector}
    assert waiting == {Sector.GOVERNMENT: 0, Sector.CIVIL_SOCIETY: 1}
    agreed(Sector.CIVIL_SOCIETY)
    act = shown(database, consultation)
    assert act.agreed
    assert not act.disputed
    with pytest.raises(Conflict, match="ya se pronunció"):
        agreed(Sector.GOVERNMENT)


def test_an_objection_stands_with_its_words(
    database: Database, consultation: ConsultationView, agreed: Callable[..., None], publish: Publish
) -> None:
    agreed(Sector.GOVERNMENT)
    with pytest.raises(Invalid) as refused:
        agreed(Sector.CIVIL_SOCIETY, why="no")
    assert refused.value.field == "statement"
    agreed(Sector.CIVIL_SOCIETY, why="No fue lo que dijimos.")
    act = shown(database, consultation)
    assert (act.agreed, act.disputed) == (False, True)
    assert {voice.sector: voice.statement for voice in act.voices} == {
        Sector.GOVERNMENT: None,
        Sector.CIVIL_SOCIETY: "No fue lo que dijimos.",
    }
    publish(replace(WORKSHOP, texts={"minutes": said("Se acordó perforar pozos"), "notes": said("Fotos")}), 1)
    assert shown(database, consultation).disputed, "another part changed, and the minutes are the same"
    publish(replace(WORKSHOP, texts={"minutes": said("Se acordó otra cosa")}), 2)
    assert shown(database, consultation).voices == ()


def test_nobody_agrees_with_what_they_did_not_see(agreed: Callable[..., None], publish: Publish) -> None:
    publish(replace(WORKSHOP, texts={"minutes": said("Otra cosa se acordó")}), 1)
    with pytest.raises(Conflict, match="cambió mientras"):
        agreed(Sector.GOVERNMENT, seen=1)
    publish(key="sin-acta")
    with pytest.raises(Conflict, match="todavía no tiene acta"):
        agreed(Sector.GOVERNMENT, key="sin-acta")
    with pytest.raises(NotAllowed):
        agreed(Sector.GOVERNMENT, key="no-hay")


def test_acts_are_listed_by_day_page_by_page(
    database: Database, consultation: ConsultationView, publish: Publish
) -> None:
    for key, days in [("acto-3", 3), ("acto-1", 1), ("acto-2", 2), ("acto-2b", 2)]:
        stage = "1" if days == 1 else None
        publish(replace(WORKSHOP, planned_from=DAY + timedelta(days=days), stage=stage), key=key)
    assert listed(database, consultation) == ["acto-1", "acto-2", "acto-2b", "acto-3"]
    assert listed(database, consultation, newest=True) == ["acto-3", "acto-2b", "acto-2", "acto-1"]
    assert listed(database, consultation, stage="1") == ["acto-1"]
    assert listed(database, consultation, size=1) == ["acto-1", "acto-2", "acto-2b", "acto-3"]
    with pytest.raises(Malformed):
        listed(database, consultation, stage="no-hay")


def listed(database: Database, consultation: ConsultationView, size: int = 20, **rest: Any) -> list[str]:
    """The keys of all acts, read in pages."""
    keys, after = [], None
    with database.session(read_only=True) as db:
        while True:
            rows, after = reading.listing(db, consultation, after=after, limit=size, **rest)
            keys += [row.key for row in rows]
            if after is None:
                return keys


def test_a_document_is_served_by_the_consultation_that_published_it_alone(
    database: Database, consultation: ConsultationView, publish: Publish, now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    with database.transaction() as db:
        stored = documents.store(db, b"%PDF-1.7 uno", "acta.pdf")
        again = documents.store(db, b"%PDF-1.7 uno", "copia.pdf")
        unused = documents.store(db, b"%PDF-1.7 dos", "x" * 500)
    assert stored["sha256"] == again["sha256"]
    assert (stored["size"], len(unused["name"])) == (12, 120)
    publish(replace(WORKSHOP, documents=(stored,)))
    with database.session(read_only=True) as db:
        assert documents.read(db, consultation, stored["sha256"]) == b"%PDF-1.7 uno"
        for view, name in [
            (other, stored["sha256"]),
            (consultation, unused["sha256"]),
            (consultation, "0" * 64),
            (consultation, ""),
            (consultation, "%"),
            (consultation, stored["sha256"].upper()),
        ]:
            with pytest.raises(NotFound):
                documents.read(db, view, name)
