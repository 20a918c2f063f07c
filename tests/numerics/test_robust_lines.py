import numpy as np
import pytest

from edge.messages.arrays import Floats
from edge.numerics.robust_lines import theil_sen_slope, weighted_line, weighted_median


def line(outliers: int) -> tuple[Floats, Floats]:
    x = np.array([0.0, 1.0, 2.5, 3.0, 4.0, 7.0, 8.0, 9.0, 11.0])
    y = 3.0 - 0.5 * x
    y[:outliers] += 40.0
    return x, y


@pytest.mark.parametrize("outliers", [0, 1, 2])
def test_outliers_do_not_tilt_the_line(outliers: int) -> None:
    assert theil_sen_slope(*line(outliers)) == pytest.approx(-0.5)


@pytest.mark.parametrize("outliers", [0, 1, 2])
def test_outliers_tilt_and_lift_no_weighted_line(outliers: int) -> None:
    slope, level, scatter = weighted_line(*line(outliers), np.ones(9))
    assert (slope, level, scatter) == pytest.approx((-0.5, 3.0, 0.0))


def test_heavy_points_decide() -> None:
    x, y = line(4)
    assert weighted_line(x, y, np.array([9.0] * 4 + [0.1] * 5))[1] == pytest.approx(43.0)


def test_weighted_median_is_where_half_of_the_weight_is_reached() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])) == 2.0
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([9.0, 1.0, 1.0])) == 3.0
