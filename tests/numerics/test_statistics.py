import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.numerics.statistics import (
    change_ci95,
    spread,
    trimmed_ci95,
    trimmed_mean,
    widened,
)

# A published worked example: trimmed mean 282.7, winsorised variance 21551.4 (Wilcox, chapter 3).
WORKED = np.array(
    [
        *(77.0, 87.0, 88.0, 114.0, 151.0, 210.0, 219.0, 246.0, 253.0, 262.0),
        *(296.0, 299.0, 306.0, 376.0, 428.0, 515.0, 666.0, 1310.0, 2611.0),
    ]
)
# One to ten, with neighbours as unlike as can be.
ZIGZAG = np.array([1.0, 10.0, 2.0, 9.0, 3.0, 8.0, 4.0, 7.0, 5.0, 6.0])
numbers = st.lists(st.floats(-100, 100), min_size=3, max_size=14).map(np.array)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([], np.nan),
        ([np.nan], np.nan),
        ([3.0], 3.0),
        ([1.0, 2.0, 9.0], 4.0),
        ([1.0, 2.0, 3.0, 4.0, 90.0], 3.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0], 5.5),
        ([-900.0, -900.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 900.0, 900.0], 1.0),
        ([90.0, np.nan, 1.0, 3.0, np.nan, 2.0, 4.0], 3.0),
    ],
)
def test_trimmed_mean_drops_a_fifth_at_each_end(values: list[float], mean: float) -> None:
    assert trimmed_mean(np.array(values)) == pytest.approx(mean, nan_ok=True)


def test_interval_of_one_to_ten_is_the_one_done_by_hand() -> None:
    # Winsorised 3 3 3 4 5 6 7 8 8 8: sum of squares 42.5 over 6 * 5; t(5) = 2.5706.
    half = 2.570582 * (42.5 / 30) ** 0.5
    assert trimmed_ci95(np.arange(1.0, 11.0)) == pytest.approx((5.5 - half, 5.5 + half))


def test_interval_of_the_published_example() -> None:
    assert trimmed_mean(WORKED) == pytest.approx(282.7, abs=0.05)
    low, high = trimmed_ci95(WORKED)
    # 19 values, 3 cut at each end: winsorised sum of squares 18 * 21551.4 over 13 * 12, t(12).
    half = 2.1788 * (18 * 21551.4 / (13 * 12)) ** 0.5
    assert (high - low) / 2 == pytest.approx(half, rel=1e-3)


@pytest.mark.parametrize("values", [[], [1.0], [np.nan, 2.0]])
def test_interval_of_too_few_values_is_absent(values: list[float]) -> None:
    assert np.isnan(trimmed_ci95(np.array(values))).all()


@given(values=numbers)
def test_interval_holds_the_mean_and_inputs_stay_as_they_were(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    before = values.copy()
    low, high = trimmed_ci95(values)
    mean = trimmed_mean(values)
    assert low - 1e-9 <= mean <= high + 1e-9
    assert values.min() - 1e-9 <= mean <= values.max() + 1e-9
    np.testing.assert_array_equal(values, before)


@given(values=numbers, shift=st.floats(-50, 50))
def test_mean_and_interval_move_and_mirror_with_the_values(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], shift: float
) -> None:
    low, high = trimmed_ci95(values)
    assert trimmed_ci95(values + shift) == pytest.approx((low + shift, high + shift), abs=1e-6)
    assert trimmed_ci95(-values) == pytest.approx((-high, -low), abs=1e-9)
    assert trimmed_mean(-values) == pytest.approx(-trimmed_mean(values), abs=1e-9)


def test_spread_by_hand() -> None:
    # Three values, none cut: t(2) = 4.3027 times 2 / sqrt(3).
    found = spread([2.0, 4.0, np.nan, 6.0, np.inf])
    assert (found.mean, found.sd, found.count) == (4.0, 2.0, 3)
    half = 4.302653 * 2 / 3**0.5
    assert (found.low, found.high) == pytest.approx((4 - half, 4 + half))


def test_spread_of_too_few_is_absent() -> None:
    for values in ([], [np.nan]):
        found = spread(values)
        assert found.count == 0
        assert np.isnan([found.mean, found.sd, found.low, found.high]).all()
    one = spread([-5.1])
    assert (one.mean, one.count) == (-5.1, 1)
    assert np.isnan([one.sd, one.low, one.high]).all()


@given(values=numbers)
def test_spread_is_the_interval_of_the_verdict_and_the_plain_deviation(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    found = spread(values)
    assert (found.mean, found.low, found.high) == (trimmed_mean(values), *trimmed_ci95(values))
    assert found.sd == pytest.approx(np.std(values, ddof=1), abs=1e-9)


@pytest.mark.parametrize("values", [[1e308, -1e308], [1e308, 1e308, -1e308], [1e200, -1e200]])
def test_numbers_too_large_to_square_give_no_interval_and_no_error(values: list[float]) -> None:
    assert not np.isfinite([spread(values).low, spread(values).high]).any()


def test_interval_of_a_change_is_the_one_done_by_hand() -> None:
    # Both squared errors are 42.5 / 30, as above; equal ones give 5 + 5 degrees of freedom.
    half = 2.228139 * (2 * 42.5 / 30) ** 0.5
    assert change_ci95(ZIGZAG, ZIGZAG + 3) == pytest.approx((3 - half, 3 + half), abs=1e-3)


def test_intervals_of_several_changes_hold_together() -> None:
    # 50 differences: t(10) at 0.05 / 50, both tails, is 4.587 in the tables.
    half = 4.587 * (2 * 42.5 / 30) ** 0.5
    together = change_ci95(ZIGZAG, ZIGZAG + 3, claims=50)
    assert together == pytest.approx((3 - half, 3 + half), abs=1e-3)


@given(before=numbers, after=numbers)
def test_interval_of_a_change_turns_round_with_it(
    before: np.ndarray[tuple[int], np.dtype[np.float64]],
    after: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    low, high = change_ci95(before, after)
    assert (-high, -low) == pytest.approx(change_ci95(after, before), nan_ok=True)
    assert np.isnan(low) or low <= trimmed_mean(after) - trimmed_mean(before) <= high + 1e-9


def test_no_interval_of_a_change_without_strides_on_both_sides() -> None:
    assert np.isnan(change_ci95(np.array([1.0]), np.arange(10.0))).all()


def test_an_error_that_strides_share_is_added_as_a_variance() -> None:
    assert widened((-1.0, 5.0), 4.0) == pytest.approx((-3.0, 7.0))
    assert widened((2.0, 2.0), 9.8) == pytest.approx((-7.8, 11.8))


@pytest.mark.parametrize("nothing", [0.0, np.nan])
def test_without_a_shared_error_the_interval_is_that_of_the_strides(nothing: float) -> None:
    assert widened((-1.0, 5.0), nothing) == (-1.0, 5.0)


def test_a_shared_error_gives_no_interval_to_strides_that_have_none() -> None:
    assert np.isnan(widened((np.nan, np.nan), 9.8)).all()
