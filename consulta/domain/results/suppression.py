"""Small cells of tables of traits, hidden so that neither a difference nor a sum gives them away (foundations 3)."""

from __future__ import annotations

from collections.abc import Mapping

FEW, HIDDEN = "<5", "oculto"
"""What stands for a figure of 1 to 4, and for a larger one that would tell a small one."""
SMALL = range(1, 5)
Shown = int | str


def suppressed(figures: Mapping[str, int]) -> dict[str, Shown]:
    """Figures as they may be shown beside their exact total: ``FEW`` for 1 to 4; the next smallest are ``HIDDEN`` until
    what is hidden can be made up in more than one way for every small one."""
    few = {key for key, n in figures.items() if n in SMALL}
    rest = sorted((n, key) for key, n in figures.items() if n > SMALL[-1])
    hidden: set[str] = set()
    while few and not _uncertain(figures, few, hidden) and rest:
        hidden.add(rest.pop(0)[1])
    if few and not _uncertain(figures, few, hidden):  # no larger figure is left to hide behind: not even how many
        return {key: HIDDEN if n else n for key, n in figures.items()}
    return {key: FEW if key in few else HIDDEN if key in hidden else n for key, n in figures.items()}


def _uncertain(figures: Mapping[str, int], few: set[str], hidden: set[str]) -> bool:
    """Whether each small figure could be another one, for all that the total tells: it is the sum of what is hidden."""
    total = sum(figures[key] for key in few | hidden)
    others = len(few) - 1
    highest = min(SMALL[-1], total - others * SMALL[0] - len(hidden) * (SMALL[-1] + 1))
    lowest = SMALL[0] if hidden else max(SMALL[0], total - others * SMALL[-1])
    return highest > lowest
