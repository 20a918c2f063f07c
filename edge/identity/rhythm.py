"""Stride time from leg differences of unknown sign."""

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats

_SHORTEST_STEP_S = 0.24
_LONGEST_STEP_S = 0.75
_LEAST_LIKENESS = 0.8
# The first maximum within this distance of the best is the step; the next would be the stride.
_CLEAR = 0.07


def stride_time_s(times_s: Floats, vectors: Floats) -> float:
    """Return the stride time, from vectors that change sign from one step to the next.

    Parameters
    ----------
    times_s
        Shape (n,), seconds, increasing; need not be evenly spaced.
    vectors
        Shape (n, k), near label minus far label; any row may have the wrong sign.

    Returns
    -------
    Seconds, 0.48 to 1.5; NaN with too little data or without a clear rhythm.

    Notes
    -----
    One step later the legs have swapped positions, so the vector is roughly the negative of the
    earlier one: the absolute cosine between the two is near 1, whatever the labels. The first such
    lag is the step. The stride is then measured at the lag where the same legs match again, which
    is a sharper maximum.
    """
    if times_s.size < 8:
        return float("nan")
    span = float(times_s[-1] - times_s[0])
    interval = max(float(np.median(np.diff(times_s))), 0.005)
    lags = _lags(_SHORTEST_STEP_S, min(_LONGEST_STEP_S, span / 2), interval)
    squares = (vectors**2).sum(axis=1)
    likeness = np.array([_likeness(times_s, vectors, squares, lag) for lag in lags])
    peaks = _peaks(likeness)
    if not peaks.size:
        return float("nan")
    first = int(peaks[likeness[peaks] > likeness[peaks].max() - _CLEAR][0])
    twice = 2 * _top(lags, likeness, first)
    around = _lags(0.88 * twice, min(1.12 * twice, 0.75 * span), interval)
    likeness = np.array([_likeness(times_s, vectors, squares, lag) for lag in around])
    peaks = _peaks(likeness)
    if not peaks.size:
        return twice
    return _top(around, likeness, int(peaks[np.argmax(likeness[peaks])]))


def _lags(shortest_s: float, longest_s: float, interval_s: float) -> Floats:
    """Return lags of whole frames: lags in between would be rounded to the nearest frame."""
    lags: Floats = interval_s * np.arange(np.floor(shortest_s / interval_s), longest_s / interval_s)
    return lags


def _peaks(likeness: Floats) -> NDArray[np.intp]:
    """Return the indices of inner maxima of the likeness that are high enough."""
    if likeness.size < 3:
        return np.array([], np.intp)
    inner = likeness[1:-1]
    peaks = np.flatnonzero((inner >= likeness[:-2]) & (inner > likeness[2:])) + 1
    return peaks[likeness[peaks] > _LEAST_LIKENESS]


def _top(lags: Floats, likeness: Floats, i: int) -> float:
    """Return the lag of the parabola's vertex around sample ``i``."""
    a, b, c = likeness[i - 1 : i + 2]
    bend = a - 2 * b + c
    offset = 0.5 * (a - c) / bend if bend < 0 else 0.0
    return float(lags[i] + offset * (lags[1] - lags[0]))


def _likeness(times_s: Floats, vectors: Floats, squares: Floats, lag_s: float) -> float:
    """Return the mean absolute cosine between the vectors and those a lag before them, 0 to 1.

    ``squares``, shape (n,), are the vectors' squared lengths, the same for every lag.
    """
    first = int(np.searchsorted(times_s, times_s[0] + lag_s))
    wanted = times_s[first:] - lag_s
    right = np.clip(np.searchsorted(times_s, wanted), 1, times_s.size - 1)
    earlier = np.where(wanted - times_s[right - 1] <= times_s[right] - wanted, right - 1, right)
    dots = np.abs((vectors[first:] * vectors[earlier]).sum(axis=1)).sum()
    sizes = np.sqrt(squares[first:] * squares[earlier]).sum()
    return float(dots / sizes) if sizes > 0 else 0.0
