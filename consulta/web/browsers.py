"""What a browser is called in words that people know: *Chrome en Android*."""

from __future__ import annotations

PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""By what stands in the header, the first that fits; most name those after them, too."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def named(user_agent: str) -> str:
    """The program and the system of a ``User-Agent``; what is not known is left out."""
    found = (next((name for mark, name in known if mark in user_agent), "") for known in (PROGRAMS, SYSTEMS))
    return " · ".join(filter(None, found))
