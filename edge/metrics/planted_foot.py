"""Where the toe of the planted foot is, from the straight line it draws.

While a foot is flat on the belt it moves backwards steadily and does not turn. One line through
mid stance therefore gives the toe at any instant of it better than the toe's own point at that
instant, which is at its worst just when the other leg passes.
"""

import numpy as np

from edge.messages.arrays import Floats
from edge.numerics.robust_lines import theil_sen_slope

_LEAST_SAMPLES = 4


def planted_x(times_s: Floats, x: Floats, tolerance: float, time_s: float) -> float:
    """Return where a planted point is at one instant.

    Parameters
    ----------
    times_s, x
        Shape (n,): samples of mid stance; x forward, NaN left out.
    tolerance
        Distance from the line beyond which a sample is left out, in the unit of ``x``.
    time_s
        The instant.

    Returns
    -------
    x at ``time_s``; NaN with fewer than four samples near one line.

    Notes
    -----
    The line is that of Theil (1950) and Sen (1968), whose slope is the median of the slopes of all
    pairs, and then the least-squares line through the samples near it. Its slope is the foot's
    own, not the belt's, so that a shoe that creeps is not moved.
    """
    known = np.isfinite(x)
    t, x = times_s[known] - time_s, x[known]
    if t.size < _LEAST_SAMPLES:
        return float("nan")
    off = x - theil_sen_slope(t, x) * t
    near = np.abs(off - np.median(off)) <= tolerance
    if near.sum() < _LEAST_SAMPLES:
        return float("nan")
    return float(np.polynomial.polynomial.polyfit(t[near], x[near], 1)[0])
