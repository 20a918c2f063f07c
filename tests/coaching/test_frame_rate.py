"""The rate of arriving pictures."""

from math import inf

import pytest

from edge.coaching.frame_rate import FrameRate


@pytest.mark.parametrize(
    ("times_s", "hz"),
    [
        ((), inf),
        ((1.0,), inf),
        ((0.0, 0.02, 0.04), 50.0),
        # One repeated time among others, and a clock that stands.
        ((0.0, 0.02, 0.02, 0.04), 50.0),
        ((3.0, 3.0, 3.0), inf),
    ],
)
def test_the_rate_is_of_the_median_interval(times_s: tuple[float, ...], hz: float) -> None:
    rate = FrameRate()
    for time_s in times_s:
        rate.add(time_s)
    assert rate.hz == pytest.approx(hz)
