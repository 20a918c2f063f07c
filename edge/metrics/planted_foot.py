"""Where the toe of the planted foot is, from the straight line it draws at belt speed.

While a foot is flat on the belt it moves backwards at belt speed and does not turn. One line
through all of mid stance therefore gives the toe at any instant of it better than the toe's own
point at that instant, which the pose model loses just when the other leg passes.
"""

import numpy as np

from edge.messages import Floats

_LEAST_SAMPLES = 3


def belt_line_x(
    times_s: Floats, x: Floats, belt_speed: float, tolerance: float, time_s: float
) -> float:
    """Return where a point that moves with the belt is at one instant.

    Parameters
    ----------
    times_s, x
        Shape (n,): samples of mid stance; x forward, NaN left out.
    belt_speed
        Speed of the belt in the unit of ``x`` per second, positive.
    tolerance
        Distance from the line beyond which a sample counts as another point, same unit.
    time_s
        The instant.

    Returns
    -------
    x at ``time_s``; NaN with fewer than three samples on the line or an unknown belt speed.
    """
    known = np.isfinite(x)
    if known.sum() < _LEAST_SAMPLES or not np.isfinite(belt_speed):
        return float("nan")
    offsets = x[known] + belt_speed * (times_s[known] - time_s)
    middle = float(np.median(offsets))
    on_line = np.abs(offsets - middle) <= tolerance
    return float(offsets[on_line].mean()) if on_line.sum() >= _LEAST_SAMPLES else float("nan")
