"""One version of an announcement, stored and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consulta.domain.forums import data
from consulta.domain.forums.data import ForumData
from consulta.domain.forums.tables import TableData
from consulta.models.forums import ForumKind
from tests.support.consultations import said

STARTS = datetime(2026, 11, 28, 15, tzinfo=UTC)
FORUM = ForumData(
    kind=ForumKind.FORUM,
    name=said("Foro de Cobán"),
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=4),
    opens_at=STARTS - timedelta(days=9),
    closes_at=STARTS - timedelta(hours=1),
    capacity=50,
    department="16",
    texts={"place": said("Salón"), "address": said("1a calle"), "agenda": said("Ñ «agenda»")},
    tables=(TableData(theme="tema-1"), TableData(theme="tema-2")),
    attendance=42,
    contradictions=(said("El documento dice 42 y 43."),),
    source={"page": 7},
)


@pytest.mark.parametrize(
    "forum",
    [
        FORUM,
        replace(FORUM, all_day=True, tables=(), texts={}, attendance=None, department=None, source=None),
        replace(FORUM, kind=ForumKind.ROUNDTABLE, contradictions=()),
    ],
)
def test_stored_and_read_back_it_is_the_same(forum: ForumData) -> None:
    content = data.content_of(forum)
    assert data.data_of(json.loads(json.dumps(content))) == forum
    assert data.content_of(data.data_of(content)) == content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"starts_at": STARTS + timedelta(hours=1)}, True),
        ({"ends_at": STARTS + timedelta(hours=9)}, True),
        ({"texts": {**FORUM.texts, "place": said("Otro salón")}}, True),
        ({"texts": {**FORUM.texts, "address": said("2a calle")}}, True),
        ({"texts": {**FORUM.texts, "agenda": said("otra")}}, False),
        ({"capacity": 100}, False),
        ({"closes_at": STARTS}, False),
        ({"name": said("Otro nombre")}, False),
    ],
)
def test_where_and_when_is_what_people_must_be_told(change: dict[str, Any], told: bool) -> None:
    assert (replace(FORUM, **change).where_and_when() != FORUM.where_and_when()) is told
