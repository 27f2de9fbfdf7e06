"""When something may be done, and which stretch of a schedule is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consulta.domain.consultations.snapshots import ConsultationView, StageView
from consulta.models.consultations import ConsultationKind

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def stage(key: str, starts: int, ends: int, *opens: str, parent: str | None = None) -> StageView:
    """A stage from so many days after now to so many."""
    begins, over = NOW + starts * DAY, NOW + ends * DAY
    return StageView(
        key=key,
        number=None,
        parent=parent,
        title={"es": key},
        participants=None,
        result=None,
        notes=None,
        source=None,
        theme=None,
        starts_at=begins,
        ends_at=over,
        dates=(),
        opens=opens,
        first_day=begins.date(),
        last_day=(over - timedelta(seconds=1)).date(),
    )


def with_stages(consultation: ConsultationView, *stages: StageView, **rest: object) -> ConsultationView:
    """The consultation with another schedule."""
    return replace(consultation, stages=stages, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stages", "key", "open_", "upcoming"),
    [
        ((("a", -2, 2),), "a", True, False),
        ((("a", -5, -2), ("b", -1, 1)), "b", True, False),
        ((("a", 2, 4), ("b", 5, 6)), "a", False, True),
        ((("b", 5, 6), ("a", 2, 4)), "a", False, True),
        ((("a", -5, -2), ("b", 3, 4)), "b", False, True),
        ((("a", -5, -4), ("b", -3, -2)), "b", False, False),
        ((("b", -3, -2), ("a", -5, -4)), "b", False, False),
        ((), None, False, False),
    ],
)
def test_the_window_is_the_stage_that_is_open_or_next_or_last(
    consultation: ConsultationView,
    stages: tuple[tuple[str, int, int], ...],
    key: str | None,
    open_: bool,
    upcoming: bool,
) -> None:
    view = with_stages(consultation, *(stage(*one, "opinion") for one in stages), stage("other", -9, 9, "proposal"))
    window = view.window("opinion", NOW)
    assert (window.stage.key if window.stage else None, window.open, window.upcoming) == (key, open_, upcoming)


def test_comments_go_with_opinions_unless_the_schedule_says(consultation: ConsultationView) -> None:
    opinions = stage("a", -1, 1, "opinion")
    assert with_stages(consultation, opinions).window("comment", NOW).open
    apart = with_stages(consultation, opinions, stage("b", 3, 4, "comment"))
    assert apart.window("comment", NOW).upcoming
    assert apart.window("opinion", NOW).open


def test_a_record_is_never_open(consultation: ConsultationView) -> None:
    record = with_stages(consultation, stage("a", -1, 1, "opinion"), kind=ConsultationKind.RECORD)
    assert not record.window("opinion", NOW).open


@pytest.mark.parametrize(
    ("first", "keys", "earlier", "later"),
    [
        (0, "abc", None, 3),
        (3, "def", 0, 6),
        (8, "ij", 5, None),
        (99, "j", 6, None),
        (-5, "abc", None, 3),
        (None, "def", 0, 6),
    ],
)
def test_a_long_schedule_is_shown_in_stretches(
    consultation: ConsultationView, first: int | None, keys: str, earlier: int | None, later: int | None
) -> None:
    view = with_stages(consultation, *(stage(key, n - 3, n - 2) for n, key in enumerate("abcdefghij")))
    found = view.stretch(NOW, 3, first=first)
    assert ("".join(one.key for one in found.stages), found.earlier, found.later) == (keys, earlier, later)


def test_a_stretch_of_a_short_schedule_is_all_of_it(consultation: ConsultationView) -> None:
    view = with_stages(consultation, stage("a", -9, -8), stage("b", -8, -7), stage("c", -7, -6, parent="b"))
    found = view.stretch(NOW, 12)
    assert ([one.key for one in found.stages], found.earlier, found.later) == (["a", "b", "c"], None, None)
    assert [one.key for one in view.stretch(NOW, 12, top=True).stages] == ["a", "b"]
    assert view.stretch(NOW, 12, first=0).stages == view.stages
    assert with_stages(consultation).stretch(NOW, 12).stages == ()


def test_a_page_may_read_differently_on_another_day_or_beyond_an_edge(consultation: ConsultationView) -> None:
    view = with_stages(consultation, stage("a", -1, 1))
    same = view.moment(NOW)
    assert view.moment(NOW + timedelta(minutes=1)) == same
    assert view.moment(NOW + DAY) != same
    edge = NOW + DAY
    assert view.moment(edge) != view.moment(edge - timedelta(seconds=1))
    assert len({view.moment(NOW + hours * timedelta(hours=1)) for hours in range(72)}) == 5
