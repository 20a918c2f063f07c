"""Quantiles of Student's t, against published tables."""

import numpy as np
import pytest

from edge.numerics.student_t import student_t


@pytest.mark.parametrize(
    ("freedom", "miss", "quantile"),
    [
        (1, 0.05, 12.706),
        (2, 0.05, 4.3027),
        (5, 0.05, 2.5706),
        (10, 0.05, 2.2281),
        (11, 0.05, 2.2010),
        (20, 0.05, 2.0860),
        (60, 0.05, 2.0003),
        (1, 0.001, 636.619),
        (2, 0.001, 31.599),
        (7, 0.001, 5.408),
        (30, 0.002, 3.385),
        (120, 0.001, 3.373),
    ],
)
def test_it_is_that_of_the_tables(freedom: int, miss: float, quantile: float) -> None:
    assert student_t(freedom, miss) == pytest.approx(quantile, abs=1e-3)


@pytest.mark.parametrize("miss", [0.05, 0.05 / 30, 1e-5])
def test_it_falls_towards_the_normal_quantile(miss: float) -> None:
    quantiles = [student_t(n, miss) for n in range(1, 200)]
    assert np.all(np.diff(quantiles) < 0)
    assert quantiles[-1] < student_t(1_000_000, miss) * 1.06


def test_the_normal_quantile_is_its_end() -> None:
    assert student_t(10_000_000) == pytest.approx(1.959964, abs=1e-6)


def test_series_and_expansion_meet() -> None:
    # Neighbouring quantiles step by as much across the change of method as before it.
    for miss in (0.05, 0.001):
        steps = np.diff([student_t(n, miss) for n in range(37, 45)])
        assert np.all(np.diff(steps) > 0)


def test_it_needs_a_degree_of_freedom() -> None:
    with pytest.raises(ValueError, match="got 0"):
        student_t(0)


@pytest.mark.parametrize("miss", [0.0, 1.0, -0.1])
def test_it_needs_a_probability(miss: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        student_t(5, miss)
