"""Straight-line fits that resist outliers.

Source: Theil (1950); Sen (1968), J Am Stat Assoc 63, 1379. See docs/gait-metrics.md, "Statistics".
"""

import numpy as np

from edge.messages.arrays import Floats

# Pairs of points closer than this share of the range carry little information on the slope.
_LEAST_APART = 0.25


def theil_sen_slope(x: Floats, y: Floats) -> float:
    """Return the median of the slopes of all pairs of points.

    Parameters
    ----------
    x, y
        Shape (n,), finite, n > 1; no two ``x`` equal.

    Returns
    -------
    In units of ``y`` over units of ``x``.

    Examples
    --------
    >>> theil_sen_slope(np.arange(5.0), np.array([0.0, 2.0, 4.0, 6.0, 90.0]))
    2.0
    """
    first, second = np.triu_indices(x.size, 1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first])))


def weighted_line(x: Floats, y: Floats, weight: Floats) -> tuple[float, float, float]:
    """Return slope, value at ``x`` = 0, and scatter of the robust line through weighted points.

    Parameters
    ----------
    x, y, weight
        Shape (n,), finite, n > 1; weights are positive. ``x`` must not be constant.

    Returns
    -------
    Slope in units of ``y`` over units of ``x``; value and scatter (median distance of the points
    from the line along ``y``) in units of ``y``.

    Notes
    -----
    Differs from Theil and Sen: medians are weighted, and pairs closer than a quarter of the range
    of ``x`` are excluded.
    """
    first, second = np.triu_indices(x.size, 1)
    apart = np.abs(x[second] - x[first]) > _LEAST_APART * np.ptp(x)
    first, second = first[apart], second[apart]
    slopes = (y[second] - y[first]) / (x[second] - x[first])
    slope = weighted_median(slopes, weight[first] * weight[second])
    level = weighted_median(y - slope * x, weight)
    scatter = weighted_median(np.abs(y - slope * x - level), weight)
    return slope, level, scatter


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value at which half of the total weight is reached.

    Parameters
    ----------
    values, weights
        Shape (n,), finite, n > 0; weights are positive.
    """
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(share, share[-1] / 2)])
