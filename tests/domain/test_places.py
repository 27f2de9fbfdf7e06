"""Where the next page of a list begins."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consulta.domain import places
from consulta.domain.errors import Malformed


@pytest.mark.parametrize(("raw", "read"), [("", None), ("0", 0), ("12", 12), ("999999999", 999_999_999)])
def test_a_number_is_read(raw: str, read: int | None) -> None:
    assert places.number(raw) == read


@pytest.mark.parametrize("raw", ["-1", "1.5", "a", "1234567890", "٣", "²", " 1", "1\x00", "0x1"])
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(Malformed, match="no es un número"):
        places.number(raw)


def test_how_many_digits_a_number_has_can_be_narrower() -> None:
    assert places.number("123456", digits=6) == 123_456
    with pytest.raises(Malformed):
        places.number("1234567", digits=6)


@given(st.dates(), st.integers(0, 10**17))
def test_a_day_comes_back(at: date, id_: int) -> None:
    assert places.day(places.at_day(at, id_)) == (at, id_)


@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8")), st.integers(0, 999_999_999))
def test_a_name_comes_back_whatever_is_in_it(key: str, id_: int) -> None:
    assert places.name(places.at_name(key, id_)) == (key, id_)


@pytest.mark.parametrize("raw", ["", "x", "2026-11-28", "2026-11-28_", "2026-13-01_1", "_1", "2026-11-28_x"])
def test_what_is_no_day_is_refused(raw: str) -> None:
    with pytest.raises(Malformed, match="no se entiende"):
        places.day(raw)


@pytest.mark.parametrize("raw", ["", "x", "x~", "~x", "x~1234567890", "\x00~1", "x~-1"])
def test_what_is_no_name_is_refused(raw: str) -> None:
    with pytest.raises(Malformed, match="no se entiende"):
        places.name(raw)


def test_a_refusal_repeats_no_more_than_a_little() -> None:
    assert places.unknown("x" * 500).values["value"] == "x" * 40
