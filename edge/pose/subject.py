"""Choice of the person to follow among several: the one seen from the side."""

from math import hypot, nan

from edge.messages.arrays import Floats
from edge.messages.skeleton import (
    LEFT_HIP,
    LEFT_SHOULDER,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    Skeleton,
)

_TRUNK = [LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP]


def breadth_ratio(xy_px: Floats, skeleton: Skeleton) -> float:
    """Return the apparent breadth of shoulders or hips in trunk lengths, the larger of the two.

    Parameters
    ----------
    xy_px
        Shape (k, 2), pixels.
    skeleton
        Definition of the points; it has shoulders and hips.

    Returns
    -------
    About 0.15 seen from the side and 0.7 from the front or back; NaN for a zero-length trunk.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = xy_px.take(skeleton.body[_TRUNK], axis=0).tolist()
    trunk = hypot(ax + bx - cx - dx, ay + by - cy - dy) / 2
    return max(abs(bx - ax), abs(dx - cx)) / trunk if trunk > 0 else nan
