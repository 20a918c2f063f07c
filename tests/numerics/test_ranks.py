"""Rank correlation, by hand and against its limits."""

import numpy as np
import pytest

from edge.numerics.ranks import rank_correlation


@pytest.mark.parametrize(
    ("x", "y", "ranks"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 1000], 1.0),
        ([1, 2, 3, 4], [9, 4, 1, 0], -1.0),
        # 1 - 6 (0 + 1 + 1 + 0) / (4 x 15)
        ([1, 2, 3, 4], [1, 3, 2, 4], 0.8),
        # Ranks 1.5, 1.5, 3 against 1, 2, 3.
        ([5, 5, 7], [1, 2, 3], 0.8660254),
        ([1, np.nan, 2, 3], [3, 0, 2, 1], -1.0),
    ],
)
def test_ranks_follow_order_alone(x: list[float], y: list[float], ranks: float) -> None:
    assert rank_correlation(np.array(x, float), np.array(y, float)) == pytest.approx(ranks)


def test_too_few_or_constant_series_have_no_correlation() -> None:
    assert np.isnan(rank_correlation(np.array([1.0, 2.0]), np.array([1.0, 2.0])))
    assert np.isnan(rank_correlation(np.ones(5), np.arange(5.0)))
    assert np.isnan(rank_correlation(np.full(5, np.nan), np.arange(5.0)))
