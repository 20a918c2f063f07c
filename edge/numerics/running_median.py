"""Medians and percentiles of a moving window, without a new sort for every sample."""

from bisect import bisect_left, insort
from collections import deque
from math import isnan, nan

from edge.numerics.quantiles import median_of_sorted, quantile


class RunningWindow:
    """The latest samples of one signal, ordered by time and by size.

    Two seconds at 60 frames/s are 120 samples. Sorting them at each frame costs more than
    everything that is done with the result.

    Parameters
    ----------
    window_s
        Length of the window.
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._seen: deque[tuple[float, float]] = deque()
        self._sorted: list[float] = []

    def clear(self) -> None:
        """Forget all samples."""
        self._seen.clear()
        self._sorted.clear()

    def add(self, time_s: float, value: float) -> None:
        """Add one sample, later than the previous ones; NaN is ignored."""
        if not isnan(value):
            self._seen.append((time_s, value))
            insort(self._sorted, value)

    def forget_before(self, now_s: float) -> None:
        """Drop samples older than the window at ``now_s``."""
        while self._seen and self._seen[0][0] < now_s - self._window_s:
            _, value = self._seen.popleft()
            del self._sorted[bisect_left(self._sorted, value)]

    @property
    def first_s(self) -> float:
        """Time of the oldest sample; NaN without any."""
        return self._seen[0][0] if self._seen else nan

    @property
    def span_s(self) -> float:
        """Time from the oldest to the newest sample; 0 without any."""
        return self._seen[-1][0] - self._seen[0][0] if self._seen else 0.0

    @property
    def median(self) -> float:
        """The middle sample, or the mean of the two middle ones; NaN without any."""
        return median_of_sorted(self._sorted)

    def percentile(self, percent: float) -> float:
        """Return a percentile, linear as in ``numpy.percentile``; NaN without samples."""
        return quantile(self._sorted, percent / 100)
