"""Calendar entries (iCalendar)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def event(
    *,
    uid: str,
    name: str,
    starts: datetime,
    ends: datetime,
    all_day: bool,
    zone: ZoneInfo,
    place: str,
    address: str,
    version: int,
    cancelled: bool,
    stamp: datetime,
) -> bytes:
    """One event; a later ``version`` replaces an earlier one in the calendar that holds it."""
    from icalendar import Calendar, Event  # on first use: a worker that makes no calendar is lighter

    calendar, entry = Calendar(), Event()
    calendar.add("prodid", "-//consulta//ES")
    calendar.add("version", "2.0")
    entry.add("uid", uid)
    entry.add("summary", name)
    entry.add("dtstamp", stamp)
    entry.add("sequence", version - 1)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if all_day:
        entry.add("dtstart", starts.astimezone(zone).date())
        entry.add("dtend", (ends - timedelta(seconds=1)).astimezone(zone).date() + timedelta(days=1))
    else:
        entry.add("dtstart", starts)
        entry.add("dtend", ends)
    if place:
        entry.add("location", place)
    entry.add("description", "\n".join(filter(None, (place, address))))
    entry.add("url", address)
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
