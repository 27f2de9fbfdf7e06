"""Tables of traits never give anybody away: not by sums, and not to an observer who asks at every moment."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.authors import rights
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.forums import reading as forums
from consulta.domain.forums import turnout
from consulta.domain.results import editions
from consulta.domain.results.suppression import FEW, HIDDEN, suppressed
from consulta.models.forums import Registration
from tests.support.audits import sound
from tests.support.contributions import submit
from tests.support.forums import announce, register


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ({"a": 10, "b": 20}, {"a": 10, "b": 20}),
        ({"a": 0, "b": 20}, {"a": 0, "b": 20}),
        ({"a": 3, "b": 8, "c": 20}, {"a": FEW, "b": HIDDEN, "c": 20}),
        ({"a": 2, "b": 3, "c": 20}, {"a": FEW, "b": FEW, "c": 20}),
        ({"a": 1, "b": 1, "c": 20, "d": 9}, {"a": FEW, "b": FEW, "d": HIDDEN, "c": 20}),
        ({"a": 4, "b": 4, "c": 20, "d": 9}, {"a": FEW, "b": FEW, "d": HIDDEN, "c": 20}),
        ({"a": 1, "b": 5, "c": 9}, {"a": FEW, "b": HIDDEN, "c": HIDDEN}),
        ({"a": 3}, {"a": HIDDEN}),
        ({"a": 3, "b": 0}, {"a": HIDDEN, "b": 0}),
        ({"a": 1, "b": 1}, {"a": HIDDEN, "b": HIDDEN}),
        ({}, {}),
    ],
)
def test_small_cells_are_hidden_with_as_many_others_as_it_takes(
    figures: dict[str, int], shown: dict[str, int | str]
) -> None:
    assert suppressed(figures) == shown


def possible(shown: dict[str, int | str], total: int) -> list[dict[str, int]]:
    """Every table that an observer who knows the rule could think of."""
    names = [key for key, n in shown.items() if not isinstance(n, int)]
    left = total - sum(n for n in shown.values() if isinstance(n, int))
    ranges = [range(1, 5) if shown[key] == FEW else range(5, left + 1) for key in names]
    return [dict(zip(names, pick, strict=True)) for pick in itertools.product(*ranges) if sum(pick) == left]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_no_small_figure_can_be_worked_out(values: list[int]) -> None:
    figures = {str(at): n for at, n in enumerate(values)}
    shown = suppressed(figures)
    assert all(not isinstance(shown[key], int) for key, n in figures.items() if 1 <= n <= 4)
    if FEW in shown.values():
        tables = possible(shown, sum(values))
        for key in (key for key, n in shown.items() if n == FEW):
            assert len({table[key] for table in tables}) > 1, f"{figures} gives {key} away as {shown}"


def arrive(database: Database, view: ConsultationView, key: str, **traits: Any) -> None:
    """An opinion with traits."""
    submit(database, view, f"Opinión {key}", key, **traits)


def renew(database: Database, view: ConsultationView, now: datetime) -> bool:
    """What the worker does."""
    with database.transaction() as db:
        return editions.renew_contributions(db, view, today=view.today(now))


def seen(database: Database, view: ConsultationView) -> editions.Edition | None:
    """What the public sees."""
    with database.session(read_only=True) as db:
        return editions.latest(db, view)


def test_an_edition_is_dated_daily_at_most_and_takes_ten(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for n in range(9):
        arrive(database, consultation, str(n), gender="woman")
    assert not renew(database, consultation, now)
    assert seen(database, consultation) is None
    arrive(database, consultation, "9")
    assert renew(database, consultation, now)
    first = seen(database, consultation)
    assert first is not None
    assert (first.made_on, first.total) == (consultation.today(now), 10)
    assert first.tables["gender"] == {"woman": HIDDEN, "": FEW}
    for n in range(10, 40):
        arrive(database, consultation, str(n), gender="woman")
    assert not renew(database, consultation, now), "once a day"
    assert seen(database, consultation) == first
    assert renew(database, consultation, now + timedelta(days=1))
    second = seen(database, consultation)
    assert second is not None
    assert second.total == 40
    assert not renew(database, consultation, now + timedelta(days=2)), "nobody joined"
    sound(database)


def test_one_author_who_comes_and_goes_renews_nothing(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    for n in range(20):
        arrive(database, consultation, str(n))
    renew(database, consultation, now)
    for day in range(1, 12):
        with database.transaction() as db:
            rights.ask_erasure(db, codes.folio_of("0"), now=now + timedelta(days=day))
        with database.transaction() as db:
            rights.take_back_erasure(db, codes.folio_of("0"), now=now + timedelta(days=day, hours=1))
        assert not renew(database, consultation, now + timedelta(days=day, hours=2))


def test_an_observer_learns_no_trait_by_subtraction(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    dice, everybody, published = random.Random(7), [], []
    for step in range(60):
        at = now + timedelta(hours=7 * step)
        key = f"paso {step}"
        arrive(database, consultation, key, gender=dice.choice(["woman", None]), age_group=dice.choice(["30-59", None]))
        everybody.append(key)
        if step % 5 == 4:
            with database.transaction() as db:
                rights.withdraw(
                    db, codes.folio_of(everybody[dice.randrange(len(everybody) - 4)]), now=at
                ) if step < 5 else None
        renew(database, consultation, at)
        found = seen(database, consultation)
        if found is not None and (not published or found != published[-1][1]):
            published.append((len(everybody), found))
    assert len(published) > 2
    for (before, first), (after, second) in itertools.pairwise(published):
        assert after - before >= editions.STEP, "between two tables stand ten authors at least"
        assert (second.made_on - first.made_on).days >= 1
    sound(database)


def test_who_came_to_a_forum_is_published_in_steps_too(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    announce(database, consultation, now, capacity=40)
    for n in range(12):
        register(database, consultation, now, f"Persona {n}")
    later = now + timedelta(days=9)

    def present(*numbers: int) -> None:
        with database.transaction() as db:
            mine = update(Registration).where(Registration.name.in_([f"Persona {n}" for n in numbers]))
            db.execute(mine.values(present=True, department="16"))

    def published(at: datetime) -> turnout.Turnout:
        with database.transaction() as db:
            turnout.renew(db, consultation, now=at)
        with database.session(read_only=True) as db:
            return turnout.sheet(db, consultation, forums.one(db, consultation, "foro"))

    present(*range(9))
    assert published(later).traits is None, "nine are too few"
    present(9, 10)
    assert published(now).traits is None, "it is not over yet"
    first = published(later).traits
    assert first is not None
    assert (first.total, first.tables["department"]["16"]) == (11, 11)
    present(11)
    assert published(later + timedelta(days=1)).traits == first, "one more does not tell where they come from"
    with database.session(read_only=True) as db:
        forum = forums.one(db, consultation, "foro")
        rows = turnout.rows(turnout.sheet(db, consultation, forum), forum)
    assert ("departments", "total", 11) in rows
    assert ("traits", "published", first.made_on.isoformat()) in rows
