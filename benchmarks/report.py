"""One line a budget: what was measured, what was promised, met or missed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """The lines of a run."""

    lines: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, what: str, figure: str, budget: str, met: bool) -> None:
        """Note and print one budget."""
        self.lines.append((what, figure, budget, met))
        print(f"{'met   ' if met else 'MISSED'}  {what:<62} {figure:>22}   {budget}", flush=True)

    def at_least(self, what: str, value: float, least: float, unit: str) -> None:
        """A figure that should be high."""
        self.add(what, f"{value:,.2f} {unit}", f"at least {least:,.2f}", value >= least)

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        """A figure that should be low."""
        self.add(what, f"{value:,.3f} {unit}", f"at most {limit:,.3f}", value <= limit)

    @property
    def missed(self) -> int:
        """How many budgets were missed."""
        return sum(not met for *_, met in self.lines)
