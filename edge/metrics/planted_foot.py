"""Position of the planted toe, from a line fit over mid stance.

A foot that is flat on the belt moves backwards steadily and does not rotate. A line through mid
stance therefore locates the toe better at any instant than the keypoint at that instant, which is
least accurate while the other leg passes.
"""

import numpy as np

from edge.messages.arrays import Floats
from edge.numerics.robust_lines import theil_sen_slope

_LEAST_SAMPLES = 4


def planted_x(times_s: Floats, x: Floats, tolerance: float, time_s: float) -> float:
    """Return the position of a planted point at one instant.

    Parameters
    ----------
    times_s, x
        Shape (n,): samples of mid stance; x forward, NaN ignored.
    tolerance
        Distance from the line beyond which a sample is excluded, in the unit of ``x``.
    time_s
        The instant.

    Returns
    -------
    x at ``time_s``; NaN with fewer than four samples near one line.

    Notes
    -----
    A Theil-Sen line (Theil 1950; Sen 1968), whose slope is the median over all pairs, selects the
    samples near it for a least-squares line. The slope is that of the foot, not of the belt, so
    that a creeping shoe is tracked correctly.
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
