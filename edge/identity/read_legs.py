"""Legs from the leg reader, which distinguishes near and far in each single frame."""

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

# A point with a larger expected error than this, in leg lengths, is rejected.
_LARGEST_ERROR_LEGS = 0.06
# Labels count as exchanged only if the two legs are this far apart, in leg lengths.
_APART_LEGS = 0.15
_SIDE_LEG = np.array(SIDE_LEG)
_READER_SIDE = np.array([SIDE_SHOULDER, *SIDE_LEG])
_LEFT_SIDE, _RIGHT_SIDE = [LEFT_SHOULDER, *LEFT_LEG], [RIGHT_SHOULDER, *RIGHT_LEG]
_FROM_KNEES = np.array([LEFT_LEG[KNEE:], RIGHT_LEG[KNEE:]])
# Body indices of near side, then far side, by the side that is near.
_NEAR_AND_FAR = {
    Side.LEFT: np.array([_LEFT_SIDE, _RIGHT_SIDE]),
    Side.RIGHT: np.array([_RIGHT_SIDE, _LEFT_SIDE]),
}

Points = list[list[float]]


def read_legs(pose: Pose) -> Floats:
    """Return near and far leg, shape (2, 5, 2), in the order of ``LEG_POINTS``."""
    assert pose.legs_px is not None
    return pose.legs_px.take(_SIDE_LEG, axis=1)


def with_read_legs(pose: Pose, near_side: Side, leg_px: float) -> Pose:
    """Replace the pose model's legs and shoulders with the reader's.

    Parameters
    ----------
    pose
        A pose with ``legs_px``.
    near_side
        The runner's side that faces the camera.
    leg_px
        Leg length in pixels.

    Returns
    -------
    The pose; points with a large expected error are NaN, and ``swapped`` is True if the model had
    exchanged left and right.
    """
    assert pose.legs_px is not None
    assert pose.legs_error_px is not None
    sure = pose.legs_error_px <= _LARGEST_ERROR_LEGS * leg_px
    points = np.where(sure[..., None], pose.legs_px, np.nan)
    xy = pose.xy_px.copy()
    xy[pose.skeleton.body[_NEAR_AND_FAR[near_side]]] = points.take(_READER_SIDE, axis=1)
    return replace(pose, xy_px=xy, swapped=_exchanged(pose, near_side, leg_px))


def disagreement_legs(pose: Pose, leg_px: float) -> float:
    """Return the distance between the model's points and the reader's near leg, in leg lengths.

    The closer of the model's two legs counts, so that an exchange is not a disagreement. Uses knee,
    ankle and heel, whose definitions agree; NaN if a point is missing.
    """
    near: Points = read_legs(pose)[0, KNEE:-1].tolist()
    gaps = [_mean_gap(leg[:-1], near) for leg in _model_legs(pose)]
    # The sum is NaN if either is; the minimum might not be.
    return min(gaps) / leg_px if isfinite(sum(gaps)) else nan


def _exchanged(pose: Pose, near_side: Side, leg_px: float) -> bool:
    near, far = read_legs(pose)[:, KNEE:].tolist()
    if not _mean_gap(near, far) > _APART_LEGS * leg_px:
        return False
    left, right = _model_legs(pose)
    own, other = (left, right) if near_side is Side.LEFT else (right, left)
    return _mean_gap(near + far, other + own) < _mean_gap(near + far, own + other)


def _model_legs(pose: Pose) -> list[Points]:
    """Return the pose model's left and right leg points from the knee down."""
    legs: list[Points] = pose.body_px.take(_FROM_KNEES, axis=0).tolist()
    return legs


def _mean_gap(a: Points, b: Points) -> float:
    """Return the mean distance of paired points; plain floats are faster for so few."""
    return sum(hypot(p[0] - q[0], p[1] - q[1]) for p, q in zip(a, b, strict=True)) / len(a)
