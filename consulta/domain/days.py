"""Days and moments in the zone of a consultation, and days as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_instant(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def read_date(value: str, date_format: str | None = None) -> date | None:
    """A day from an ISO date or time stamp, ``dd/mm/yyyy``, or the form given; ``None`` if it is none of these."""
    stamp = re.sub(r" ([+-]\d{4})$", r"\1", value.replace(" UTC", "+0000"))
    forms = [date_format] if date_format else []
    for form in [*forms, "%d/%m/%Y", "%d/%m/%Y %H:%M:%S"]:
        try:
            return datetime.strptime(value, form).date()
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(stamp).date()
    except ValueError:
        return None


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
