"""Finding what is published by its words; the same on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import search, status
from consulta.domain.contributions.status import Occasion
from consulta.domain.ledger.actions import Action
from consulta.models.contributions import Status
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit

PUBLISHED: dict[str, Any] = {"status": Status.PUBLISHED}


def found(database: Database, consultation: ConsultationView, query: str = "", **chosen: Any) -> list[int]:
    """The ids that a search gives, with the filters chosen."""
    filters = {"theme": None, "department": None, "kind": None} | {k: v for k, v in chosen.items() if k in FILTERS}
    rest = {k: v for k, v in chosen.items() if k not in FILTERS}
    with database.session(read_only=True) as db:
        words = search.wanted(consultation, query, **filters)
        return search.found(db, words, **{"limit": 50, **rest})


FILTERS = ("theme", "department", "kind")


@pytest.fixture
def ids(database: Database, consultation: ConsultationView) -> list[int]:
    """Four published and one that waits."""
    texts = ["Falta agua en las escuelas", "Más maestros, K'iche' y agua", "Caminos: ¡ESCUELA!", "Nada de eso"]
    made = [admit(database, consultation, text, theme=f"tema-{n % 2 + 1}", **PUBLISHED) for n, text in enumerate(texts)]
    made.append(admit(database, consultation, "Agua que nadie ha revisado"))
    return [one[0].id for one in made]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("agua", [1, 0]),
        ("AGUA", [1, 0]),
        ("escuela", [2, 0]),
        ("escuelas", [2, 0]),
        ("maestro", [1]),
        ("k’iche’", [1]),
        ("kiche", [1]),
        ("agua escuela", [0]),
        ("escuela agua", [0]),
        ("revisado", []),
        ("", [3, 2, 1, 0]),
        ("...", [3, 2, 1, 0]),
        ("agua AND escuela", []),
        ("agua'", [1, 0]),
        ('"agua', [1, 0]),
        ("agua*", [1, 0]),
        ("(agua OR", []),
        ("agua & !luz | 'x", []),
        ("\\ : * ^ NEAR", []),
    ],
)
def test_words_are_found_and_signs_are_none(
    database: Database, consultation: ConsultationView, ids: list[int], query: str, places: list[int]
) -> None:
    assert found(database, consultation, query) == [ids[place] for place in places]


def test_filters_narrow_a_search(database: Database, consultation: ConsultationView, ids: list[int]) -> None:
    (there,) = admit(database, consultation, "Agua en Cobán", department="16", **PUBLISHED)
    assert found(database, consultation, "agua", department="16") == [there.id]
    assert found(database, consultation, "agua", theme="tema-1") == [ids[0]]
    assert found(database, consultation, theme="tema-2") == [ids[3], ids[1]]
    assert found(database, consultation, theme="") == [there.id], "what has no theme"
    assert found(database, consultation, "agua", kind="opinion") == [there.id, ids[1], ids[0]]
    assert found(database, consultation, "agua", kind="proposal") == []


def test_pages_go_on_where_the_last_ended(database: Database, consultation: ConsultationView, ids: list[int]) -> None:
    assert found(database, consultation, limit=2) == [ids[3], ids[2]]
    assert found(database, consultation, limit=2, beyond=ids[2]) == [ids[1], ids[0]]
    assert found(database, consultation, newest=False, limit=2) == [ids[0], ids[1]]
    assert found(database, consultation, newest=False, beyond=ids[1]) == [ids[2], ids[3]]


def test_one_consultation_does_not_find_what_another_has(
    database: Database, consultation: ConsultationView, ids: list[int], now: datetime
) -> None:
    other = load(database, a_consultation("otra"), now)
    (there,) = admit(database, other, "Agua en otra parte", **PUBLISHED)
    assert found(database, other, "agua") == [there.id]
    assert found(database, consultation, "agua") == [ids[1], ids[0]]


def test_what_is_no_longer_published_is_no_longer_found(
    database: Database, consultation: ConsultationView, ids: list[int], now: datetime
) -> None:
    on = Occasion(1, Action.WITHDRAW, "public", consultation.today(now))
    with database.transaction() as db:
        status.change(db, consultation, ids[0], on, status=Status.WITHDRAWN, awaiting=False)
    assert found(database, consultation, "agua") == [ids[1]]
    on = Occasion(5, Action.PUBLISH, "equipo", now)
    with database.transaction() as db:
        status.change(db, consultation, ids[4], on, status=Status.PUBLISHED, awaiting=False)
    assert found(database, consultation, "agua") == [ids[4], ids[1]]


def test_a_query_of_many_words_asks_for_a_hundred(consultation: ConsultationView) -> None:
    words = search.wanted(
        consultation, " ".join(f"palabra{n}" for n in range(500)), theme=None, department=None, kind=None
    )
    assert len(words) == 101


@pytest.mark.parametrize("typed", ["kiche", "KICHE", "k'iche'", "K’iche’", "Kʼiche"])
def test_a_word_with_apostrophes_is_found_with_and_without(
    database: Database, consultation: ConsultationView, ids: list[int], typed: str
) -> None:
    assert found(database, consultation, typed) == [ids[1]]


def test_every_word_counts(database: Database, consultation: ConsultationView) -> None:
    words = [f"palabra{chr(97 + n)}" for n in range(20)]
    whole, almost = (
        admit(database, consultation, " ".join(text), **PUBLISHED)[0].id for text in (words, [*words[:19], "otra"])
    )
    assert sorted(found(database, consultation, " ".join(words[:19]))) == sorted([whole, almost])
    assert found(database, consultation, " ".join(words)) == [whole]
    assert found(database, consultation, " ".join(reversed(words))) == [whole]
