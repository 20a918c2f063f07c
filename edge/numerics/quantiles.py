"""Quantiles: of sorted numbers, and of a stream of latencies in bounded memory."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil, isfinite, nan
from typing import Final

_PER_MS: Final = 10
_LEAST_MS: Final = -1_000.0
_MOST_MS: Final = 30_000.0


def quantile(rising: Sequence[float], share: float) -> float:
    """Return the value below which a share of the numbers lies.

    Parameters
    ----------
    rising
        Sorted, no NaN.
    share
        0 to 1.

    Returns
    -------
    Linear between two neighbours, bit by bit as ``numpy.quantile`` gives it, which takes several
    times as long on so few numbers; NaN of none.

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
    """Return the middle of a few numbers, as ``numpy.median`` does but sooner; NaN of none."""
    return median_of_sorted(sorted(values))


def median_of_sorted(rising: Sequence[float]) -> float:
    """Return the middle of sorted numbers, or the mean of the two middle ones; NaN of none."""
    if not rising:
        return nan
    middle = len(rising) // 2
    return rising[middle] if len(rising) % 2 else (rising[middle - 1] + rising[middle]) / 2


class LatencyQuantiles:
    """Count latencies by tenths of a millisecond.

    Notes
    -----
    A histogram with fixed cells, filled only where something fell: the same whatever the order,
    no more than 310,001 cells however long the session, and a few hundred in practice. Its
    quantiles are nearest-rank and exact to 0.05 ms. Latencies beyond -1 to 30 s count as these.
    """

    def __init__(self) -> None:
        self._cells: Counter[int] = Counter()

    def add(self, latency_ms: float) -> None:
        """Take in a latency; NaN and infinities are left out."""
        if isfinite(latency_ms):
            held = min(max(latency_ms, _LEAST_MS), _MOST_MS)
            self._cells[round(held * _PER_MS)] += 1

    def quantile_ms(self, share: float) -> float:
        """Return the smallest latency that ``share`` (0 to 1) of all do not exceed; NaN of none."""
        rank = max(1, ceil(share * self._cells.total()))
        for cell in sorted(self._cells):
            rank -= self._cells[cell]
            if rank <= 0:
                return cell / _PER_MS
        return nan
