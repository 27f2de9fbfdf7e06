"""Small cells in tables of traits, hidden (foundations 3)."""

from __future__ import annotations

from collections.abc import Iterable


def small_cells(figures: Iterable[tuple[str, int]]) -> dict[str, int | None]:
    """Hide cells of 1 to 4 as ``None`` (shown ``<5``); if just one is hidden, the next smallest goes with it, for the
    total stays exact and would give it away."""
    shown: dict[str, int | None] = dict(figures)
    hidden = [key for key, n in shown.items() if n is not None and 1 <= n <= 4]
    if len(hidden) == 1:
        rest = sorted((n, key) for key, n in shown.items() if n and key not in hidden)
        hidden += [rest[0][1]] if rest else []
    return {key: None if key in hidden else n for key, n in shown.items()}
