"""Sagittal geometry shared by the rooms: the runner's axes and the segment angles.

Runner's axes: x forward in the running direction, y up. Angles and distances take points of shape
(..., 2) and return shape (...); NaN where any input is NaN.
"""

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.side import Side


def runner_axes(xy_px: Floats, facing: Side, roll_deg: float = 0.0) -> Floats:
    """Turn image points into the runner's axes, still in pixels.

    Parameters
    ----------
    xy_px
        Shape (..., 2), image pixels, x right, y down.
    facing
        The side of the picture the runner runs towards.
    roll_deg
        Camera roll: how far the level ground seems turned in the picture, positive clockwise.

    Returns
    -------
    Shape (..., 2), x forward, y up, roll taken out.
    """
    turn = np.deg2rad(roll_deg)
    x = xy_px[..., 0] * np.cos(turn) + xy_px[..., 1] * np.sin(turn)
    y = -xy_px[..., 0] * np.sin(turn) + xy_px[..., 1] * np.cos(turn)
    forward = 1.0 if facing is Side.RIGHT else -1.0
    return np.stack([forward * x, -y], axis=-1)


def image_axes(points: Floats, facing: Side, roll_deg: float = 0.0) -> Floats:
    """Turn points in the runner's axes, shape (..., 2), back into image pixels."""
    forward = 1.0 if facing is Side.RIGHT else -1.0
    x, y = forward * points[..., 0], -points[..., 1]
    turn = np.deg2rad(roll_deg)
    return np.stack(
        [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], axis=-1
    )


def thigh_angle_deg(hip: Floats, knee: Floats) -> Floats:
    """Thigh against the vertical; positive with the knee ahead of the hip."""
    return _degrees(knee[..., 0] - hip[..., 0], hip[..., 1] - knee[..., 1])


def shank_angle_deg(knee: Floats, ankle: Floats) -> Floats:
    """Shank against the vertical; positive with the knee ahead of the ankle."""
    return _degrees(knee[..., 0] - ankle[..., 0], knee[..., 1] - ankle[..., 1])


def knee_flexion_deg(hip: Floats, knee: Floats, ankle: Floats) -> Floats:
    """Signed knee flexion: 0 is straight, positive is bent, negative is hyperextended.

    Notes
    -----
    Thigh angle plus shank angle. A projection: valid only with the camera square to the belt.

    Examples
    --------
    >>> import numpy as np
    >>> float(knee_flexion_deg(np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([0.0, 0.0])))
    0.0
    """
    turn = thigh_angle_deg(hip, knee) + shank_angle_deg(knee, ankle)
    return np.asarray((turn + 180.0) % 360.0 - 180.0)


def foot_angle_deg(heel: Floats, toe: Floats) -> Floats:
    """Heel-to-toe line against the horizontal; positive with the toes up."""
    return _degrees(toe[..., 1] - heel[..., 1], toe[..., 0] - heel[..., 0])


def trunk_lean_deg(shoulder: Floats, hip: Floats) -> Floats:
    """Hip-to-shoulder line against the vertical; positive leaning forward."""
    return _degrees(shoulder[..., 0] - hip[..., 0], shoulder[..., 1] - hip[..., 1])


def distance_to_line(point: Floats, start: Floats, end: Floats) -> Floats:
    """Perpendicular distance of ``point`` from the line start-end, in the points' unit."""
    along = end - start
    away = point - start
    cross = along[..., 0] * away[..., 1] - along[..., 1] * away[..., 0]
    length = np.hypot(along[..., 0], along[..., 1])
    # A line of zero length has no direction: return NaN without a division warning.
    return np.asarray(np.abs(cross) / np.where(length > 0, length, np.nan))


def _degrees(opposite: Floats, adjacent: Floats) -> Floats:
    return np.asarray(np.rad2deg(np.arctan2(opposite, adjacent)))
