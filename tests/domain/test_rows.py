"""What a statement gives back, with its type; the same on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy import delete, select, update

from consulta.database.transactions import Database
from consulta.domain import rows
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict
from consulta.models.acts import Act
from consulta.models.consultations import Consultation, ConsultationKind, Theme
from consulta.models.contributions import Contribution, Status
from tests.support.contributions import admit

TAKEN, MEANWHILE = Conflict("taken"), Conflict("meanwhile")


@dataclass(frozen=True)
class Named:
    """A theme by its place."""

    position: int
    slug: str


THEMES = select(Theme.position, Theme.slug).order_by(Theme.position)


def test_rows_come_as_what_takes_their_columns(database: Database, consultation: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        assert rows.read(db, THEMES, Named)[:2] == [Named(0, "tema-1"), Named(1, "tema-2")]
        assert rows.first(db, THEMES, Named) == Named(0, "tema-1")
        assert rows.first(db, THEMES.where(Theme.slug == "x"), Named) is None
        assert rows.read(db, THEMES.where(Theme.slug == "x"), Named) == []


def test_how_many_were_changed(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Falta agua en mi colonia", "Falta luz en mi colonia")
    with database.transaction() as db:
        every = update(Contribution).values(ordinal=7)
        assert rows.changed(db, every) == 2
        assert rows.change(db, every, MEANWHILE) == 2
        nothing = every.where(Contribution.ordinal == 3)
        assert rows.changed(db, nothing) == 0
        with pytest.raises(Conflict, match="meanwhile"):
            rows.change(db, nothing, MEANWHILE)
        assert rows.changed(db, delete(Act)) == 0


def versioned(database: Database, consultation: ConsultationView, seen: int, day: date, key: str = "taller") -> int:
    """Publish the next version of an act's row."""
    where = {"consultation_id": consultation.id, "key": key}
    with database.transaction() as db:
        return rows.next_version(db, Act, where, seen, {"day": day}, taken=TAKEN, meanwhile=MEANWHILE)


def stored(database: Database, id_: int) -> tuple[int, date]:
    """Version and day of an act's row."""
    with database.session(read_only=True) as db:
        version, day = db.execute(select(Act.version, Act.day).where(Act.id == id_)).one()
        return version, day


def test_versions_follow_one_another(database: Database, consultation: ConsultationView) -> None:
    first, later = date(2026, 1, 1), date(2026, 2, 2)
    id_ = versioned(database, consultation, 0, first)
    assert stored(database, id_) == (1, first)
    assert versioned(database, consultation, 1, later) == id_
    assert stored(database, id_) == (2, later)
    assert versioned(database, consultation, 0, first, key="otro") != id_


def test_whoever_saw_an_earlier_version_is_told_so(database: Database, consultation: ConsultationView) -> None:
    id_ = versioned(database, consultation, 0, date(2026, 1, 1))
    versioned(database, consultation, 1, date(2026, 2, 2))
    for seen, words in [(0, "taken"), (1, "meanwhile"), (3, "meanwhile")]:
        with pytest.raises(Conflict, match=words):
            versioned(database, consultation, seen, date(2026, 3, 3))
    with pytest.raises(Conflict, match="meanwhile"):
        versioned(database, consultation, 1, date(2026, 3, 3), key="no-hay")
    assert stored(database, id_) == (2, date(2026, 2, 2))


def test_a_version_can_ask_for_more_than_its_number(database: Database, consultation: ConsultationView) -> None:
    id_ = versioned(database, consultation, 0, date(2026, 1, 1))
    where = {"consultation_id": consultation.id, "key": "taller"}
    early = Act.day < date(2025, 1, 1)
    with database.transaction() as db, pytest.raises(Conflict, match="meanwhile"):
        rows.next_version(db, Act, where, 1, {}, only=[early], taken=TAKEN, meanwhile=MEANWHILE)
    assert stored(database, id_)[0] == 1


def test_several_queries_in_one_statement_give_what_each_would(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Falta agua en mi colonia", status=Status.PUBLISHED)
    c = Contribution.__table__.c
    queries = {
        "one": select(Consultation.kind, Consultation.texts, Consultation.published_at, Consultation.slug),
        "many": select(Theme.position, Theme.slug, Theme.name),
        "none": select(Theme.id).where(Theme.slug == "x"),
        "what": select(c.status, c.received_on, c.awaiting_review, c.theme_id, c.number),
    }
    with database.session(read_only=True) as db:
        found = rows.together(db, queries)
        for name, query in queries.items():
            apart = [dict(row._mapping) for row in db.execute(query)]
            assert sorted(map(repr, found[name])) == sorted(map(repr, apart)), name
    assert found["none"] == []
    (one,) = found["one"]
    assert one["kind"] is ConsultationKind.ORDINARY
    assert one["published_at"].utcoffset() is not None
    (what,) = found["what"]
    assert what["status"] is Status.PUBLISHED
    assert type(what["awaiting_review"]) is bool
    assert what["received_on"] == consultation.today(now)
