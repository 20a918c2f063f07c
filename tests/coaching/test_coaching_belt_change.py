from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.coaching.belt_change import BeltWatch
from edge.settings.coaching_settings import CoachingSettings


def watched(speeds: list[float]) -> list[int]:
    """Return the warm-up count after each stride."""
    watch = BeltWatch(CoachingSettings())
    counts = []
    for speed in speeds:
        watch.update(speed)
        counts.append(watch.warm_up)
    return counts


@pytest.mark.parametrize("speed", [2.5, 3.5])
def test_warm_up_counts_from_the_first_stride_at_the_new_speed(speed: float) -> None:
    assert watched([3.0] * 6 + [speed] * 14) == [0] * 8 + [3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "speeds",
    [
        [3.0] * 20,
        [3.0] * 6 + [3.19] * 20,
        [3.0] * 6 + [3.5, 3.5] + [3.0] * 10,
        [3.0] * 6 + [3.5, 2.5] * 10,
        [3.0] * 6 + [nan] * 20,
        [3.0] * 6 + [0.0] * 20,
        [nan] * 20,
        [nan] * 5 + [3.0] * 10,
        [1.0, 3.0, 3.0, 3.0, 3.0, 3.0],
        [3.0 + 0.02 * i for i in range(40)],
    ],
)
def test_no_warm_up_without_a_lasting_change(speeds: list[float]) -> None:
    assert not any(watched(speeds))


def test_unknown_speeds_do_not_hide_a_change() -> None:
    assert watched([3.0] * 6 + [3.5, nan, 3.5, nan, 3.5])[-1] == 3


def test_another_change_starts_the_warm_up_again() -> None:
    counts = watched([3.0] * 6 + [3.5] * 5 + [4.0] * 3)
    assert counts[-4:] == [5, 6, 7, 3]


def test_median_speed_is_that_of_the_strides_since_the_change() -> None:
    watch = BeltWatch(CoachingSettings())
    assert str(watch.speed_mps) == "nan"
    for speed in [3.0] * 6 + [3.5] * 3:
        watch.update(speed)
    assert watch.speed_mps == 3.5


@given(speeds=st.lists(st.floats(2.95, 3.05) | st.just(nan), max_size=60))
def test_noise_within_the_limit_never_triggers(speeds: list[float]) -> None:
    assert not any(watched(speeds))
