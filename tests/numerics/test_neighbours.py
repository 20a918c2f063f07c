"""Intervals of strides that are alike from one to the next hold what they promise."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge.messages.arrays import Floats
from edge.numerics.neighbours import effective_count
from edge.numerics.statistics import change_ci95, spread, trimmed_ci95

RUNS = 1000
COUNTS = (10, 15, 40, 120)
numbers = st.lists(st.floats(-100, 100), min_size=5, max_size=40).map(np.array)


def series(alike: float, count: int, runs: int = RUNS, seed: int = 1) -> Floats:
    """Return first-order autoregressive series of variance 1, shape (runs, count)."""
    random = np.random.default_rng([seed, count, round(100 * alike)])
    values = random.standard_normal((runs, count))
    for index in range(1, count):
        values[:, index] *= (1 - alike**2) ** 0.5
        values[:, index] += alike * values[:, index - 1]
    return values


def held(intervals: list[tuple[float, float]], truth: float = 0.0) -> float:
    return sum(low <= truth <= high for low, high in intervals) / len(intervals)


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("count", COUNTS)
def test_nine_of_ten_and_more_intervals_hold_the_mean(alike: float, count: int) -> None:
    intervals = [trimmed_ci95(v, neighbours=True) for v in series(alike, count)]
    # 95 % promised, 92 % required; 1000 runs are uncertain by 0.8 %.
    assert held(intervals) >= 0.92


def test_intervals_of_independent_strides_would_not() -> None:
    assert held([trimmed_ci95(v) for v in series(0.6, 40)]) < 0.8


@pytest.mark.parametrize("alike", [0.0, 0.6])
@pytest.mark.parametrize("counts", [(10, 10), (40, 12), (80, 80)])
def test_intervals_of_a_difference_hold_it(alike: float, counts: tuple[int, int]) -> None:
    before, after = (series(alike, n, seed=i) for i, n in enumerate(counts))
    pairs = zip(before, after + 2.0, strict=True)
    assert held([change_ci95(b, a) for b, a in pairs], truth=2.0) >= 0.92


def test_a_whole_table_of_differences_holds_together() -> None:
    """Of ten rows at once all hold in 95 of 100 tables, where one in ten would have failed."""
    rows = 10
    pairs = zip(series(0.3, 40, rows * 200, seed=2), series(0.3, 40, rows * 200), strict=True)
    kept = [(change_ci95(b, a, claims=rows), change_ci95(b, a)) for b, a in pairs]
    tables = [kept[start : start + rows] for start in range(0, len(kept), rows)]

    def share(which: int) -> float:
        return float(np.mean([held([row[which] for row in table]) == 1 for table in tables]))

    assert share(0) >= 0.95
    assert share(1) < 0.92


def test_unlike_neighbours_change_nothing() -> None:
    zigzag = np.array([1.0, 10.0, 2.0, 9.0, 3.0, 8.0, 4.0, 7.0, 5.0, 6.0])
    assert effective_count(zigzag) == 10
    assert trimmed_ci95(zigzag, neighbours=True) == trimmed_ci95(zigzag)
    # The order decides, not the values.
    assert effective_count(np.sort(zigzag)) < 2.5


def test_a_long_series_gives_the_known_count() -> None:
    # n (1 - r) / (1 + r) of 20000: 0.5 leaves a third.
    assert effective_count(series(0.5, 20_000, 1)[0]) == pytest.approx(20_000 / 3, rel=0.06)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0, 4.0], [7.0] * 12])
def test_few_or_equal_values_count_in_full(values: list[float]) -> None:
    assert effective_count(np.array(values)) == len(values)


@given(values=numbers)
def test_neighbours_never_count_more_and_the_interval_never_narrows(values: Floats) -> None:
    assert min(2, values.size) <= effective_count(values) <= values.size
    (low, high), (close, far) = trimmed_ci95(values, neighbours=True), trimmed_ci95(values)
    assert high - low >= (far - close) * (1 - 1e-9) - 1e-9


@given(values=numbers, shift=st.floats(-50, 50))
def test_the_interval_moves_and_mirrors_with_the_values(values: Floats, shift: float) -> None:
    moved = trimmed_ci95(values * 0.5 + shift, neighbours=True)
    low, high = trimmed_ci95(values, neighbours=True)
    # Differences so small that the shift rounds them away aside.
    assume(effective_count(values * 0.5 + shift) == pytest.approx(effective_count(values)))
    assert moved == pytest.approx((low * 0.5 + shift, high * 0.5 + shift), abs=1e-4)
    assert trimmed_ci95(-values, neighbours=True) == pytest.approx((-high, -low), abs=1e-9)


def test_absent_strides_are_passed_over() -> None:
    values = series(0.6, 30, 1)[0]
    gaps = np.insert(values, [4, 9, 9, 30], np.nan)
    assert spread(gaps, neighbours=True) == spread(values, neighbours=True)
