"""Camera roll and yaw from the straight edges of deck and floor."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image
from edge.numerics.robust_lines import weighted_line

# Share of the picture's width: shorter edges belong to shoes, screws and signs.
_LEAST_LENGTH: Final = 0.1
_STEEPEST_DEG: Final = 12.0
_LEAST_LINES: Final = 4
_LEAST_SPREAD: Final = 0.08
_MOST_SCATTER_DEG: Final = 0.4
# A horizontal field of view of about 60 degrees, typical of webcams and phones.
_FOCAL_WIDTHS: Final = 0.87
# Upright edges: door frames, columns, the treadmill's posts. Share of the picture's height.
_LEAST_UPRIGHT: Final = 0.08
_MOST_UPRIGHT_SCATTER_DEG: Final = 1.5
_AGREE_DEG: Final = 2.0
# Where edges are looked for, first near level. Beyond 45 degrees level and upright change places.
_TURNED_DEG: Final = (0.0, -18.0, 18.0, -36.0, 36.0)
_MOST_ROLL_DEG: Final = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Levelness:
    """Camera roll, positive clockwise as seen in the picture, and yaw.

    NaN if the picture has too few straight edges, or edges that contradict each other.
    """

    roll_deg: float
    yaw_deg: float


def levelness(background: Image) -> Levelness:
    """Estimate camera roll and yaw from a picture without the runner.

    Parameters
    ----------
    background
        Shape (h, w), grey, such as the median of frames over seconds.

    Notes
    -----
    Level edges along the belt appear tilted by the camera's roll at the horizon, which is the
    middle row of a level camera. Below it the tilt changes with yaw: ``angle(row) = roll + tan(yaw)
    (row - middle) / focal``. A robust line (Theil 1950, Sen 1968), weighted by length, is fitted to
    the angles of the long edges in the lower half. Derived from the pinhole camera; the focal
    length is assumed to be 0.87 widths, so that yaw is accurate to about a third of its value. For
    results on a rendered clip with 3 degrees of roll and 10 of yaw, and on rotated copies of a
    level one, see tests/exercises. Untested in a clinic; an inclined deck tilts its edges.
    """
    return _levelness(_segments(background), background.shape, 0.0)


def _levelness(segments: Floats, shape: tuple[int, ...], about_deg: float) -> Levelness:
    """Return roll and yaw by the edges that are level to within 12 degrees of ``about_deg``."""
    height, width = shape
    rise = segments[:, 2:] - segments[:, :2]
    length = np.hypot(rise[:, 0], rise[:, 1])
    angle = (np.rad2deg(np.arctan2(rise[:, 1], rise[:, 0])) - about_deg + 90) % 180 - 90
    row = (segments[:, 1] + segments[:, 3]) / 2
    kept = (length > _LEAST_LENGTH * width) & (np.abs(angle) < _STEEPEST_DEG) & (row > height / 2)
    angle, row, length = angle[kept], row[kept] - height / 2, length[kept]
    if angle.size < _LEAST_LINES or np.ptp(row) < _LEAST_SPREAD * height:
        return Levelness(roll_deg=float("nan"), yaw_deg=float("nan"))
    slope, roll_deg, scatter = weighted_line(row, angle, length)
    if scatter > _MOST_SCATTER_DEG:
        return Levelness(roll_deg=float("nan"), yaw_deg=float("nan"))
    yaw_deg = float(np.rad2deg(np.arctan(np.deg2rad(slope) * _FOCAL_WIDTHS * width)))
    return Levelness(roll_deg=about_deg + roll_deg, yaw_deg=yaw_deg)


def sure_roll_deg(background: Image) -> float:
    """Return the camera's roll where level and upright edges agree on it; else NaN.

    A camera that is turned to the belt, or looks up or down, tilts one kind of edges and not the
    other, so only both together are evidence of roll. The smaller of the two is returned.

    Parameters
    ----------
    background
        Shape (h, w), grey.
    """
    segments = _segments(background)
    for about_deg in _TURNED_DEG:
        level_deg = _levelness(segments, background.shape, about_deg).roll_deg
        upright_deg = _upright_deg(segments, background.shape[0], about_deg)
        roll_deg = min(level_deg, upright_deg, key=abs)
        if abs(level_deg - upright_deg) < _AGREE_DEG and abs(roll_deg) <= _MOST_ROLL_DEG:
            return roll_deg
    return float("nan")


def _upright_deg(segments: Floats, height: int, about_deg: float) -> float:
    """Return how far the long upright edges lean clockwise; NaN if few, or if they disagree."""
    rise = segments[:, 2:] - segments[:, :2]
    length = np.hypot(rise[:, 0], rise[:, 1])
    angle = (np.rad2deg(np.arctan2(rise[:, 0], -rise[:, 1])) - about_deg + 90) % 180 - 90
    kept = (length > _LEAST_UPRIGHT * height) & (np.abs(angle) < _STEEPEST_DEG)
    angle, length = angle[kept], length[kept]
    if angle.size < _LEAST_LINES:
        return float("nan")
    middle = _weighted_median(angle, length)
    scatter = _weighted_median(np.abs(angle - middle), length)
    return about_deg + middle if scatter <= _MOST_UPRIGHT_SCATTER_DEG else float("nan")


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(share, share[-1] / 2)])


def _segments(grey: Image) -> Floats:
    """Return straight edges, shape (n, 4): x, y of both ends."""
    found: object = cv2.createLineSegmentDetector().detect(grey)[0]
    # OpenCV returns None for no edges.
    return np.asarray([] if found is None else found, dtype=np.float64).reshape(-1, 4)
