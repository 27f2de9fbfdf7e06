"""Days and moments in the zone of a consultation, and days as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

SERIALS = (20_000, 80_000)
"""Days that Excel writes as a number: from 1954 to 2119."""
_MONTHS = {
    name: number
    for names in ("ene feb mar abr may jun jul ago sep oct nov dic", "jan feb mar apr may jun jul aug sep oct nov dec")
    for number, name in enumerate(names.split(), start=1)
} | {"set": 9}
_DAYS = (
    (re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)"), "ymd"),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)"), "dmy"),
    (re.compile(r"(\d{1,2})(?:[-/. ]| de )+([^\W\d_]{3,10})\.?(?:[-/. ]| de | del )+(\d{4})(?!\d)"), "dmy"),
)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]\.?\s?m\.?)?\s*"
    r"(Z|UTC|GMT)?\s*(?:([+\-−])(\d{1,2}):?(\d{2})?)?",
    re.IGNORECASE,
)


def local_instant(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def read_date(value: str, date_format: str | None = None, zone: ZoneInfo | None = None) -> date | None:
    """A day as people and their programs write it; ``None`` if it is none.

    ISO dates and time stamps, ``dd/mm/yyyy`` with strokes, hyphens or stops, months in words, what Google Forms and
    Excel write, Excel's serial numbers, or the form given. A time with its offset is a day in the ``zone``.
    """
    text = " ".join(value.split())
    if date_format:
        try:
            return _in(datetime.strptime(text, date_format), zone)
        except ValueError:
            pass
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and SERIALS[0] <= float(text) <= SERIALS[1]:
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    day, clock = _day_of(text)
    if day is None:
        return None
    stamp = _clock_of(clock)
    if stamp is None:
        return None
    at, offset = stamp
    return day if offset is None else _in(datetime.combine(day, at, tzinfo=timezone(offset)), zone)


_HOUR = re.compile(
    r"(?:a\s+las\s+)?(\d{1,2})(?:\s*[:.h]\s*(\d{2})(?::\d{2})?)?\s*(?:h|hs|hrs|horas)?\.?\s*"
    r"([ap]\.?\s*m\.?|m\.?|de la (?:madrugada|ma[nñ]ana|tarde|noche)|del mediod[ií]a)?"
)


def read_time(value: str) -> time | None:
    """A time of day as people write it: ``14:30``, ``8:00 a. m.``, ``8am``, ``3 de la tarde``, ``14 h``; ``None`` if it
    is none."""
    found = _HOUR.fullmatch(" ".join(value.lower().split()))
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3] or ""
    if half:
        if not 1 <= hour <= 12:
            return None
        morning = half.startswith("a") or "ana" in half or "madrugada" in half
        midnight = "noche" in half and hour == 12
        if ("noche" in half and hour < 6) or ("ana" in half and hour == 12) or (half[0] == "m" and hour != 12):
            return None  # nobody says so, and what they meant is a guess
        hour = hour % 12 + (0 if morning or midnight else 12)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _in(moment: datetime, zone: ZoneInfo | None) -> date:
    return moment.date() if moment.tzinfo is None or zone is None else moment.astimezone(zone).date()


def _day_of(text: str) -> tuple[date | None, str]:
    """The day with which a text begins, and what follows it."""
    for pattern, order in _DAYS:
        if found := pattern.match(text):
            parts = dict(zip(order, found.groups(), strict=True))
            month = parts["m"]
            number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].casefold(), 0)
            try:
                return date(int(parts["y"]), number, int(parts["d"])), text[found.end() :].strip(" ,T")
            except ValueError:
                return None, ""
    return None, ""


def _clock_of(text: str) -> tuple[time, timedelta | None] | None:
    """A time of day with its offset, if it has one; midnight for nothing, ``None`` for what is no time."""
    if not text:
        return time(), None
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, half, utc, sign, hours, minutes = found.groups()
    at = int(hour) % 12 + 12 * (half[0] in "pP") if half else int(hour)
    if at > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    if hours is None:
        return time(at, int(minute)), timedelta() if utc else None
    if int(hours) > 14 or int(minutes or 0) > 59:
        return None  # no place on earth is further from Greenwich
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return time(at, int(minute)), -offset if sign in "-−" else offset


def read_day(value: str, today: date) -> date:
    """An ISO day, or ``D-5``/``D+5``: so many days from the day of loading."""
    relative = re.fullmatch(r"D([+-]\d+)", value)
    return today + timedelta(days=int(relative[1])) if relative else date.fromisoformat(value)


def working_days_after(day: date, count: int) -> date:
    """The day so many working days (Monday to Friday) after another."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
