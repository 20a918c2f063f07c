"""Mirrored display of MP4 and QuickTime files, which OpenCV takes for a rotation."""

import struct
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final

import cv2
import numpy as np

from edge.capture.opencv import VideoCapture, is_picture
from edge.messages.arrays import Image

_HANDLER: Final = 8
_MATRIX: Final = 40
_MATRIX_64: Final = 52


class Mirroring(Enum):
    """How a picture has to be mirrored: the value names the display matrix's first two rows."""

    NONE = ()
    ACROSS = (-1, 0, 0, 1)
    DOWN = (1, 0, 0, -1)
    DIAGONAL = (0, 1, 1, 0)
    OTHER_DIAGONAL = (0, -1, -1, 0)


_MIRRORED: Final[dict[Mirroring, Callable[[Image], Image]]] = {
    Mirroring.ACROSS: lambda image: image[:, ::-1],
    Mirroring.DOWN: lambda image: image[::-1],
    Mirroring.DIAGONAL: lambda image: image.transpose(1, 0, 2),
    Mirroring.OTHER_DIAGONAL: lambda image: image[::-1, ::-1].transpose(1, 0, 2),
}


def mirroring_of(index: bytes) -> Mirroring:
    """Return how the video track of an index (a ``moov`` box) is to be mirrored.

    A display matrix with a negative determinant mirrors, as front cameras of phones write it; all
    others only rotate, which OpenCV does itself (ISO 14496-12, 8.3.2).
    """
    for kind, track in _boxes(index[8:]):
        if kind != b"trak":
            continue
        parts = dict(_boxes(track))
        media = dict(_boxes(parts.get(b"mdia", b"")))
        if media.get(b"hdlr", b"")[_HANDLER : _HANDLER + 4] == b"vide":
            return _mirroring(parts.get(b"tkhd", b""))
    return Mirroring.NONE


class MirroredCapture:
    """A capture whose pictures are mirrored as the file asks, not rotated."""

    def __init__(self, capture: VideoCapture, mirroring: Mirroring) -> None:
        self._capture = capture
        self._mirror = _MIRRORED[mirroring]
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)

    def isOpened(self) -> bool:  # noqa: N802
        """Return whether the capture is open."""
        return self._capture.isOpened()

    def grab(self) -> bool:
        """Grab the next picture."""
        return self._capture.grab()

    def retrieve(self) -> tuple[bool, Any]:
        """Return the grabbed picture, mirrored."""
        good, image = self._capture.retrieve()
        if good and is_picture(image):
            image = np.ascontiguousarray(self._mirror(image))
        return good, image

    def get(self, prop: int, /) -> float:
        """Return one property."""
        return self._capture.get(prop)

    def set(self, prop: int, value: float, /) -> bool:
        """Request one property."""
        return self._capture.set(prop, value)

    def release(self) -> None:
        """Release the file."""
        self._capture.release()


def _mirroring(header: bytes) -> Mirroring:
    # The dates before it take four or eight bytes.
    at = _MATRIX_64 if header[:1] == b"\x01" else _MATRIX
    if len(header) < at + 20:
        return Mirroring.NONE
    a, b, _, c, d = struct.unpack_from(">5i", header, at)
    signs = tuple((n > 0) - (n < 0) for n in (a, b, c, d))
    return next((kind for kind in Mirroring if kind.value == signs), Mirroring.NONE)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of the boxes in a row; damaged ones end it."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if length < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + length]
        at += length
