"""Maxima, turning points and level crossings of a sampled signal, the basis of the event rules.

All functions take times, shape (n,), seconds, increasing, and values, shape (n,), in which NaN is
ignored. They return NaN or None if nothing is found.
"""

import numpy as np

from edge.gait.smoothing import crossing_time, peak_offset
from edge.messages.arrays import Floats


def fallen_top(times_s: Floats, values: Floats, fall: float) -> tuple[float, float] | None:
    """Return time and value of an inner maximum that is ``fall`` or more above the last sample.

    The time is refined by a parabola through the greatest sample and its neighbours.
    """
    # Return early, as the signal has mostly not fallen yet; a comparison with NaN is false.
    if values.size < 3 or not values[-1] <= np.fmax.reduce(values) - fall:
        return None
    i = int(np.nanargmax(values))
    if not 0 < i < values.size - 1:
        return None
    a, b, c = (float(v) for v in values[i - 1 : i + 2])
    if not np.isfinite([a, c]).all():
        return float(times_s[i]), b
    offset = peak_offset(a, b, c)
    step = times_s[i + 1] - times_s[i] if offset >= 0 else times_s[i] - times_s[i - 1]
    return float(times_s[i] + offset * step), b


def middle_above(times_s: Floats, values: Floats, level: float, top_s: float) -> float:
    """Return the middle of the interval around a top in which the signal is above ``level``.

    The interval runs from the first rise before the top to the last fall after it, so that a dip
    in between does not matter. Without a rise or a fall, return the top.
    """
    above = values - level
    rises = np.flatnonzero((above[:-1] < 0) & (above[1:] >= 0) & (times_s[1:] <= top_s))
    falls = np.flatnonzero((above[:-1] >= 0) & (above[1:] < 0) & (times_s[:-1] >= top_s))
    if not rises.size or not falls.size:
        return top_s
    return (_crossing(times_s, above, rises[0]) + _crossing(times_s, above, falls[-1])) / 2


def turning_s(times_s: Floats, rates: Floats, foretold_s: float) -> float:
    """Return when a rate last fell through zero, or will within ``foretold_s`` of the last sample.

    The prediction is on the line through the last two samples.
    """
    fell = np.flatnonzero((rates[:-1] > 0) & (rates[1:] <= 0))
    if rates.size > 1 and rates[-2] > rates[-1] > 0:
        soon_s = _crossing(times_s, rates, rates.size - 2)
        if soon_s <= times_s[-1] + foretold_s:
            return soon_s
    return _crossing(times_s, rates, fell[-1]) if fell.size else float("nan")


def first_rise_s(times_s: Floats, values: Floats, level: float) -> float:
    """Return when the signal first rises through ``level``."""
    rises = np.flatnonzero((values[:-1] < level) & (values[1:] >= level))
    return _crossing(times_s, values - level, rises[0]) if rises.size else float("nan")


def last_rise_s(times_s: Floats, values: Floats, level: float) -> float:
    """Return when the signal last rises through ``level``."""
    rises = np.flatnonzero((values[:-1] < level) & (values[1:] >= level))
    return _crossing(times_s, values - level, rises[-1]) if rises.size else float("nan")


def _crossing(times_s: Floats, values: Floats, i: int) -> float:
    """Return where the line through samples i and i + 1 is zero."""
    return crossing_time(
        float(times_s[i]), float(values[i]), float(times_s[i + 1]), float(values[i + 1]), 0.0
    )
