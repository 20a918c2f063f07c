"""A runner as a pose model sees it that errs alike in every frame."""

from collections.abc import Mapping

import numpy as np
from synthetic import Runner, legs_of

from edge.messages.arrays import Floats
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.numerics.sagittal import image_axes, runner_axes

SET = [KNEE, ANKLE, HEEL, TOE]
# (forward, up) in leg lengths, in the axes of the shank for knee and ankle, of the foot for the
# rest: what was found on real runners in loose shorts and thick soles.
ERRORS: Mapping[int, tuple[float, float]] = {
    KNEE: (0.025, -0.01),
    ANKLE: (-0.02, 0.01),
    HEEL: (0.04, 0.01),
    TOE: (-0.08, 0.005),
}


def misread_px(
    runner: Runner, xy_px: Floats, errors: Mapping[int, tuple[float, float]] = ERRORS
) -> Floats:
    """Return bodies, shape (n, 12, 2), with the near leg's points off by ``errors``."""
    near, _ = legs_of(runner.near)
    facing = runner.camera.facing
    leg = runner_axes(xy_px[:, near], facing)
    shank = leg[:, KNEE] - leg[:, ANKLE]
    ahead = np.stack([shank[:, 1], -shank[:, 0]], axis=-1)
    foot = leg[:, TOE] - leg[:, HEEL]
    length = float(np.hypot(*(leg[0, HIP] - leg[0, KNEE])) + np.hypot(*shank[0]))
    for point, (forward, up) in errors.items():
        axis = ahead if point in (KNEE, ANKLE) else foot
        leg[:, point] += length * _turned(axis, forward, up)
    seen = xy_px.copy()
    seen[:, near] = image_axes(leg, facing)
    return seen


def true_leg_px(runner: Runner, time_s: float) -> Floats:
    """Return the near leg of a runner in the picture, shape (5, 2)."""
    near, _ = legs_of(runner.near)
    leg: Floats = runner.points_px(np.array([time_s]))[0, near]
    return leg


def _turned(vector: Floats, forward: float, up: float) -> Floats:
    """Return (forward, up) in axes whose forward is ``vector``, shape (n, 2)."""
    unit = vector / np.hypot(*vector.T)[:, None]
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    return np.asarray(forward * unit + up * across)
