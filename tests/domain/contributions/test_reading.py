"""What anybody reads of contributions: lists, filters, counts, one by its number, the stream of files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import queries, reading, status, targets
from consulta.domain.contributions.queries import Filters
from consulta.domain.errors import Malformed, NotFound
from consulta.models.contributions import Kind, Status
from consulta.models.moderation import Mention, Verdict
from tests.support import moderation
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit, comment
from tests.support.people import staff

SHOWN = Status.PUBLISHED


@pytest.fixture
def filled(database: Database, consultation: ConsultationView, now: datetime) -> ConsultationView:
    """Published contributions of two themes and departments, one that waits, and another consultation's."""
    admit(database, consultation, "Agua en Cobán", "Agua en Carchá", status=SHOWN, theme="tema-1", department="16")
    admit(database, consultation, "Caminos", status=SHOWN, theme="tema-2", department="01", title="Vías")
    admit(database, consultation, "Espera su turno", theme="tema-1")
    admit(database, consultation, "Sin tema y sin lugar", status=SHOWN)
    other = load(database, a_consultation("otra"), now)
    admit(database, other, "De otra consulta", status=SHOWN, theme="tema-1", department="16")
    return consultation


def listed(database: Database, view: ConsultationView, **by: Any) -> tuple[list[int], int | None, int | None]:
    """Numbers, count and the next page of a list."""
    with database.session(read_only=True) as db:
        page = reading.page(db, view, Filters(**by), limit=2)
    return [row.number for row in page.rows], page.count, page.next_after


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ({}, ([5, 3], 4, 3)),
        ({"after": 3}, ([2, 1], 4, None)),
        ({"order": "antiguas"}, ([1, 2], 4, 2)),
        ({"order": "antiguas", "after": 2}, ([3, 5], 4, None)),
        ({"theme": "tema-1"}, ([2, 1], 2, None)),
        ({"theme": ""}, ([5], 1, None)),
        ({"department": "16"}, ([2, 1], 2, None)),
        ({"kind": "opinion"}, ([5, 3], 4, 3)),
        ({"kind": "proposal"}, ([], 0, None)),
        ({"theme": "tema-2", "department": "01"}, ([3], 1, None)),
        ({"theme": "tema-2", "department": "16"}, ([], 0, None)),
        ({"q": "agua"}, ([2, 1], 2, None)),
        ({"q": "agua", "theme": "tema-2"}, ([], 0, None)),
        ({"q": "vías"}, ([3], 1, None)),
        ({"q": "turno"}, ([], 0, None)),
    ],
)
def test_a_list_is_narrowed_counted_and_paged(
    database: Database, filled: ConsultationView, by: dict[str, Any], expected: tuple[list[int], int, int | None]
) -> None:
    assert listed(database, filled, **by) == expected


def test_filters_come_from_the_address(filled: ConsultationView) -> None:
    raw = {"theme": "tema-1", "kind": "opinion", "department": "16", "q": "  dos   palabras ", "after": "7"}
    assert reading.filters(filled, raw) == Filters("tema-1", "opinion", "16", "dos palabras", "recientes", 7)
    assert reading.filters(filled, {}) == Filters()
    assert reading.filters(filled, {"theme": ""}).theme == "", "without a theme is a filter of its own"
    assert reading.filters(filled, {"theme": "*"}).theme is None
    assert reading.filters(filled, {"q": "x" * 500}).q == "x" * 200
    with pytest.raises(Malformed):
        reading.filters(filled, {"after": "nada"})
    assert Filters("a", "b", "c", "d").chosen == 4


@pytest.mark.parametrize("raw", [{"theme": "otro"}, {"kind": "carta"}, {"department": "99"}, {"order": "azar"}])
def test_a_filter_that_does_not_exist_names_those_that_do(filled: ConsultationView, raw: dict[str, str]) -> None:
    with pytest.raises(Malformed) as refused:
        reading.filters(filled, raw)
    assert refused.value.valid
    assert refused.value.values["value"] == next(iter(raw.values()))


def test_one_by_its_number(database: Database, filled: ConsultationView) -> None:
    with database.session(read_only=True) as db:
        found = reading.one(db, filled, 3)
        assert (found.kind, found.status, found.is_comment) == (Kind.OPINION, SHOWN, False)
        assert found.row is not None
        assert (found.row.title, found.row.body, found.row.department) == ("Vías", "Caminos", "01")
        for unseen in (4, 6, 0, -1):
            with pytest.raises(NotFound):
                reading.one(db, filled, unseen)


def test_of_what_is_not_published_only_what_became_of_it_is_said(database: Database, filled: ConsultationView) -> None:
    account = staff(database, filled)
    moderation.decide(database, filled, account, 4, verdict=Verdict.REJECT, reason="off-topic")
    admit(database, filled, "Retirado", status=Status.WITHDRAWN)
    with database.session(read_only=True) as db:
        rejected, withdrawn = reading.one(db, filled, 4), reading.one(db, filled, 6)
    assert rejected.row is None
    assert rejected.reason is not None
    assert rejected.reason["es"] == "No es del tema"
    assert (withdrawn.row, withdrawn.reason, withdrawn.status) == (None, None, Status.WITHDRAWN)


def test_a_name_is_read_only_where_its_owner_shows_it(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Con nombre", status=SHOWN, name="Eva Pú", publish_name=True)
    admit(database, consultation, "Sin nombre", status=SHOWN, name="Ana Tot", publish_name=False)
    with database.session(read_only=True) as db:
        names = [row.name for row in reading.page(db, consultation, Filters(order="antiguas")).rows]
    assert names == ["Eva Pú", None]


def test_the_week_is_that_of_iso() -> None:
    row = queries.ListedContribution(1, 1, Kind.OPINION, None, "x", None, "web", None, date(2027, 1, 1), None)
    assert row.week == "2026-W53"


def test_secondary_themes_make_a_second_list(database: Database, filled: ConsultationView) -> None:
    with database.transaction() as db:
        found = reading.one(db, filled, 3)
        waiting = status.by_number(db, filled, 4).id
        theme = filled.themes[0]
        for id_ in (found.id, waiting):
            db.execute(insert(Mention).values(contribution_id=id_, theme_id=theme.id))
    with database.session(read_only=True) as db:
        assert [row.number for row in reading.mentioning(db, filled, theme.id)] == [3], "what waits is not shown"
        assert reading.mentioning(db, filled, filled.themes[4].id) == []
        assert reading.one(db, filled, 3).mentions == (theme.id,)


def test_the_stream_has_every_published_one_once_and_in_order(
    database: Database, consultation: ConsultationView
) -> None:
    for start in range(0, 1100, 200):
        admit(database, consultation, *(f"Aporte {n}" for n in range(start, min(start + 200, 1100))), status=SHOWN)
    admit(database, consultation, "Espera")
    with database.session(read_only=True) as db:
        numbers = [row.number for row in reading.stream(db, consultation)]
        beyond = reading.page(db, consultation, Filters(kind="opinion", theme=""), limit=5)
        single = reading.page(db, consultation, Filters(theme=""), limit=5)
    assert numbers == list(range(1, 1101)), "across the pieces of five hundred"
    assert beyond.count is None, "a combination is counted to a thousand"
    assert single.count == 1100, "a single filter exactly"


def test_what_a_comment_is_on(database: Database, filled: ConsultationView) -> None:
    [on_opinion] = comment(database, filled, "Aquí también", on=1)
    [on_theme] = comment(database, filled, "Del tema", on="tema-2")
    [reply] = comment(database, filled, "Respuesta", on=on_opinion.number)
    with database.session(read_only=True) as db:
        first, second, third = (reading.one(db, filled, one.number) for one in (on_opinion, on_theme, reply))
        quoted = targets.quoted(db, filled, 1)
        assert targets.quoted(db, filled, 4) is None, "what waits is not quoted"
    assert first.on is not None
    assert second.on is not None
    assert third.on is not None
    assert (first.on.number, first.on.directly, first.on.standing) == (1, 1, SHOWN)
    assert (second.on.theme_id, second.on.directly) == (filled.themes[1].id, None)
    assert (third.on.parent, third.on.number, third.on.directly) == (on_opinion.number, 1, on_opinion.number)
    assert first.is_comment
    assert quoted is not None
    assert (quoted.number, quoted.excerpt) == (1, "Agua en Cobán")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        (targets.Target(number=7, contribution_id=1), "contribution/7"),
        (targets.Target(number=3, commitment_id=1), "commitment/3"),
    ],
)
def test_the_key_of_a_target_is_public(target: targets.Target, key: str) -> None:
    assert target.key == key
    assert target.payload() == {"on": key, "part": None, "parent": None}
    assert target.columns(shown=True)["shown"] is True
