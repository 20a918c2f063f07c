"""The rules by hand: signals of a few round numbers, a sample every tenth of a second."""

import numpy as np
import pytest

from edge.gait.extrema import fallen_top, first_rise_s, last_rise_s, middle_above, turning_s
from edge.messages.arrays import Floats


def times(values: Floats) -> Floats:
    return np.arange(values.size) / 10


@pytest.mark.parametrize(
    ("values", "fall", "found"),
    [
        ([0.0, 2.0, 4.0, 2.0, 1.0], 3.0, (0.2, 4.0)),
        ([0.0, 4.0, 4.0, 2.0, 1.0], 3.0, (0.15, 4.0)),
        ([0.0, 2.0, 4.0, 2.0, 1.5], 3.0, None),
        ([4.0, 2.0, 1.0], 1.0, None),
        ([1.0, 2.0, 4.0], 1.0, None),
        ([1.0, 4.0], 1.0, None),
        ([np.nan, np.nan, np.nan], 1.0, None),
        ([np.nan, 4.0, 2.0, 1.0], 3.0, (0.1, 4.0)),
        ([0.0, 2.0, 4.0, 2.0, np.nan], 3.0, None),
    ],
)
def test_a_top_is_taken_once_the_signal_has_fallen_from_it(
    values: list[float], fall: float, found: tuple[float, float] | None
) -> None:
    got = fallen_top(times(np.array(values)), np.array(values), fall)
    assert got == (None if found is None else pytest.approx(found))


@pytest.mark.parametrize(
    ("values", "top_s", "middle_s"),
    [
        ([0.0, 2.0, 4.0, 2.0, 0.0], 0.2, 0.2),
        ([0.0, 4.0, 4.0, 4.0, 0.0], 0.1, 0.2),
        # A dip of the top changes nothing.
        ([0.0, 4.0, 0.5, 4.0, 0.0], 0.1, 0.2),
        ([4.0, 4.0, 2.0, 0.0], 0.1, 0.1),
        ([0.0, 2.0, 4.0, 4.0], 0.2, 0.2),
    ],
)
def test_the_middle_lies_between_the_flanks(
    values: list[float], top_s: float, middle_s: float
) -> None:
    assert middle_above(times(np.array(values)), np.array(values), 1.0, top_s) == pytest.approx(
        middle_s
    )


@pytest.mark.parametrize(
    ("rates", "foretold_s", "at_s"),
    [
        ([3.0, 1.0, -1.0], 0.0, 0.15),
        ([3.0, 1.0, -1.0, -2.0], 0.0, 0.15),
        # The last turn, not the first.
        ([1.0, -1.0, 1.0, -1.0], 0.0, 0.25),
        ([3.0, 2.0, 1.0], 0.1, 0.3),
        ([3.0, 2.0, 1.0], 0.09, np.nan),
        ([1.0, 2.0, 3.0], 1.0, np.nan),
        ([-3.0, -2.0, -1.0], 1.0, np.nan),
        ([2.0], 1.0, np.nan),
        ([], 1.0, np.nan),
        ([2.0, np.nan, -1.0], 1.0, np.nan),
    ],
)
def test_a_rate_turns_where_it_falls_through_zero(
    rates: list[float], foretold_s: float, at_s: float
) -> None:
    values = np.array(rates, float)
    assert turning_s(times(values), values, foretold_s) == pytest.approx(at_s, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "first_s", "last_s"),
    [
        ([0.0, 2.0, 0.0, 2.0], 0.05, 0.25),
        ([0.0, 2.0, 2.0], 0.05, 0.05),
        ([2.0, 2.0, 0.0], np.nan, np.nan),
        ([0.0, np.nan, 2.0], np.nan, np.nan),
        ([2.0], np.nan, np.nan),
        ([], np.nan, np.nan),
    ],
)
def test_rises_are_found_between_samples(
    values: list[float], first_s: float, last_s: float
) -> None:
    signal = np.array(values, float)
    found = [rise(times(signal), signal, 1.0) for rise in (first_rise_s, last_rise_s)]
    assert found == pytest.approx([first_s, last_s], nan_ok=True)
