"""Poses whose pose model and leg reader are wrong in known ways."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    LEFT_LEG,
    LEFT_SHOULDER,
    RIGHT_LEG,
    RIGHT_SHOULDER,
    SIDE_LEG,
)

LEGS = {Side.LEFT: LEFT_LEG, Side.RIGHT: RIGHT_LEG}
SHOULDERS = {Side.LEFT: LEFT_SHOULDER, Side.RIGHT: RIGHT_SHOULDER}
_BIG_TOE = 5

Wrong = Callable[[Floats, float], Floats]
"""Near and far leg, shape (2, 7, 2), and the time, to what is seen of them instead."""


def read(pose: Pose, near: Side, wrong: Wrong | None = None) -> Pose:
    """Return the pose with a leg reader that saw everything as it is, or as ``wrong`` says."""
    legs = np.zeros((2, 7, 2))
    for row, side in enumerate((near, near.other)):
        legs[row, 0] = pose.xy_px[SHOULDERS[side]]
        legs[row, list(SIDE_LEG)] = pose.xy_px[list(LEGS[side])]
        legs[row, _BIG_TOE] = legs[row, SIDE_LEG[-1]]
    if wrong is not None:
        legs = wrong(legs, pose.time_s)
    return replace(pose, legs_px=legs, legs_error_px=np.full((2, 7), 1.0))


def front_leg(legs: Floats, _time_s: float) -> Floats:
    """The leg in front counts as the near one."""
    ankle = SIDE_LEG[ANKLE]
    return legs if legs[0, ankle, 0] > legs[1, ankle, 0] else legs[::-1].copy()


def hopping(legs: Floats, time_s: float) -> Floats:
    """The near leg is on the far one every now and then."""
    return legs[::-1].copy() if time_s % 0.47 < 0.2 else legs


def hanging(legs: Floats, time_s: float) -> Floats:
    """The near leg hangs in the air between both, now nearer to one and now to the other."""
    share = 0.5 + 0.4 * np.sin(2 * np.pi * time_s / 0.31)
    return np.stack([legs[0] + share * (legs[1] - legs[0]), legs[1]])
