"""How the background has moved between two small grey pictures."""

from dataclasses import dataclass
from math import atan2, degrees, hypot
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats, Image

# Wide enough for a shift of 0.3 % of the picture, small enough for a few milliseconds a look.
_WIDTH_PX = 320
_MOST_CORNERS = 150
_CORNER_QUALITY = 0.02
_CORNER_APART_PX = 6
_WINDOW_PX = 15
_LEVELS = 4
_INLIER_PX = 1.0
# With fewer, or a smaller share, it is not the background that was found.
LEAST_CORNERS = 12
_LEAST_SHARE = 0.6
# Matched by likeness alone, many pairs are wrong, but wrong ones do not agree with each other.
_LEAST_WIDE_SHARE = 0.2
_FEATURES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Motion of the background, as a similarity about the picture's middle.

    ``shift_ratio`` is in picture widths; ``turn_deg`` is positive clockwise in the picture;
    ``zoom_ratio`` is the size now over the size before.
    """

    shift_ratio: float
    turn_deg: float
    zoom_ratio: float


def small_grey(picture: Image) -> Image:
    """Return a picture, shape (h, w, 3), as grey and 320 pixels wide."""
    height, width = picture.shape[:2]
    size = (_WIDTH_PX, max(round(height * _WIDTH_PX / width), 1))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def corners_of(grey: Image, without: tuple[float, float, float, float]) -> Floats:
    """Return the corners outside a box, shape (n, 2), pixels.

    Parameters
    ----------
    grey
        Shape (h, w).
    without
        Left, top, right and bottom of a box whose corners are not wanted, pixels.
    """
    mask = np.full(grey.shape, 255, np.uint8)
    left, top, right, bottom = (max(int(edge), 0) for edge in without)
    mask[top:bottom, left:right] = 0
    found = cv2.goodFeaturesToTrack(
        grey, _MOST_CORNERS, _CORNER_QUALITY, _CORNER_APART_PX, mask=mask
    )
    return np.empty((0, 2)) if found is None else found.reshape(-1, 2).astype(float)


def motion(before: Image, now: Image, corners: Floats) -> Motion | None:
    """Return how the background has moved; None if its corners cannot be followed.

    Parameters
    ----------
    before, now
        Shape (h, w), grey, of one size.
    corners
        Shape (n, 2), the corners of ``before``.
    """
    if len(corners) < LEAST_CORNERS or before.shape != now.shape:
        return None
    start = corners.astype(np.float32)[:, None]
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        before, now, start, start.copy(), winSize=(_WINDOW_PX, _WINDOW_PX), maxLevel=_LEVELS
    )
    kept = status.ravel() == 1
    if kept.sum() < max(LEAST_CORNERS, _LEAST_SHARE * len(corners)):
        return None
    return _similarity(start[kept], moved[kept], _LEAST_SHARE, now.shape)


def wide_motion(before: Image, now: Image) -> Motion | None:
    """Return how the background has moved, however far; None if it is another view.

    Takes some ten milliseconds, several times as long as ``motion``.
    """
    finder = cv2.ORB.create(_FEATURES)
    # None where a picture has no features, which OpenCV's types do not say.
    found: Any = [finder.detectAndCompute(picture, None) for picture in (before, now)]
    (one, ones), (other, others) = found
    if ones is None or others is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(ones, others)
    start = np.array([one[pair.queryIdx].pt for pair in pairs], np.float32)
    end = np.array([other[pair.trainIdx].pt for pair in pairs], np.float32)
    return _similarity(start, end, _LEAST_WIDE_SHARE, now.shape) if len(pairs) else None


def _similarity(
    start: NDArray[np.float32], end: NDArray[np.float32], share: float, shape: tuple[int, ...]
) -> Motion | None:
    """Return the similarity that most pairs of points, shapes (n, 2) or (n, 1, 2), follow."""
    if len(start) < LEAST_CORNERS:
        return None
    found: Any = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=_INLIER_PX
    )
    # None where no points agree, which OpenCV's types do not say.
    matrix, inliers = found
    if matrix is None or inliers.sum() < max(LEAST_CORNERS, share * len(start)):
        return None
    return _about_middle(np.asarray(matrix, float), shape)


def _about_middle(matrix: Floats, shape: tuple[int, ...]) -> Motion:
    middle = np.array([shape[1] / 2, shape[0] / 2])
    shift = matrix[:, :2] @ middle + matrix[:, 2] - middle
    cosine, sine = float(matrix[0, 0]), float(matrix[1, 0])
    return Motion(
        shift_ratio=hypot(*shift) / shape[1],
        turn_deg=degrees(atan2(sine, cosine)),
        zoom_ratio=hypot(cosine, sine),
    )
