import numpy as np
import pytest

from edge.coaching.hysteresis import LimitSwitch, MetricLight, StateDwell
from edge.coaching.limits import Band, Grade
from edge.messages.verdict import VerdictState
from edge.settings.coaching_settings import CoachingSettings

SETTINGS = CoachingSettings()
INSIDE = 1.5
GREEN, RED = VerdictState.GREEN, VerdictState.RED


def window(
    beyond: int, by: float, inside_by: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return ten strides, some of them beyond the limit."""
    return np.array([by] * beyond + [-inside_by] * (10 - beyond))


@pytest.mark.parametrize(
    ("beyond", "by", "inside_by", "on"),
    [
        (10, 0.1, 0.0, True),
        (7, 1.0, 0.5, True),
        (6, 5.0, 0.1, False),  # The mean is beyond, the share of strides is not.
        (7, 0.1, 5.0, False),  # The share is beyond, the mean is not.
        (0, 0.0, 0.0, False),
    ],
)
def test_switch_needs_mean_and_share(beyond: int, by: float, inside_by: float, on: bool) -> None:
    assert LimitSwitch(SETTINGS).update(window(beyond, by, inside_by), INSIDE) is on


def test_switch_leaves_after_eight_strides_inside_by_the_margin() -> None:
    switch = LimitSwitch(SETTINGS)
    assert switch.update(window(10, 3.0, 0.0), INSIDE)
    left = [switch.update(window(0, 0.0, INSIDE), INSIDE) for _ in range(8)]
    assert left == [True] * 7 + [False]


def test_switch_never_leaves_inside_by_less_than_the_margin() -> None:
    switch = LimitSwitch(SETTINGS)
    switch.update(window(10, 3.0, 0.0), INSIDE)
    assert all(switch.update(window(0, 0.0, INSIDE - 0.1), INSIDE) for _ in range(50))


def test_switch_counts_strides_inside_in_a_row() -> None:
    switch = LimitSwitch(SETTINGS)
    switch.update(window(10, 3.0, 0.0), INSIDE)
    for excess in [window(0, 0.0, 2.0)] * 7 + [window(0, 0.0, 1.0)] + [window(0, 0.0, 2.0)] * 7:
        assert switch.update(excess, INSIDE)
    assert not switch.update(window(0, 0.0, 2.0), INSIDE)


@pytest.mark.parametrize("worse", [1, -1])
def test_light_falls_through_amber_when_only_red_is_left(worse: int) -> None:
    light = MetricLight(SETTINGS)
    band = Band(amber=0.0, red=worse * 4.0, inside=1.5, worse=worse)
    assert light.update(np.full(10, worse * 6.0), band) is Grade.RED
    for _ in range(7):
        assert light.update(np.full(10, worse * 2.0), band) is Grade.RED
    assert light.update(np.full(10, worse * 2.0), band) is Grade.AMBER
    for _ in range(7):
        assert light.update(np.full(10, worse * -2.0), band) is Grade.AMBER
    assert light.update(np.full(10, worse * -2.0), band) is Grade.GREEN


def test_dwell_lets_the_first_state_in_and_then_holds_it() -> None:
    dwell = StateDwell(8)
    assert dwell.update(GREEN) is GREEN
    shown = [dwell.update(RED) for _ in range(8)]
    assert shown == [GREEN] * 7 + [RED]


def test_dwell_forgets_on_reset() -> None:
    dwell = StateDwell(8)
    dwell.update(GREEN)
    dwell.reset()
    assert dwell.update(RED) is RED
