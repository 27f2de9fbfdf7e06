"""QR codes as an SVG path or as rows of modules."""

from __future__ import annotations

from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Qr:
    """``size`` modules on a side, quiet zone included; ``path`` draws the dark ones in that unit."""

    size: int
    path: str


def matrix(data: str) -> list[str]:
    """Rows of ``0`` and ``1`` with a quiet zone of two."""
    return [
        "".join("1" if dark else "0" for dark in row)
        for row in segno.make(data, error="m", micro=False).matrix_iter(border=2)
    ]


def svg(data: str) -> Qr:
    """A path for inline SVG: horizontal runs of dark modules."""
    rows = matrix(data)
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if row[x] == "1":
                run = len(row[x:]) - len(row[x:].lstrip("1"))
                parts.append(f"M{x} {y}h{run}v1h-{run}z")
                x += run
            else:
                x += 1
    return Qr(len(rows), "".join(parts))
