"""The geometry of the charts."""

from __future__ import annotations

from datetime import date

from consulta.documents import charts


def test_days_without_any_are_drawn_by_their_ends() -> None:
    days = [(date(2026, 1, 1), 2), (date(2026, 1, 3), 1), (date(2026, 1, 11), 2)]
    found = charts.line(days)
    assert found
    assert [point.partition(",")[0] for point in found.points.split()] == ["0", "60", "120", "180", "540", "600"]
    assert [point.partition(",")[2] for point in found.points.split()] == ["10", "150", "80", "150", "150", "10"]
