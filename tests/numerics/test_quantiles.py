"""Quantiles equal those of NumPy, exactly or to the width of a cell."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.numerics.quantiles import LatencyQuantiles, median, quantile, row_medians

some_numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(some_numbers, st.floats(0, 1))
def test_quantile_is_that_of_numpy_to_the_last_bit(values: list[float], share: float) -> None:
    assert quantile(sorted(values), share) == np.quantile(values, share)


@given(some_numbers)
def test_median_is_that_of_numpy_to_the_last_bit(values: list[float]) -> None:
    assert median(values) == np.median(values)


@given(some_numbers, st.booleans())
def test_medians_of_rows_are_those_of_numpy_to_the_last_bit(
    values: list[float], absent: bool
) -> None:
    rows = np.array([values, values[::-1], [nan if absent else 1.0, *values[1:]]])
    assert np.array_equal(row_medians(rows), np.median(rows, axis=1), equal_nan=True)


def test_nothing_has_no_quantile() -> None:
    assert isnan(quantile([], 0.5))
    assert isnan(median([]))


def quantiles_of(*values: float) -> LatencyQuantiles:
    quantiles = LatencyQuantiles()
    for value in values:
        quantiles.add(value)
    return quantiles


def test_latencies_by_hand() -> None:
    quantiles = quantiles_of(*range(1, 101), nan, inf)
    assert (quantiles.quantile_ms(0.5), quantiles.quantile_ms(0.95)) == (50.0, 95.0)
    assert quantiles_of(8.96).quantile_ms(0.5) == 9.0
    assert isnan(quantiles_of().quantile_ms(0.5))
    assert isnan(quantiles_of(nan).quantile_ms(0.5))


def test_latencies_beyond_the_ends_count_as_the_ends() -> None:
    quantiles = quantiles_of(-1e9, 1e9)
    assert (quantiles.quantile_ms(0.0), quantiles.quantile_ms(1.0)) == (-1000.0, 30_000.0)


@settings(deadline=None)
@given(
    st.lists(st.floats(-100, 20_000), min_size=1),
    st.sampled_from([0.05, 0.5, 0.75, 0.95, 1.0]),
)
def test_latencies_agree_with_numpy(values: list[float], share: float) -> None:
    exact = np.quantile(values, share, method="inverted_cdf")
    assert quantiles_of(*values).quantile_ms(share) == pytest.approx(exact, abs=0.0501)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0, 1))
def test_latencies_do_not_depend_on_the_order(values: list[float], share: float) -> None:
    there, back = quantiles_of(*values), quantiles_of(*reversed(values))
    assert there.quantile_ms(share) == back.quantile_ms(share)
