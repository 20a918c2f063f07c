"""Position of the planted toe, from a line fit over mid stance.

A foot that is flat on the belt moves backwards steadily and does not rotate. A line through mid
stance therefore locates the toe better at any instant than the keypoint at that instant, which is
least accurate while the other leg passes.
"""

from typing import Final, NamedTuple

import numpy as np

from edge.messages.arrays import Floats
from edge.numerics.robust_lines import theil_sen_slope

_LEAST_SAMPLES: Final = 4
# The belt is known to 2 % (SD) from the picture and slows by up to 5 % under the foot.
_SPEED_ERROR95: Final = 0.07


class Planted(NamedTuple):
    """A planted point at one instant: its position, and half the 95 % interval of its error.

    The error is that of a line whose slope is not its own, 0 for one whose slope is; the scatter of
    samples is not in it. Both are NaN if the point was not found.
    """

    x: float
    error95: float


_NOT_FOUND: Final = Planted(float("nan"), float("nan"))


def planted(
    times_s: Floats, x: Floats, tolerance: float, time_s: float, speed: float = float("nan")
) -> Planted:
    """Return the position of a planted point at one instant.

    Parameters
    ----------
    times_s, x
        Shape (n,): samples of mid stance; x forward, NaN ignored.
    tolerance
        Distance from the line beyond which a sample is excluded, in the unit of ``x``.
    time_s
        The instant.
    speed
        Speed at which planted feet move backwards, positive, in the unit of ``x`` a second; NaN if
        unknown.

    Returns
    -------
    x at ``time_s`` and its error; not found without samples, with samples that contradict each
    other, and with fewer than four where the speed is unknown.

    Notes
    -----
    A Theil-Sen line (Theil 1950; Sen 1968), whose slope is the median over all pairs, selects the
    samples near it for a least-squares line. The slope is that of the foot, not of the belt, so
    that a creeping shoe is tracked correctly. Fewer than four samples, as in fast running at 30
    frames a second, give no slope; theirs is that of other strides, with its error.
    """
    known = np.isfinite(x)
    t, x = times_s[known] - time_s, x[known]
    if t.size >= _LEAST_SAMPLES:
        near = _near(x - theil_sen_slope(t, x) * t, tolerance)
        if near.sum() >= _LEAST_SAMPLES:
            line = np.polynomial.polynomial.polyfit(t[near], x[near], 1)
            return Planted(float(line[0]), 0.0)
    return _at_speed(t, x, tolerance, speed)


def _at_speed(t: Floats, x: Floats, tolerance: float, speed: float) -> Planted:
    """Return the position at t = 0 from samples that move backwards at a known speed."""
    if not t.size or not speed > 0:
        return _NOT_FOUND
    at_zero = x + speed * t
    near = _near(at_zero, tolerance)
    # Most of them must agree, or none can be believed.
    if 2 * near.sum() <= t.size:
        return _NOT_FOUND
    ahead_s = abs(float(t[near].mean()))
    return Planted(float(at_zero[near].mean()), _SPEED_ERROR95 * speed * ahead_s)


def _near(values: Floats, tolerance: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.abs(values - np.median(values)) <= tolerance
