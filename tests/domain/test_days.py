"""Days and moments, as the calendar and as people have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from consulta.domain import days


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/Guatemala", 6), ("UTC", 0), ("Europe/Madrid", 23), ("Asia/Tokyo", 15)]
)
def test_a_day_begins_where_it_is_lived(zone: str, hour: int) -> None:
    began = days.local_instant(date(2026, 1, 15), ZoneInfo(zone))
    assert began.tzinfo is UTC
    assert began.hour == hour
    assert began.astimezone(ZoneInfo(zone)).date() == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("typed", "form", "day"),
    [
        ("2016-05-31", None, date(2016, 5, 31)),
        ("31/05/2016", None, date(2016, 5, 31)),
        ("31/05/2016 14:30:00", None, date(2016, 5, 31)),
        ("2016-05-31T14:30:00", None, date(2016, 5, 31)),
        ("2016-05-31 14:30:00 UTC", None, date(2016, 5, 31)),
        ("2016-05-31 14:30:00 -0600", None, date(2016, 5, 31)),
        ("05-31-2016", "%m-%d-%Y", date(2016, 5, 31)),
        ("29/02/2016", None, date(2016, 2, 29)),
        ("31/05/2016", "%m-%d-%Y", date(2016, 5, 31)),
    ],
)
def test_a_day_is_read_as_files_write_it(typed: str, form: str | None, day: date) -> None:
    assert days.read_date(typed, form) == day


@pytest.mark.parametrize(
    "typed", ["", "mayo", "31/13/2016", "29/02/2015", "2016-02-30", "1", "2016", "\x00", "9" * 400]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert days.read_date(typed) is None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("D-3", date(2026, 2, 26)),
        ("D+0", date(2026, 3, 1)),
        ("D+10", date(2026, 3, 11)),
        ("2016-05-31", date(2016, 5, 31)),
    ],
)
def test_a_day_of_a_file_may_be_counted_from_loading(value: str, day: date) -> None:
    assert days.read_day(value, date(2026, 3, 1)) == day


@pytest.mark.parametrize("value", ["D", "D5", "D+x", "d+1", "ayer"])
def test_what_is_neither_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        days.read_day(value, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        (date(2026, 11, 27), 0, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_working_days_pass_over_weekends(day: date, count: int, after: date) -> None:
    assert days.working_days_after(day, count) == after


def test_a_working_day_is_never_a_weekend() -> None:
    first = date(2026, 1, 1)
    for count in range(1, 60):
        assert days.working_days_after(first, count).weekday() < 5
    assert datetime(2026, 1, 1, tzinfo=UTC).date() == first


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("8", 8, 0),
        ("8:00", 8, 0),
        ("08.30", 8, 30),
        ("14h30", 14, 30),
        ("14 h", 14, 0),
        ("8:00 a. m.", 8, 0),
        ("8am", 8, 0),
        ("8 PM", 20, 0),
        ("12:15 a. m.", 0, 15),
        ("12 p. m.", 12, 0),
        ("3 de la tarde", 15, 0),
        ("a las 3 de la tarde", 15, 0),
        ("10 de la mañana", 10, 0),
        ("8 de la noche", 20, 0),
        ("12 de la noche", 0, 0),
        ("12 del mediodía", 12, 0),
        ("12 m.", 12, 0),
        ("2 de la madrugada", 2, 0),
        ("8:30:00", 8, 30),
        ("a las 8:00 de la mañana", 8, 0),
        ("8:00 hrs", 8, 0),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, hour: int, minute: int) -> None:
    assert days.read_time(typed) == time(hour, minute)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tarde",
        "25:00",
        "8:75",
        "13 p. m.",
        "0 am",
        "8:0",
        "ocho",
        "8:00 x. m.",
        "1 de la noche",
        "12 de la mañana",
        "3 m.",
    ],
)
def test_what_is_no_hour_is_none(typed: str) -> None:
    assert days.read_time(typed) is None


def test_an_offset_that_no_place_has_makes_no_day() -> None:
    assert days.read_date("2026-01-01 10:00+99:00") is None
