"""The geometry of the charts, the rows of tables and the tile map; ``templates/components/charts.html`` makes
accessible figures of them. Rows and tiles are drawn here in one piece each, every label escaped: put together in the
template piece by piece they took a third of their page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape


@dataclass(frozen=True)
class Bar:
    """A bar; ``width`` in percent of the longest; ``key`` of what it counts; ``n``: a mark where it is hidden."""

    label: str
    n: int | str
    width: float
    key: str = ""


@dataclass(frozen=True)
class Line:
    """A line of days in a box of 600 by 160; ``points`` for an SVG polyline, ``top`` the highest figure."""

    points: str
    area: str
    top: int
    first: date
    last: date


@dataclass(frozen=True)
class Tile:
    """A department on the tile map, ``x`` and ``y`` in units of the picture; ``shade`` from 1 to 5, 0 for none;
    ``short``: as much of its name as fits."""

    code: str
    label: str
    short: str
    x: int
    y: int
    n: int
    per_100k: float | None
    shade: int

    @property
    def rate(self) -> str:
        """Per 100,000 inhabitants, in words of a table."""
        return "—" if self.per_100k is None else f"{self.per_100k:.2f}"


TILE = 62
"""The side of a tile with the gap beside it."""


def tile_map(tiles: Sequence[Tile], shown: Callable[[int], str]) -> str:
    """The tiles as SVG, each with its name and figure; ``shown`` writes a figure."""
    return "\n".join(
        f'<g class="tile-{t.shade}" transform="translate({t.x} {t.y})"><title>{escape(t.label)}: {shown(t.n)}</title>'
        f'<rect width="60" height="60" rx="4"/><text x="30" y="26">{escape(t.short)}</text>'
        f'<text x="30" y="45">{shown(t.n)}</text></g>'
        for t in tiles
    )


def box(tiles: Sequence[Tile]) -> str:
    """The part of the plane that a tile map fills, as an SVG view box."""
    left, top = min(t.x for t in tiles), min(t.y for t in tiles)
    width, height = max(t.x for t in tiles) - left + TILE, max(t.y for t in tiles) - top + TILE
    return f"{left - 2} {top - 2} {width + 4} {height + 4}"


def short(label: str) -> str:
    """A name as it fits in a tile."""
    return f"{label[:9]}." if len(label) > 10 else label


def bars(figures: Sequence[tuple[str, str, int | str]]) -> list[Bar]:
    """Bars from (key, label, figure); a hidden figure has no length."""
    lengths = [n if isinstance(n, int) else 0 for _, _, n in figures]
    longest = max(lengths, default=0) or 1
    return [
        Bar(label, n, round(100 * length / longest, 1), key)
        for (key, label, n), length in zip(figures, lengths, strict=True)
    ]


def bar_rows(rows: Sequence[Bar], shown: Callable[[int], str], slots: Mapping[str, int] | None = None) -> str:
    """Bars as rows of a table, each with its label and figure; ``slots``: the colour of each key, none: the neutral."""
    colours = slots or {}
    return "\n".join(
        f'<tr><th scope="row">{escape(row.label)}</th>'
        f'<td class="number">{shown(row.n) if isinstance(row.n, int) else escape(row.n)}</td>'
        f'<td class="bar-cell"><svg class="bar-cell slot-{colours.get(row.key, "none")}" viewBox="0 0 100 10" '
        f'preserveAspectRatio="none" aria-hidden="true"><rect class="bar" width="{row.width}" height="10"/></svg>'
        "</td></tr>"
        for row in rows
    )


def figure_rows(rows: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Rows of a table of figures: what is counted, and its figures as they are written."""
    between = '</td><td class="number">'
    return "\n".join(
        f'<tr><th scope="row">{escape(label)}</th><td class="number">{between.join(shown)}</td></tr>'
        for label, shown in rows
    )


def line(days: Sequence[tuple[date, int]]) -> Line | None:
    """The course of the days from the first to the last, days without any included: of such a stretch its ends."""
    if not days:
        return None
    first, last = days[0][0], days[-1][0]
    span, top = max((last - first).days, 1), max(n for _, n in days)
    steps: list[tuple[int, int]] = []
    before = -1
    for day, n in days:
        at = (day - first).days
        if at > before + 1:
            steps.append((before + 1, 0))
            if at > before + 2:
                steps.append((at - 1, 0))
        steps.append((at, n))
        before = at
    points = " ".join(f"{600 * d / span:.0f},{150 - 140 * n / top:.0f}" for d, n in steps)
    return Line(points, f"0,150 {points} 600,150", top, first, last)


def shade(value: float, highest: float) -> int:
    """One of five steps of equal width; 0 for nothing."""
    return 0 if value <= 0 else min(5, 1 + int(5 * value / highest * 0.999))
