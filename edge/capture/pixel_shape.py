"""Pictures whose pixels are not square, and their conversion to square ones."""

from dataclasses import dataclass, field
from math import isnan, nan
from typing import Final

import cv2
import numpy as np

from edge.capture.opencv import VideoCapture
from edge.messages.arrays import Image
from edge.messages.notice import Notice

# Sizes in which only anamorphic film is stored: DV and DVD, HDV and DVCPRO HD, video CDs. A file
# that lost its pixel aspect looks like them, and so does the rare one whose pixels are square. Some
# programs and codecs then write the default, 1:1, which tells no more than nothing.
_ANAMORPHIC: Final = frozenset(
    {
        *((width, height) for width in (704, 720) for height in (480, 486, 576)),
        *((width, height) for width in (352, 480, 528, 544) for height in (480, 576)),
        *((width, 1080) for width in (960, 1280, 1440)),
        (960, 720),
    }
) - {(480, 480)}
# Cameras give these with square pixels, from sensors of 4:3.
_CAMERA_SIZES: Final = frozenset({(1440, 1080), (960, 720)})
_WIDEST: Final = 10.0
# Within a pixel of a picture 1000 pixels wide.
_SAME: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelShape:
    """The width of a pixel divided by its height.

    Attributes
    ----------
    aspect
        In the picture as delivered, after any rotation.
    notice
        Why it is not known; empty if it is.
    """

    aspect: float = 1.0
    notice: Notice = field(default_factory=Notice)

    def square(self, image: Image) -> Image:
        """Return a picture with square pixels, enlarged along one axis; others as they are."""
        height, width = image.shape[:2]
        if abs(self.aspect - 1) < _SAME:
            return image
        if self.aspect > 1:
            size_px = (round(width * self.aspect), height)
        else:
            size_px = (width, round(height / self.aspect))
        return np.asarray(cv2.resize(image, size_px, interpolation=cv2.INTER_CUBIC), np.uint8)


def shape_of_file(capture: VideoCapture, size_px: tuple[int, int], chosen: float) -> PixelShape:
    """Return the shape of an opened file's pixels.

    Parameters
    ----------
    capture
        The opened file.
    size_px
        Width and height of its pictures as delivered.
    chosen
        As set by the user; 0 takes what the file states.
    """
    turned = capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90
    stored_px = size_px[::-1] if turned else size_px
    aspect = chosen or _stated(capture)
    default = not chosen and aspect == 1 and stored_px in _ANAMORPHIC - _CAMERA_SIZES
    if isnan(aspect) or default:
        return PixelShape(notice=_unknown(stored_px) if stored_px in _ANAMORPHIC else Notice())
    return PixelShape(aspect=1 / aspect if turned else aspect)


def shape_of_camera(size_px: tuple[int, int], chosen: float) -> PixelShape:
    """Return the shape of a live camera's pixels, which no camera states; see above."""
    if chosen:
        return PixelShape(aspect=chosen)
    doubtful = size_px in _ANAMORPHIC - _CAMERA_SIZES
    return PixelShape(notice=_unknown(size_px) if doubtful else Notice())


def _stated(capture: VideoCapture) -> float:
    """Return the stated aspect; NaN if there is none, or it cannot be true."""
    width, height = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    if not (width > 0 and height > 0):
        return nan
    aspect = width / height
    return aspect if 1 / _WIDEST < aspect < _WIDEST else nan


def _unknown(size_px: tuple[int, int]) -> Notice:
    return Notice("pixel_aspect_unknown", size=f"{size_px[0]}x{size_px[1]}")
