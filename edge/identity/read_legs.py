"""Legs as the reader sees them: near and far are read, not told apart over time."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.messages import Floats, Pose, Side
from edge.skeleton import (
    KNEE,
    LEFT_LEG,
    LEFT_SHOULDER,
    READER_LEG,
    READER_SHOULDER,
    RIGHT_LEG,
    RIGHT_SHOULDER,
)

# A point whose reader expects to be further off than this, in leg lengths, is not believed.
_LARGEST_ERROR_LEGS = 0.06
# Labels count as exchanged only where the two legs are this far apart, in leg lengths.
_APART_LEGS = 0.15


def read_legs(pose: Pose) -> Floats:
    """Return near and far leg, shape (2, 5, 2), in the order of this project's leg points."""
    assert pose.legs_px is not None
    return np.asarray(pose.legs_px[:, list(READER_LEG)])


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
    near, far = (RIGHT_LEG, LEFT_LEG) if near_side is Side.RIGHT else (LEFT_LEG, RIGHT_LEG)
    shoulders = (RIGHT_SHOULDER, LEFT_SHOULDER)
    if near_side is Side.LEFT:
        shoulders = (LEFT_SHOULDER, RIGHT_SHOULDER)
    xy = pose.xy_px.copy()
    for side, indices, shoulder in zip(points, (near, far), shoulders, strict=True):
        xy[list(indices)] = side[list(READER_LEG)]
        xy[shoulder] = side[READER_SHOULDER]
    return replace(pose, xy_px=xy, swapped=_exchanged(pose, near, far, leg_px))


def disagreement_legs(pose: Pose, leg_px: float) -> float:
    """Return how far the model's points are from the read near leg, in leg lengths.

    The better of the model's two legs counts, so that an exchange is no disagreement. Knee, ankle
    and heel, whose definitions are alike; NaN where a point is missing.
    """
    near = read_legs(pose)[0, KNEE:-1]
    gaps = [
        np.hypot(*(pose.xy_px[list(leg[KNEE:-1])] - near).T).mean() for leg in (LEFT_LEG, RIGHT_LEG)
    ]
    return float(np.min(gaps)) / leg_px


def _exchanged(pose: Pose, near: tuple[int, ...], far: tuple[int, ...], leg_px: float) -> bool:
    read = read_legs(pose)[:, KNEE:]
    told = np.stack([pose.xy_px[list(near[KNEE:])], pose.xy_px[list(far[KNEE:])]])
    if not _mean_gap(read[0], read[1]) > _APART_LEGS * leg_px:
        return False
    as_told = _mean_gap(read, told)
    return bool(_mean_gap(read, told[::-1]) < as_told)


def _mean_gap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1]).mean())
