"""A schedule in versions: what may change, what is refused, what everybody can read afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, render_template
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.audit import check
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.ledger import log
from consulta.domain.ledger.log import By
from consulta.domain.management import schedules
from consulta.domain.notifications.news import NewsMail
from consulta.models.news import Announcement
from tests.support import consultations

REASON = {"es": "La gente pidió más tiempo."}


def rows_of(view: ConsultationView) -> list[dict[str, Any]]:
    """The stages in force in the shape in which the next version is given."""
    return [
        {
            "key": s.key,
            "number": s.number,
            "title": s.title,
            "starts": s.first_day.isoformat(),
            "ends": s.last_day.isoformat(),
            "opens": list(s.opens),
        }
        for s in view.stages
    ]


def publish(database: Database, view: ConsultationView, rows: list[dict[str, Any]], seen: int = 1) -> ConsultationView:
    """Publish and read back."""
    with database.transaction() as db:
        schedules.change(
            db,
            consultation=view,
            seen=seen,
            rows=rows,
            reason=REASON,
            by=By(None, "equipo-abcd"),
            now=datetime.now(UTC),
        )
    return consultations.read(database)


def shifted(day: str, days: int) -> str:
    """A day so many days later."""
    return (datetime.fromisoformat(day) + timedelta(days=days)).date().isoformat()


def opening(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The row in which people give their opinion."""
    return next(r for r in rows if "opinion" in r["opens"])


def test_a_window_is_extended_on_record(database: Database, consultation: ConsultationView) -> None:
    rows = rows_of(consultation)
    before = opening(rows)["ends"]
    opening(rows)["ends"] = after = shifted(before, 10)
    view = publish(database, consultation, rows)
    assert view.schedule_version == 2
    assert view.window("opinion", datetime.now(UTC)).stage.last_day.isoformat() == after  # type: ignore[union-attr]
    with database.session(read_only=True) as db:
        new, old = schedules.schedules(db, view)
        assert [(c.what, c.before.last_day.isoformat(), c.after.last_day.isoformat()) for c in new.changes] == [  # type: ignore[union-attr]
            ("dates", before, after)
        ]
        assert (old.changes, new.reason) == ((), REASON)
        assert schedules.moved([new, old]) == {opening(rows)["key"]: old.stages[_at(rows)]}
        entry = list(log.entries(db, view.log_id))[-1].content
        assert (entry["actor"], entry["action"], entry["subject"]) == ("equipo-abcd", "schedule:publish", "schedule/2")
        assert entry["payload"]["reason"] == REASON["es"]
        assert check.check(db, view.log_id, consultation=view).faults == []


def _at(rows: list[dict[str, Any]]) -> int:
    return rows.index(opening(rows))


def test_what_is_open_is_not_shortened_closed_or_removed(database: Database, consultation: ConsultationView) -> None:
    for spoil in (
        lambda rows: opening(rows).update(ends=shifted(opening(rows)["ends"], -1)),
        lambda rows: opening(rows).update(opens=[]),
        lambda rows: opening(rows).update(starts=shifted(opening(rows)["ends"], -0)),
        lambda rows: rows.remove(opening(rows)) if len(rows) > 1 else rows[0].update(opens=[]),
    ):
        rows = rows_of(consultation)
        spoil(rows)
        with pytest.raises(Invalid, match=r"se puede alargar|por lo menos una"):
            publish(database, consultation, rows)
    assert consultations.read(database).schedule_version == 1


def test_stages_that_open_the_same_do_not_overlap(database: Database, consultation: ConsultationView) -> None:
    rows = rows_of(consultation)
    other = {**opening(rows), "key": "otra", "title": {"es": "Otra"}, "starts": opening(rows)["ends"]}
    with pytest.raises(Invalid, match="Se traslapa con") as refused:
        publish(database, consultation, [*rows, {**other, "ends": shifted(other["starts"], 5)}])
    assert refused.value.field == f"stages-{len(rows)}-starts"
    rows[-1]["ends"] = shifted(rows[-1]["starts"], -1)
    with pytest.raises(Invalid, match="anterior al primero"):
        publish(database, consultation, rows)


def test_added_and_removed_stages_are_told(database: Database, consultation: ConsultationView) -> None:
    rows = rows_of(consultation)
    start = shifted(opening(rows)["ends"], 5)
    extra = {"key": "nueva", "title": {"es": "Etapa nueva"}, "starts": start, "ends": start, "opens": []}
    view = publish(database, consultation, [*rows, extra])
    view = publish(database, view, rows, seen=2)
    with database.session(read_only=True) as db:
        third, second, _ = schedules.schedules(db, view)
    assert [(c.what, c.before) for c in second.changes] == [("added", None)]
    assert [(c.what, c.after) for c in third.changes] == [("removed", None)]


def test_no_change_and_a_version_that_somebody_published_before(
    database: Database, consultation: ConsultationView
) -> None:
    rows = rows_of(consultation)
    with pytest.raises(Invalid, match="No cambió nada"):
        publish(database, consultation, rows)
    opening(rows)["ends"] = shifted(opening(rows)["ends"], 3)
    publish(database, consultation, rows)
    with pytest.raises(Conflict):
        publish(database, consultations.read(database), rows, seen=1)
    opening(rows)["ends"] = shifted(opening(rows)["ends"], 3)
    with pytest.raises(Conflict):  # who still holds the old snapshot meets the constraint
        publish(database, consultation, rows, seen=1)
    assert consultations.read(database).schedule_version == 2


def test_the_news_say_what_stood_before_and_what_stands_now(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    rows = rows_of(consultation)
    first, last = opening(rows)["starts"], opening(rows)["ends"]
    opening(rows)["ends"] = shifted(last, 10)
    rows.append(rows[0] | {"key": "nueva", "title": {"es": "Cierre"}, "starts": "2030-01-01", "ends": "2030-01-01"})
    rows[-1]["opens"] = []
    publish(database, consultation, rows)
    with database.session(read_only=True) as db:
        told = db.execute(select(Announcement.content).order_by(Announcement.id.desc()).limit(1)).scalar_one()
    assert [(move["was"], move["now"]) for move in told["moves"]] == [
        ([first, last], [first, shifted(last, 10)]),
        (None, ["2030-01-01", "2030-01-01"]),
    ]
    mail = NewsMail.about(told, slug="prueba", consultation={"es": "Prueba"}, language="es", subscriber="k")
    with app.test_request_context():
        said = render_template("emails/news.txt", base="https://x.example", token=None, **mail.payload())
    assert "antes, del" in said
    assert "Cierre: etapa nueva, el 1 de enero de 2030." in said
    assert f"Por qué: {REASON['es']}" in said
