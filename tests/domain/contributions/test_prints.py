"""Long documents: asked for once, made once, forgotten when what they say is no longer published."""

from __future__ import annotations

from datetime import datetime

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import prints
from consulta.domain.contributions.prints import Standing
from tests.support.consultations import a_consultation, load

NOTHING = Standing(None, None, False)


def standing(database: Database, view: ConsultationView, name: str = "propuestas.pdf") -> Standing:
    """How a document stands."""
    with database.session(read_only=True) as db:
        return prints.standing(db, view, name)


def test_asked_twice_it_is_made_once(database: Database, consultation: ConsultationView, now: datetime) -> None:
    assert standing(database, consultation) == NOTHING
    for _ in range(2):
        with database.transaction() as db:
            prints.ask(db, consultation, "propuestas.pdf", now=now)
    with database.transaction() as db:
        found = prints.asked(db)
        assert found is not None
        assert found[1:] == ("prueba", "propuestas.pdf")
        prints.lock(db, found[0])
        prints.keep(db, found[0], b"%PDF", length=12, now=now)
    with database.session(read_only=True) as db:
        assert prints.asked(db) is None
        assert prints.content(db, consultation, "propuestas.pdf") == b"%PDF"
    assert standing(database, consultation) == Standing(now.replace(microsecond=now.microsecond), 12, False)


def test_the_first_asked_is_made_first(database: Database, consultation: ConsultationView, now: datetime) -> None:
    other = load(database, a_consultation("otra"), now)
    with database.transaction() as db:
        prints.ask(db, other, "plan.pdf", now=now)
        prints.ask(db, consultation, "propuestas.pdf", now=now)
        first = prints.asked(db)
        assert first is not None
        assert first[1] == "otra"
        prints.give_up(db, first[0])
        second = prints.asked(db)
    assert second is not None
    assert second[1] == "prueba"


def test_what_is_no_longer_published_takes_the_document_along(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    for view in (consultation, other):
        with database.transaction() as db:
            prints.ask(db, view, "propuestas.pdf", now=now)
            found = prints.asked(db)
            assert found is not None
            prints.keep(db, found[0], b"%PDF", length=1, now=now)
    with database.transaction() as db:
        prints.ask(db, consultation, "propuestas.pdf", now=now)
    with database.transaction() as db:
        prints.forget(db, consultation.id)
    assert standing(database, consultation) == Standing(None, None, True), "what was asked for is still made"
    with database.session(read_only=True) as db:
        assert prints.content(db, consultation, "propuestas.pdf") is None
        assert prints.content(db, other, "propuestas.pdf") == b"%PDF"
