"""The last pictures, kept small and for a moment, and how one becomes a JPEG."""

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
# A camera's own JPEG up to this size is shown as it is; it is about that of an encoded preview.
OWN_JPEG_BYTES: Final = 160_000

_NOTHING: Final = np.empty((0, 0, 3), np.uint8)


class PictureError(RuntimeError):
    """A picture could not be encoded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture, perhaps smaller than the camera gave it; ``size_px`` is the frame's.

    Where there is a ``jpeg``, that is the picture and ``image`` is empty.
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
    """The pictures of the last moment by frame index, bounded in time, count and bytes.

    It holds references; nothing is copied or encoded. Not safe across threads: the hub locks.
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
        """Keep a frame's picture, and let go of those that are too old or too many."""
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
        """Put a smaller picture in the place of one that is still kept."""
        kept = self._pictures.get(index)
        if kept is None or kept.jpeg is not None:
            return
        self._bytes += image.nbytes - kept.nbytes
        self._pictures[index] = replace(kept, image=image)

    def get(self, index: int) -> Picture | None:
        """Return the picture of a frame, or None when it is gone."""
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
    """Return the camera's own JPEG where it can be shown as it is: it is there, and not too big."""
    jpeg = frame.jpeg
    return jpeg if jpeg is not None and len(jpeg) <= OWN_JPEG_BYTES else None


def shrink(image: Image, height: int) -> Image:
    """Return the picture at no more than ``height`` rows, its shape kept; the same if it fits."""
    rows, columns = image.shape[:2]
    if rows <= height:
        return image
    width = max(1, round(columns * height / rows))
    # Below a factor of two no row is passed over, and averaging areas costs several times as much.
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
