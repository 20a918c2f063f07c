"""Who of several people is the one to follow: the one seen from the side."""

import numpy as np

from edge.messages import Floats
from edge.skeleton import LEFT_HIP, LEFT_SHOULDER, RIGHT_HIP, RIGHT_SHOULDER


def breadth_ratio(xy_px: Floats) -> float:
    """Return how broad the shoulders or hips look, in trunk lengths.

    Parameters
    ----------
    xy_px
        Shape (33, 2), pixels.

    Returns
    -------
    About 0.15 seen from the side and 0.7 from the front or back; NaN for a trunk of no length.
    """
    shoulders, hips = xy_px[[LEFT_SHOULDER, RIGHT_SHOULDER]], xy_px[[LEFT_HIP, RIGHT_HIP]]
    trunk = float(np.hypot(*(shoulders.mean(axis=0) - hips.mean(axis=0))))
    breadth = max(abs(float(np.diff(pair[:, 0])[0])) for pair in (shoulders, hips))
    return breadth / trunk if trunk > 0 else float("nan")
