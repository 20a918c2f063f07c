import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.capture.timeline import LEAST_GAP_S, Timeline

positions = st.lists(st.floats(-10, 10), min_size=1, max_size=30)


def times(timeline: Timeline, positions_s: list[float]) -> list[float]:
    return [timeline.time(position_s)[0] for position_s in positions_s]


@given(rounds=st.lists(positions, min_size=1, max_size=3), counted=st.booleans())
def test_times_strictly_increase_whatever_the_file_says(
    rounds: list[list[float]], counted: bool
) -> None:
    timeline = Timeline(nominal_interval_s=1 / 30, counted=counted)
    got = []
    for positions_s in rounds:
        got += times(timeline, positions_s)
        timeline.begin_round()
    assert got[0] == 0
    assert all(before < after for before, after in itertools.pairwise(got))


@given(start_s=st.floats(-100, 100))
def test_only_distances_from_the_first_frame_matter(start_s: float) -> None:
    plain = Timeline(nominal_interval_s=0.1, counted=False)
    shifted = Timeline(nominal_interval_s=0.1, counted=False)
    positions_s = [0.0, 0.033, 0.071, 0.1]
    moved = times(shifted, [start_s + position_s for position_s in positions_s])
    assert moved == pytest.approx(times(plain, positions_s), abs=2e-6)


def test_the_seam_is_one_median_interval() -> None:
    timeline = Timeline(nominal_interval_s=9.0, counted=False)
    times(timeline, [0.0, 0.1, 0.2, 0.3, 1.3])
    timeline.begin_round()
    assert timeline.time(0.0) == (1.4, True)
    assert timeline.time(0.1) == (1.5, False)


def test_a_repeated_position_moves_on_by_the_least_gap() -> None:
    timeline = Timeline(nominal_interval_s=0.1, counted=False)
    assert times(timeline, [0.0, 0.1, 0.1, 0.2]) == pytest.approx(
        [0.0, 0.1, 0.1 + LEAST_GAP_S, 0.2]
    )


def test_a_clock_that_starts_anew_is_a_break_and_not_a_standstill() -> None:
    timeline = Timeline(nominal_interval_s=0.1, counted=False)
    times(timeline, [50.0, 50.1, 50.2])
    assert timeline.time(3.0) == (0.3, True)
    assert timeline.time(3.1) == (0.4, False)


def test_frames_without_times_are_counted() -> None:
    timeline = Timeline(nominal_interval_s=0.04, counted=True)
    assert times(timeline, [0.0, 0.0, 0.0]) == [0.0, 0.04, 0.08]
