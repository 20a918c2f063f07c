"""Camera roll and squareness, from the straight edges of deck and floor."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image
from edge.numerics.robust_lines import weighted_line

# Of the picture: shorter edges belong to shoes, screws and signs.
_LEAST_LENGTH: Final = 0.1
_STEEPEST_DEG: Final = 12.0
_LEAST_LINES: Final = 4
_LEAST_SPREAD: Final = 0.08
_MOST_SCATTER_DEG: Final = 0.4
# A horizontal field of view of about 60 degrees, as webcams and phones have.
_FOCAL_WIDTHS: Final = 0.87


@dataclass(frozen=True, slots=True, kw_only=True)
class Levelness:
    """Camera roll, positive clockwise as seen in the picture, and how far it is turned.

    NaN where the picture shows too few straight edges, or edges that contradict each other.
    """

    roll_deg: float
    yaw_deg: float


def levelness(background: Image) -> Levelness:
    """Read both from a picture without the runner.

    Parameters
    ----------
    background
        Shape (h, w), grey, such as the median of frames over seconds.

    Notes
    -----
    Edges that are level and run along the belt seem tilted by the camera's roll at the height of
    the horizon, the middle row of a level camera, and further below by as much more as the camera
    is turned: ``angle(row) = roll + tan(yaw) (row - middle) / focal``. The line through the angles
    of the long edges in the lower half is fitted robustly (Theil 1950, Sen 1968), weights by
    length. Derived from the pinhole camera; the focal length is taken as 0.87 widths, so that yaw
    is right to about a third of itself. On the rendered clip of 3 degrees roll and 10 of yaw, and
    on turned copies of a level one, see tests/set_up. Untested in a clinic; an inclined deck tilts
    its own edges.
    """
    height, width = background.shape
    segments = _segments(background)
    rise = segments[:, 2:] - segments[:, :2]
    length = np.hypot(rise[:, 0], rise[:, 1])
    angle = (np.rad2deg(np.arctan2(rise[:, 1], rise[:, 0])) + 90) % 180 - 90
    row = (segments[:, 1] + segments[:, 3]) / 2
    kept = (length > _LEAST_LENGTH * width) & (np.abs(angle) < _STEEPEST_DEG) & (row > height / 2)
    angle, row, length = angle[kept], row[kept] - height / 2, length[kept]
    if angle.size < _LEAST_LINES or np.ptp(row) < _LEAST_SPREAD * height:
        return Levelness(roll_deg=float("nan"), yaw_deg=float("nan"))
    slope, roll_deg, scatter = weighted_line(row, angle, length)
    if scatter > _MOST_SCATTER_DEG:
        return Levelness(roll_deg=float("nan"), yaw_deg=float("nan"))
    yaw_deg = float(np.rad2deg(np.arctan(np.deg2rad(slope) * _FOCAL_WIDTHS * width)))
    return Levelness(roll_deg=roll_deg, yaw_deg=yaw_deg)


def _segments(grey: Image) -> Floats:
    """Return straight edges, shape (n, 4): x, y of both ends."""
    found: object = cv2.createLineSegmentDetector().detect(grey)[0]
    # None where there is none.
    return np.asarray([] if found is None else found, dtype=np.float64).reshape(-1, 4)
