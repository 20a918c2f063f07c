"""The near leg of a raw pose, before leg identity is settled."""

from math import nan

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import KNEE, LEFT_LEG, RIGHT_LEG, SIDE_LEG, TOE


def near_leg(pose: Pose, near_side: Side | None) -> Floats | None:
    """Return the near leg, shape (5, 2); None if unknown or incomplete."""
    if pose.legs_px is not None:
        leg = pose.legs_px[0].take(SIDE_LEG, axis=0)
    elif near_side is not None:
        leg = pose.body_px.take(LEFT_LEG if near_side is Side.LEFT else RIGHT_LEG, axis=0)
    else:
        return None
    return leg if np.isfinite(leg).all() else None


def toe_doubt(pose: Pose) -> float:
    """Return the expected error of the near toe as a multiple of the knee's; NaN if unknown."""
    if pose.legs_error_px is None:
        return nan
    errors = pose.legs_error_px[0].take(SIDE_LEG)
    return float(errors[TOE] / errors[KNEE]) if errors[KNEE] > 0 else nan
