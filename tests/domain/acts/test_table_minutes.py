"""The minutes of a table are what they are made of, and the text follows from it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.domain.acts import data
from consulta.domain.acts.data import ActData
from consulta.domain.acts.table_minutes import NOTES, SECTIONS, TableMinutes
from consulta.models.acts import ActKind, ActVersion

SAID = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.dictionaries(st.sampled_from(sorted(SECTIONS)), SAID), st.lists(st.integers(1, 10**6)))
def test_stored_and_read_back_it_is_the_same(sections: dict[str, str], notes: list[int]) -> None:
    minutes = TableMinutes.of(sections, notes)
    assert TableMinutes.of(**json.loads(json.dumps(minutes.as_stored()))) == minutes
    assert minutes.notes == tuple(notes)
    assert set(minutes.sections) == {name for name, text in sections.items() if text.strip()}


@pytest.mark.parametrize(
    "words",
    [
        f"{NOTES['es']}\nn.º 99",
        f"{NOTES['es']}: n.º 99",
        f"Agua\n\n{SECTIONS['agreed']['es']}\nnada",
        "\n\n".join(heading["es"] for heading in SECTIONS.values()),
    ],
)
def test_words_that_look_like_a_heading_stay_words(words: str) -> None:
    minutes = TableMinutes.of({"said_most": words, "proposed": "Pozos"}, (3,))
    again = TableMinutes.of(**minutes.as_stored())
    assert again.sections == {"said_most": words, "proposed": "Pozos"}
    assert again.notes == (3,)
    assert len(again.parts("es")) == 3


def test_sections_stand_in_their_order_with_headings_of_the_reader() -> None:
    minutes = TableMinutes.of({"proposed": " Pozos ", "said_most": "Agua", "agreed": "  ", "other": "x"}, (3, 12))
    assert minutes.parts("es") == [
        ("Lo que más se dijo", "Agua"),
        ("Qué se propuso", "Pozos"),
        ("Notas en que se basa", "n.º 3, n.º 12"),
    ]
    assert [heading for heading, _ in minutes.parts("en")] == [
        "What was said most",
        "What was proposed",
        "Notes they rest on",
    ]
    assert minutes.parts("quc") == minutes.parts("es")


def test_the_text_is_made_from_the_sections() -> None:
    minutes = TableMinutes.of({"said_most": "Agua", "agreed": "Luz"}, (3,))
    assert minutes.text() == {
        "es": "Lo que más se dijo\nAgua\n\nEn qué hubo acuerdo\nLuz\n\nNotas en que se basa\nn.º 3"
    }
    assert TableMinutes.of({}).text() == {"es": ""}


def version(content: dict[str, object]) -> ActVersion:
    """A stored version of an act, held in one day."""
    day = date(2026, 11, 28)
    return ActVersion(kind=ActKind.FORUM, stage=None, theme=None, held_from=day, held_until=day, content=content)


def test_an_act_keeps_the_sections_and_not_their_text() -> None:
    minutes = TableMinutes.of({"said_most": "Agua"}, (3,))
    act = ActData(ActKind.FORUM, {"es": "Mesa"}, texts={"minutes": minutes.text()}, table=minutes)
    content = data.content_of(act)
    assert "minutes" not in content
    again = data.data_of(version(content))
    assert again.table == minutes
    assert again.texts == {"minutes": minutes.text()}


def test_minutes_that_somebody_wrote_as_text_stay_text() -> None:
    act = ActData(ActKind.FORUM, {"es": "Foro"}, texts={"minutes": {"es": "Acta"}, "place": {"es": "Cobán"}})
    content = data.content_of(act)
    assert "table" not in content, "the digest of earlier versions must not change"
    again = data.data_of(version(content))
    assert again.table is None
    assert again.texts == act.texts


def test_days_that_were_left_out_are_those_of_one_day() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 5)
    one = data.completed(ActData(ActKind.FORUM, {"es": "x"}, planned_from=first))
    assert (one.planned_until, one.held_until, one.day) == (first, None, first)
    held = data.completed(ActData(ActKind.FORUM, {"es": "x"}, planned_from=first, planned_until=last, held_from=last))
    assert (held.planned_until, held.held_until, held.day) == (last, last, last)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"time": "10:00"}, True),
        ({"planned_from": date(2026, 2, 2)}, True),
        ({"texts": {"place": {"es": "Xela"}}}, True),
        ({"texts": {"place": {"es": "Cobán"}, "notes": {"es": "x"}}}, False),
        ({"title": {"es": "otro"}}, False),
    ],
)
def test_where_and_when_is_what_people_must_be_told(change: dict[str, object], told: bool) -> None:
    one = ActData(ActKind.FORUM, {"es": "x"}, planned_from=date(2026, 1, 1), texts={"place": {"es": "Cobán"}})
    other = ActData(**{**{name: getattr(one, name) for name in one.__dataclass_fields__}, **change})
    assert (one.where_and_when() != other.where_and_when()) is told
