"""Rank correlation."""

from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_LEAST: Final = 3


def rank_correlation(x: Floats, y: Floats) -> float:
    """Return Spearman's rank correlation of two series.

    Parameters
    ----------
    x, y
        Shape (n,); pairs in which either is not finite are left out.

    Returns
    -------
    -1 to 1; NaN with fewer than three pairs, or if either series is constant.

    Notes
    -----
    Equal values share their mean rank. Source: Spearman (1904), Am. J. Psychol. 15, 72-101, doi
    10.2307/1412159. Differs: none.

    Examples
    --------
    >>> round(rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([5.0, 4.0, -3.0])), 6)
    -1.0
    """
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < _LEAST:
        return float("nan")
    a, b = _ranks(x[known]), _ranks(y[known])
    if not np.ptp(a) or not np.ptp(b):
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place])
