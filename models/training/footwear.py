"""Real shoe meshes on a body's feet, and the points that eyes see of them.

The truth's heel and shoe tip are the rearmost and the foremost point of the shoe, as people mark
them; the points on which the foot rolls are those of its outsole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Feet = Mapping[str, Any]

# An outsole point is at most this far above the lowest one; a shoe's end is this deep.
_SOLE_M, _END_M = 0.006, 0.002
# A tip contact closer to the ball than this leaves no toe to roll over.
_LEAST_TOE_M = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoeShape:
    """How a shoe is drawn out of its mesh.

    Attributes
    ----------
    beyond_toe_m, behind_heel_m
        How far the shoe reaches beyond the big toe, and behind the heel.
    sole_m
        Thickness under the foot.
    spring_m
        By how much the tip is turned up.
    """

    beyond_toe_m: float
    behind_heel_m: float
    sole_m: float
    spring_m: float


def in_foot(points: Floats, ankle: Floats, yaw_rad: float) -> Floats:
    """Return points in the foot's axes (forward, left, up) from its joint, shape (n, 3)."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.asarray((points - ankle) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))


def to_world(points: Floats, ankle: Floats, yaw_rad: float) -> Floats:
    """Undo `in_foot`."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.asarray(points @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + ankle)


def shaped(shoe: Floats, shape: ShoeShape, toe_x: float, heel_x: float, foot_z: float) -> Floats:
    """Return a shoe's vertices, in the foot's axes, drawn to a shape.

    Parameters
    ----------
    shoe
        Shape (n, 3), metres, in the foot's axes.
    shape
        What it shall look like.
    toe_x, heel_x
        Foremost point of the big toe, and rearmost of the bare heel.
    foot_z
        Lowest point of the bare foot.
    """
    x, z = shoe[:, 0].copy(), shoe[:, 2].copy()
    # From mid-foot forward and from the heel's middle back, lengths are stretched evenly.
    for start, end, wanted in (
        (0.55 * toe_x, x.max(), toe_x + shape.beyond_toe_m),
        (0.4 * heel_x, x.min(), heel_x - shape.behind_heel_m),
    ):
        beyond = (x - start) * np.sign(end - start) > 0
        x[beyond] = start + (x[beyond] - start) * (wanted - start) / (end - start)
    under = z < foot_z
    thickness = max(foot_z - z.min(), 1e-3)
    z[under] = foot_z + (z[under] - foot_z) * shape.sole_m / thickness
    ball = 0.62 * toe_x
    rise = np.clip((x - ball) / (toe_x + shape.beyond_toe_m - ball), 0, 1) ** 2
    return np.stack([x, shoe[:, 1], z + shape.spring_m * rise], axis=1)


def points_of(shoe: Floats, ball: Floats) -> dict[str, Floats]:
    """Return the seen and the rolling points of a shoe, in the foot's axes.

    Parameters
    ----------
    shoe
        Shape (n, 3), metres, outer surface.
    ball
        Shape (3,), the contact point under the ball of the foot.

    Returns
    -------
    ``heel_pt`` and ``shoe_tip``, the middle of the rearmost and of the foremost points; ``c_heel``
    and ``c_tip``, the ends of the outsole; each of shape (3,).
    """
    x, z = shoe[:, 0], shoe[:, 2]
    sole = x[z < z.min() + _SOLE_M]
    tip = max(float(sole.max()), float(ball[0]) + _LEAST_TOE_M)
    heel = min(float(sole.min()), float(ball[0]) - _LEAST_TOE_M)
    return {
        "heel_pt": shoe[x < x.min() + _END_M].mean(axis=0),
        "shoe_tip": shoe[x > x.max() - _END_M].mean(axis=0),
        "c_heel": np.array([heel, ball[1] * 0.5, ball[2]]),
        "c_tip": np.array([tip, ball[1], ball[2]]),
    }
