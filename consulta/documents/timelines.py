"""A time line of milestones as SVG: one bar each, from its first month to its last, against the months of the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, LEFT = 640, 22, 64


@dataclass(frozen=True)
class TimelineRow:
    """A milestone: how it is called, its months (``YYYY-MM``, ``None`` where nothing was said)."""

    label: str
    start: str | None
    end: str | None


def draw(rows: Sequence[TimelineRow], first: str | None, last: str | None, said: Callable[[str], str]) -> str:
    """The drawing; empty if no milestone has dates. ``first`` and ``last``: the months of the plan; bars beyond them
    are drawn, and marked."""
    dated = [row for row in rows if row.start and row.end]
    if not dated:
        return ""
    months = [_count(month) for row in dated for month in (row.start, row.end) if month]
    begins, ends = min(months + ([_count(first)] if first else [])), max(months + ([_count(last)] if last else []))
    scale = (WIDTH - LEFT) / max(1, ends - begins + 1)
    parts, height = [], ROW * len(dated) + 30
    for at, row in enumerate(dated):
        start, end = _count(row.start or ""), _count(row.end or "")
        x, width = LEFT + (start - begins) * scale, max(scale, (end - start + 1) * scale)
        beyond = " beyond" if last and end > _count(last) else ""
        parts.append(
            f'<text x="0" y="{at * ROW + 15}">{escape(row.label[:8])}</text>'
            f'<rect class="bar{beyond}" x="{x:.0f}" y="{at * ROW + 4}" width="{width:.0f}" height="{ROW - 8}">'
            f"<title>{escape(said(row.start or ''))} – {escape(said(row.end or ''))}</title></rect>"
        )
    if last:
        x = LEFT + (_count(last) - begins + 1) * scale
        parts.append(f'<line class="axis" x1="{x:.0f}" x2="{x:.0f}" y1="0" y2="{height - 24}"/>')
    low = f'<text x="{LEFT}" y="{height - 6}">{escape(said(_month(begins)))}</text>'
    high = f'<text x="{WIDTH}" y="{height - 6}" text-anchor="end">{escape(said(_month(ends)))}</text>'
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}{low}{high}</svg>"
    )


def _count(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(count: int) -> str:
    return f"{count // 12:04}-{count % 12 + 1:02}"
