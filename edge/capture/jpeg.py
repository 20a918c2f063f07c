"""JPEG data from a camera: detection, decoding, and whether a browser can show it."""

from typing import Any

import cv2
import numpy as np

START = b"\xff\xd8"
HUFFMAN_TABLES = b"\xff\xc4"
SCAN = b"\xff\xda"

_FLAGS = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2}


def is_jpeg(data: object) -> bool:
    """Return whether OpenCV passed the camera's data through undecoded, as a JPEG."""
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim > 2:
        return False
    flat = data.ravel()
    return flat.size > len(START) and flat[: len(START)].tobytes() == START


def decoded(data: Any, scale: int) -> Any:
    """Return the BGR picture at full or half size; None if it cannot be decoded."""
    return cv2.imdecode(data.ravel(), _FLAGS[scale] | cv2.IMREAD_IGNORE_ORIENTATION)


def showable(data: Any) -> bytes | None:
    """Return the bytes if a browser can be expected to show them, else None.

    Motion JPEG may omit the standard Huffman tables, and only some decoders add them back.
    """
    content = bytes(data.tobytes())
    head = content[: content.find(SCAN)]
    return content if HUFFMAN_TABLES in head else None
