"""Legs as the reader sees them: near and far are read, not told apart over time."""

from dataclasses import replace
from math import hypot, isfinite, nan

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    KNEE,
    LEFT_LEG,
    LEFT_SHOULDER,
    RIGHT_LEG,
    RIGHT_SHOULDER,
    SIDE_LEG,
    SIDE_SHOULDER,
)

# A point whose reader expects to be further off than this, in leg lengths, is not believed.
_LARGEST_ERROR_LEGS = 0.06
# Labels count as exchanged only where the two legs are this far apart, in leg lengths.
_APART_LEGS = 0.15
_SIDE_LEG = np.array(SIDE_LEG)
_READER_SIDE = np.array([SIDE_SHOULDER, *SIDE_LEG])
_LEFT_SIDE, _RIGHT_SIDE = [LEFT_SHOULDER, *LEFT_LEG], [RIGHT_SHOULDER, *RIGHT_LEG]
_FROM_KNEES = np.array([LEFT_LEG[KNEE:], RIGHT_LEG[KNEE:]])
# Near side, then far side, by the side that is near.
_NEAR_AND_FAR = {
    Side.LEFT: np.array([_LEFT_SIDE, _RIGHT_SIDE]),
    Side.RIGHT: np.array([_RIGHT_SIDE, _LEFT_SIDE]),
}

Points = list[list[float]]


def read_legs(pose: Pose) -> Floats:
    """Return near and far leg, shape (2, 5, 2), in the order of this project's leg points."""
    assert pose.legs_px is not None
    return pose.legs_px.take(_SIDE_LEG, axis=1)


def with_read_legs(pose: Pose, near_side: Side, leg_px: float) -> Pose:
    """Put the reader's legs and shoulders in the place of the pose model's.

    Parameters
    ----------
    pose
        With ``legs_px``.
    near_side
        The runner's side that faces the camera.
    leg_px
        Leg length in pixels.

    Returns
    -------
    The pose; points of which the reader is unsure are NaN, ``swapped`` says whether the model's
    own left and right were exchanged.
    """
    assert pose.legs_px is not None
    assert pose.legs_error_px is not None
    sure = pose.legs_error_px <= _LARGEST_ERROR_LEGS * leg_px
    points = np.where(sure[..., None], pose.legs_px, np.nan)
    xy = pose.xy_px.copy()
    xy[pose.skeleton.body[_NEAR_AND_FAR[near_side]]] = points.take(_READER_SIDE, axis=1)
    return replace(pose, xy_px=xy, swapped=_exchanged(pose, near_side, leg_px))


def disagreement_legs(pose: Pose, leg_px: float) -> float:
    """Return how far the model's points are from the read near leg, in leg lengths.

    The better of the model's two legs counts, so that an exchange is no disagreement. Knee, ankle
    and heel, whose definitions are alike; NaN where a point is missing.
    """
    near: Points = read_legs(pose)[0, KNEE:-1].tolist()
    gaps = [_mean_gap(leg[:-1], near) for leg in _told(pose)]
    # The sum is NaN if either is; the lesser of the two might not be.
    return min(gaps) / leg_px if isfinite(sum(gaps)) else nan


def _exchanged(pose: Pose, near_side: Side, leg_px: float) -> bool:
    near, far = read_legs(pose)[:, KNEE:].tolist()
    if not _mean_gap(near, far) > _APART_LEGS * leg_px:
        return False
    left, right = _told(pose)
    own, other = (left, right) if near_side is Side.LEFT else (right, left)
    return _mean_gap(near + far, other + own) < _mean_gap(near + far, own + other)


def _told(pose: Pose) -> list[Points]:
    """Return the pose model's own points of the left and the right leg from the knee down."""
    legs: list[Points] = pose.body_px.take(_FROM_KNEES, axis=0).tolist()
    return legs


def _mean_gap(a: Points, b: Points) -> float:
    """Return the mean distance of points in pairs; plain numbers, as they are so few."""
    return sum(hypot(p[0] - q[0], p[1] - q[1]) for p, q in zip(a, b, strict=True)) / len(a)
