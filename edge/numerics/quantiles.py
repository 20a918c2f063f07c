"""Quantiles of sorted numbers, and of a stream of latencies in bounded memory."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil, isfinite, nan
from typing import Final

import numpy as np

from edge.messages.arrays import Floats

_PER_MS: Final = 10
_LEAST_MS: Final = -1_000.0
_MOST_MS: Final = 30_000.0


def quantile(rising: Sequence[float], share: float) -> float:
    """Return the value below which a given share of the numbers is found.

    Parameters
    ----------
    rising
        Sorted, no NaN.
    share
        0 to 1.

    Returns
    -------
    Linear between two neighbours; NaN for an empty sequence. Bit-identical to ``numpy.quantile``,
    which takes several times as long on a few numbers.

    Examples
    --------
    >>> quantile([1.0, 2.0, 4.0], 0.75)
    3.0
    """
    if not rising:
        return nan
    place = share * (len(rising) - 1)
    low = int(place)
    a, b = rising[low], rising[min(low + 1, len(rising) - 1)]
    part = place - low
    return a + (b - a) * part if part < 0.5 else b - (b - a) * (1 - part)


def median(values: Iterable[float]) -> float:
    """Return the median of a few numbers, faster than ``numpy.median``; NaN if empty."""
    return median_of_sorted(sorted(values))


def median_of_sorted(rising: Sequence[float]) -> float:
    """Return the middle of sorted numbers, or the mean of the two middle ones; NaN if empty."""
    if not rising:
        return nan
    middle = len(rising) // 2
    return rising[middle] if len(rising) % 2 else (rising[middle - 1] + rising[middle]) / 2


def row_medians(rows: Floats) -> Floats:
    """Return the median of each row.

    Parameters
    ----------
    rows
        Shape (k, n), n at least 1.

    Returns
    -------
    Shape (k,); NaN for a row with a NaN. Bit-identical to ``numpy.median`` along the rows, which
    takes ten times as long on a few numbers.

    Examples
    --------
    >>> row_medians(np.array([[3.0, 1.0, 2.0, 5.0], [1.0, 1.0, np.nan, 1.0]])).tolist()
    [2.5, nan]
    """
    count = rows.shape[1]
    high = count // 2
    low = high - 1 + count % 2
    # NaN is sorted to the end.
    ordered = np.partition(rows, (low, high, count - 1), axis=1)
    middle = (ordered[:, low] + ordered[:, high]) / 2
    return np.where(np.isnan(ordered[:, -1]), np.nan, middle)


class LatencyQuantiles:
    """Histogram of latencies in tenths of a millisecond.

    Notes
    -----
    A sparse histogram with fixed cells. It does not depend on the order of its input and has at
    most 310,001 cells, however long the session; in practice a few hundred. Quantiles are
    nearest-rank and exact to 0.05 ms. Latencies are clamped to -1 to 30 s.
    """

    def __init__(self) -> None:
        self._cells: Counter[int] = Counter()

    def add(self, latency_ms: float) -> None:
        """Add a latency; NaN and infinities are ignored."""
        if isfinite(latency_ms):
            held = min(max(latency_ms, _LEAST_MS), _MOST_MS)
            self._cells[round(held * _PER_MS)] += 1

    def quantile_ms(self, share: float) -> float:
        """Return the least latency not exceeded by ``share`` (0 to 1) of all; NaN if empty."""
        rank = max(1, ceil(share * self._cells.total()))
        for cell in sorted(self._cells):
            rank -= self._cells[cell]
            if rank <= 0:
                return cell / _PER_MS
        return nan
