"""Running statistics equal those over all numbers at once."""

from math import inf, isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.record.quantiles import LatencyQuantiles
from edge.record.running_statistics import Moments, student_t95


def moments_of(*values: float) -> Moments:
    moments = Moments()
    for value in values:
        moments.add(value)
    return moments


@pytest.mark.parametrize(
    ("freedom", "t"),
    [
        (1, 12.706205),
        (2, 4.302653),
        (3, 3.182446),
        (4, 2.776445),
        (5, 2.570582),
        (9, 2.262157),
        (10, 2.228139),
        (30, 2.042272),
        (60, 2.000298),
        (100, 1.983972),
        (120, 1.979930),
        (1000, 1.962339),
        (10**9, 1.959964),
    ],
)
def test_student_t_is_that_of_the_tables(freedom: int, t: float) -> None:
    assert student_t95(freedom) == pytest.approx(t, abs=6e-7)


def test_student_t_has_no_step_where_the_method_changes() -> None:
    steps = -np.diff([student_t95(freedom) for freedom in range(95, 108)])
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


def test_moments_by_hand() -> None:
    moments = moments_of(2.0, 4.0, nan, 6.0, inf)
    half = 4.302652729 * 2.0 / sqrt(3)
    assert moments.as_json() == {
        "mean": 4.0,
        "sd": 2.0,
        "ci95": [pytest.approx(4 - half, abs=2e-6), pytest.approx(4 + half, abs=2e-6)],
        "n": 3,
    }


def test_too_few_numbers_have_no_spread() -> None:
    assert moments_of().as_json() == {"mean": None, "sd": None, "ci95": None, "n": 0}
    assert moments_of(nan).as_json() == {"mean": None, "sd": None, "ci95": None, "n": 0}
    assert moments_of(-5.1).as_json() == {"mean": -5.1, "sd": None, "ci95": None, "n": 1}
    assert moments_of(-5.1, -5.1).as_json() == {"mean": -5.1, "sd": 0, "ci95": [-5.1, -5.1], "n": 2}


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2))
def test_moments_agree_with_numpy(values: list[float]) -> None:
    moments = moments_of(*values)
    scale = 1e-9 * max(1.0, *(abs(value) for value in values))
    assert moments.mean == pytest.approx(np.mean(values), abs=scale)
    assert moments.sd == pytest.approx(np.std(values, ddof=1), rel=1e-6, abs=scale)


def test_a_small_spread_far_from_zero_is_not_lost() -> None:
    assert moments_of(1e9 + 1, 1e9 + 2, 1e9 + 3).sd == pytest.approx(1.0)


@pytest.mark.parametrize("values", [(1e308, -1e308), (1e308, 1e308, -1e308), (1e200, -1e200)])
def test_numbers_too_large_to_square_are_null_not_an_error(values: tuple[float, ...]) -> None:
    assert moments_of(*values).as_json()["ci95"] is None


def quantiles_of(*values: float) -> LatencyQuantiles:
    quantiles = LatencyQuantiles()
    for value in values:
        quantiles.add(value)
    return quantiles


def test_quantiles_by_hand() -> None:
    quantiles = quantiles_of(*range(1, 101), nan, inf)
    assert quantiles.as_json() == {"p50": 50.0, "p95": 95.0}
    assert quantiles_of(8.96).as_json() == {"p50": 9.0, "p95": 9.0}
    assert quantiles_of().as_json() == {"p50": None, "p95": None}
    assert isnan(quantiles_of(nan).quantile_ms(0.5))


def test_latencies_beyond_the_ends_count_as_the_ends() -> None:
    quantiles = quantiles_of(-1e9, 1e9)
    assert (quantiles.quantile_ms(0.0), quantiles.quantile_ms(1.0)) == (-1000.0, 30_000.0)


@settings(deadline=None)
@given(
    st.lists(st.floats(-100, 20_000), min_size=1),
    st.sampled_from([0.05, 0.5, 0.75, 0.95, 1.0]),
)
def test_quantiles_agree_with_numpy(values: list[float], share: float) -> None:
    exact = np.quantile(values, share, method="inverted_cdf")
    assert quantiles_of(*values).quantile_ms(share) == pytest.approx(exact, abs=0.0501)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1000)))
def test_quantiles_do_not_depend_on_the_order(values: list[float]) -> None:
    assert quantiles_of(*values).as_json() == quantiles_of(*reversed(values)).as_json()
