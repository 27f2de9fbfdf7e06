"""A place in a list, as an address carries it: where the next page begins. ``Malformed`` for what is none."""

from __future__ import annotations

from datetime import date

from .errors import Malformed


def number(raw: str, digits: int = 9) -> int | None:
    """A list by number or id; nothing: its beginning."""
    if raw and not (raw.isascii() and raw.isdecimal() and len(raw) <= digits):
        raise Malformed("El lugar de la lista «%(value)s» no es un número.", value=raw[:40])
    return int(raw) if raw else None


def day(raw: str) -> tuple[date, int]:
    """A list by day, then id: ``2026-11-28_12``."""
    first, _, last = raw.partition("_")
    try:
        return date.fromisoformat(first), int(last[:18])
    except ValueError as error:
        raise unknown(raw) from error


def at_day(at: date, id_: int) -> str:
    """What ``day`` reads."""
    return f"{at.isoformat()}_{id_}"


def name(raw: str) -> tuple[str, int]:
    """A list by name, then id: ``ministerio de salud~12``."""
    key, _, last = raw.rpartition("~")
    if not last.isdecimal() or len(last) > 9 or "\x00" in key:
        raise unknown(raw)
    return key, int(last)


def at_name(key: str, id_: int) -> str:
    """What ``name`` reads."""
    return f"{key}~{id_}"


def unknown(raw: str) -> Malformed:
    """The refusal of what is no place."""
    return Malformed("El lugar de la lista «%(value)s» no se entiende.", value=raw[:40])
