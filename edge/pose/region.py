"""The rotated square region that a network sees, with its mapping to and from the picture."""

from dataclasses import dataclass
from math import atan2, ceil, cos, floor, hypot, pi, sin

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image

# Size of the region over that of the body's circle, as in training of the landmark net.
_BODY_MARGIN = 1.25
# Bilinear sampling also reads the next pixel.
_READ_AROUND_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A square of the picture: centre and side in pixels, rotation in radians (clockwise seen)."""

    center_x_px: float
    center_y_px: float
    side_px: float
    rotation_rad: float

    @property
    def usable(self) -> bool:
        """Whether the square is finite and at least two pixels wide."""
        numbers = (self.center_x_px, self.center_y_px, self.side_px, self.rotation_rad)
        return bool(np.isfinite(numbers).all()) and self.side_px >= 2


def letterbox_region(width_px: int, height_px: int) -> Region:
    """Return the smallest upright square around a whole picture."""
    return Region(
        center_x_px=width_px / 2,
        center_y_px=height_px / 2,
        side_px=float(max(width_px, height_px)),
        rotation_rad=0.0,
    )


def body_region(center_px: Floats, outer_px: Floats) -> Region:
    """Return the region of a body from its mid-hip and a point on its circle.

    Parameters
    ----------
    center_px, outer_px
        Shape (2,), pixels. The region is rotated so that centre to outer points up in the crop.

    Notes
    -----
    Source: google-ai-edge/mediapipe ``alignment_points_to_rects_calculator.cc`` and the pose
    graphs of 0.10.18. Differs: the two points are not low-passed between frames.
    """
    dx, dy = float(outer_px[0] - center_px[0]), float(outer_px[1] - center_px[1])
    turn = pi / 2 - atan2(-dy, dx)
    return Region(
        center_x_px=float(center_px[0]),
        center_y_px=float(center_px[1]),
        side_px=2 * hypot(dx, dy) * _BODY_MARGIN,
        rotation_rad=(turn + pi) % (2 * pi) - pi,
    )


def crop_to_image(region: Region, size: int) -> Floats:
    """Return the affine map, shape (2, 3), from crop pixels (``size`` square) to image pixels."""
    c = cos(region.rotation_rad) * region.side_px / size
    s = sin(region.rotation_rad) * region.side_px / size
    half = size / 2
    return np.array(
        [
            [c, -s, region.center_x_px - (c - s) * half],
            [s, c, region.center_y_px - (s + c) * half],
        ]
    )


def crop(image: Image, region: Region, size: int, *, replicate_border: bool) -> Image:
    """Sample a region bilinearly.

    Parameters
    ----------
    image
        Shape (h, w, 3), uint8, any channel order.
    size
        Side of the result in pixels.
    replicate_border
        Repeat edge pixels outside the picture (the landmark net needs this) instead of black.

    Returns
    -------
    Shape (size, size, 3), uint8, the same channel order.

    Notes
    -----
    OpenCV samples four-byte pixels two to three times as fast as three-byte ones, so the pixels
    around the region are converted first.
    """
    border = cv2.BORDER_REPLICATE if replicate_border else cv2.BORDER_CONSTANT
    matrix = crop_to_image(region, size)
    rows, columns = _around(matrix, size, image.shape)
    matrix[:, 2] -= columns.start, rows.start
    sampled = cv2.warpAffine(
        cv2.cvtColor(image[rows, columns], cv2.COLOR_BGR2BGRA),
        matrix,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=border,
    )
    return np.asarray(cv2.cvtColor(sampled, cv2.COLOR_BGRA2BGR), dtype=np.uint8)


def _around(matrix: Floats, size: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of a picture that a crop reads; at least one of each."""
    (left, top), (across_x, across_y), (down_x, down_y) = matrix[:, 2], *(size * matrix[:, :2].T)
    return (
        _span(top, across_y, down_y, shape[0]),
        _span(left, across_x, down_x, shape[1]),
    )


def _span(start: float, across: float, down: float, end: int) -> slice:
    low = start + min(across, 0.0) + min(down, 0.0)
    high = start + max(across, 0.0) + max(down, 0.0)
    first = min(max(floor(low) - _READ_AROUND_PX, 0), end - 1)
    return slice(first, min(max(ceil(high) + _READ_AROUND_PX, first + 1), end))


def to_image(points: Floats, region: Region, size: int) -> Floats:
    """Map crop points, shape (n, 2), to image pixels, shape (n, 2)."""
    affine = crop_to_image(region, size)
    return points @ affine[:, :2].T + affine[:, 2]
