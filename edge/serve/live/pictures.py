"""Ring buffer of recent pictures, and their JPEG encoding."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Image
from edge.messages.frame import Frame

KEEP_S: Final = 1.5
KEEP_COUNT: Final = 180
KEEP_BYTES: Final = 200_000_000
# A camera JPEG up to this size is sent unchanged; an encoded preview is about as large.
OWN_JPEG_BYTES: Final = 160_000

_NOTHING: Final = np.empty((0, 0, 3), np.uint8)


class PictureError(RuntimeError):
    """A picture could not be encoded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture, possibly downscaled; ``size_px`` is the size of the original frame.

    If ``jpeg`` is given, it holds the picture and ``image`` is empty.
    """

    time_s: float
    size_px: tuple[int, int]
    image: Image
    jpeg: bytes | None = None

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.image.nbytes if self.jpeg is None else len(self.jpeg)


class PictureRing:
    """Recent pictures by frame index, bounded in time, count and bytes.

    It holds references; nothing is copied or encoded. Not thread-safe: ``PictureGate`` locks.
    """

    def __init__(
        self, keep_s: float = KEEP_S, keep_count: int = KEEP_COUNT, keep_bytes: int = KEEP_BYTES
    ) -> None:
        self._keep_s = keep_s
        self._keep_count = keep_count
        self._keep_bytes = keep_bytes
        self._pictures: OrderedDict[int, Picture] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def nbytes(self) -> int:
        """Bytes held by the pictures."""
        return self._bytes

    def add(self, frame: Frame) -> None:
        """Keep a frame's picture and drop those beyond the limits."""
        self._drop(frame.index)
        height, width = frame.image.shape[:2]
        jpeg = own_jpeg(frame)
        kept = Picture(
            time_s=frame.time_s,
            size_px=(width, height),
            image=frame.image if jpeg is None else _NOTHING,
            jpeg=jpeg,
        )
        self._pictures[frame.index] = kept
        self._bytes += kept.nbytes
        while self._pictures and self._too_much(frame.time_s):
            self._drop(next(iter(self._pictures)))

    def replace(self, index: int, image: Image) -> None:
        """Replace a picture, if still kept, by a smaller one."""
        kept = self._pictures.get(index)
        if kept is None or kept.jpeg is not None:
            return
        self._bytes += image.nbytes - kept.nbytes
        self._pictures[index] = replace(kept, image=image)

    def get(self, index: int) -> Picture | None:
        """Return the picture of a frame, or None if it was dropped."""
        return self._pictures.get(index)

    def _too_much(self, now_s: float) -> bool:
        oldest_s = next(iter(self._pictures.values())).time_s
        return (
            len(self._pictures) > self._keep_count
            or self._bytes > self._keep_bytes
            or now_s - oldest_s > self._keep_s
        )

    def _drop(self, index: int) -> None:
        kept = self._pictures.pop(index, None)
        if kept is not None:
            self._bytes -= kept.nbytes


def own_jpeg(frame: Frame) -> bytes | None:
    """Return the camera's JPEG if it can be sent unchanged; None if absent or too large."""
    jpeg = frame.jpeg
    return jpeg if jpeg is not None and len(jpeg) <= OWN_JPEG_BYTES else None


def shrink(image: Image, height: int) -> Image:
    """Return the picture scaled down to ``height`` rows, aspect ratio kept; itself if it fits."""
    rows, columns = image.shape[:2]
    if rows <= height:
        return image
    width = max(1, round(columns * height / rows))
    # Below a factor of two no row is skipped, and area averaging costs several times as much.
    method = cv2.INTER_LINEAR if rows < 2 * height else cv2.INTER_AREA
    small = cv2.resize(image, (width, height), interpolation=method)
    return np.asarray(small, dtype=np.uint8)


def jpeg_bytes(image: Image, quality: int) -> bytes:
    """Return the picture as JPEG.

    Raises
    ------
    PictureError
        If the encoder refuses the picture.
    """
    ok, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not ok:
        raise PictureError(f"could not encode a picture of shape {image.shape}")
    return bytes(data.tobytes())
