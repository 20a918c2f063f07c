"""Sampling of smoothed keypoints between frames, at the instant of an event."""

import numpy as np

from edge.messages.arrays import Floats

_LONGEST_GAP_S = 0.09


def at_time(times_s: Floats, values: Floats, time_s: float) -> Floats:
    """Interpolate linearly at one instant.

    Parameters
    ----------
    times_s
        Shape (n,), seconds, increasing.
    values
        Shape (n, ...).
    time_s
        The instant; NaN gives NaN.

    Returns
    -------
    Shape (...); NaN outside the samples, in a gap longer than 90 ms, and if either neighbour is
    NaN.
    """
    after = int(np.searchsorted(times_s, time_s))
    if after < times_s.size and times_s[after] == time_s:
        return np.array(values[after], float)
    if not 0 < after < times_s.size or times_s[after] - times_s[after - 1] > _LONGEST_GAP_S:
        return np.full(values.shape[1:], np.nan)
    share = (time_s - times_s[after - 1]) / (times_s[after] - times_s[after - 1])
    between: Floats = values[after - 1] * (1 - share) + values[after] * share
    return between


def within(times_s: Floats, values: Floats, start_s: float, end_s: float) -> Floats:
    """Return the values with ``start_s <= time <= end_s``, shape (m, ...)."""
    return values[(times_s >= start_s) & (times_s <= end_s)]
