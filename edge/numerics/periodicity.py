"""How much a motion is like itself some time later."""

from typing import Final

import numpy as np

from edge.messages.arrays import Floats

# Fewer samples are alike by chance.
_LEAST_OVERLAP: Final = 16
# Later periods are about as much alike as the first; half a period or a ripple is not.
_NEARLY: Final = 0.1


def evenly_spaced(times_s: Floats, values: Floats, rate_hz: float) -> Floats:
    """Return values at equal steps of time, interpolated between the samples.

    Parameters
    ----------
    times_s, values
        Shape (n,), times increasing, all finite.
    rate_hz
        Samples per second of the result.

    Returns
    -------
    Shape (m,), from the first time on.
    """
    even = np.arange(times_s[0], times_s[-1], 1 / rate_hz)
    spaced: Floats = np.interp(even, times_s, values)
    return spaced


def likeness(early: Floats, late: Floats, lag: int) -> float:
    """Return the correlation of one signal with another some samples later.

    Parameters
    ----------
    early, late
        Shape (n,), evenly spaced.
    lag
        Samples, 1 to n - 2.

    Returns
    -------
    Pearson's coefficient, -1 to 1; 0 if either part is constant.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * np.arange(60) / 20)
    >>> round(likeness(wave, -wave, 20), 6)
    -1.0
    """
    first, second = early[:-lag], late[lag:]
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size > 0 else 0.0


def period_of(values: Floats, shortest: int, longest: int) -> tuple[int, float]:
    """Return the period of a signal, and how much it is like itself one period later.

    Parameters
    ----------
    values
        Shape (n,), evenly spaced.
    shortest, longest
        Periods to try, in samples; those that leave less than 16 samples to compare are not tried.

    Returns
    -------
    Period and likeness, -1 to 1; ``(0, 0.0)`` if the likeness has no maximum within the range.

    Notes
    -----
    The first maximum of likeness that nearly reaches the greatest counts: the next ones are two and
    three periods.

    Examples
    --------
    >>> lag, alike = period_of(np.sin(2 * np.pi * np.arange(60) / 20), 8, 50)
    >>> lag, round(alike, 2)
    (20, 1.0)
    """
    lags = np.arange(shortest, min(longest, values.size - _LEAST_OVERLAP) + 1)
    if lags.size < 3:
        return 0, 0.0
    centred = values - values.mean()
    # Only the overlap counts: without this, long lags would seem less alike.
    power = np.concatenate([[0.0], np.cumsum(centred**2)])
    products = np.correlate(centred, centred, "full")[values.size - 1 + lags]
    sizes = np.sqrt(power[values.size - lags] * (power[-1] - power[lags]))
    alike = np.where(sizes > 0, products / np.where(sizes > 0, sizes, 1.0), 0.0)
    inner = alike[1:-1]
    peaks = np.flatnonzero((inner >= alike[:-2]) & (inner > alike[2:])) + 1
    if not peaks.size:
        return 0, 0.0
    first = int(peaks[alike[peaks] >= alike[peaks].max() - _NEARLY][0])
    return shortest + first, float(alike[first])
