"""The window's median and percentiles are those of NumPy over the same samples."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.numerics.running_median import RunningWindow

SAMPLES = st.lists(
    st.tuples(st.floats(0.001, 0.4), st.floats(-1e3, 1e3) | st.just(nan)), min_size=1, max_size=60
)


@given(SAMPLES, st.floats(0, 100))
def test_it_is_what_numpy_says_of_the_kept_samples(
    samples: list[tuple[float, float]], percent: float
) -> None:
    window, time_s = RunningWindow(2.0), 0.0
    kept: list[tuple[float, float]] = []
    for step_s, value in samples:
        time_s += step_s
        window.add(time_s, value)
        window.forget_before(time_s)
        kept = [(t, v) for t, v in [*kept, (time_s, value)] if t >= time_s - 2.0]
    values = [v for _, v in kept if not isnan(v)]
    if not values:
        assert isnan(window.percentile(percent))
        assert isnan(window.first_s)
        return
    assert window.percentile(percent) == pytest.approx(np.percentile(values, percent), abs=1e-9)
    assert window.median == np.median(values)
    times = [t for t, v in kept if not isnan(v)]
    assert window.first_s == times[0]
    assert window.span_s == pytest.approx(times[-1] - times[0])


def test_cleared_it_knows_nothing() -> None:
    window = RunningWindow(1.0)
    window.add(0.0, 3.0)
    window.clear()
    assert isnan(window.median)
    assert window.span_s == 0.0
