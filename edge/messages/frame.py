"""One picture of a camera or file."""

from dataclasses import dataclass
from math import nan
from typing import Final

import numpy as np

from edge.messages.arrays import Image, freeze
from edge.messages.notice import Notice

MAIN_CAMERA: Final = "main"
"""Name of the camera in a station with one camera."""

LEAST_RATE_HZ: Final = 29.0
"""Below this rate nothing is judged: events need at least 30, and 29.97 counts as 30."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes
    ----------
    index
        Counts from 0 in capture order; a gap means frames were dropped after capture.
    time_s
        Capture time since the first frame, never decreasing.
    image
        Shape (h, w, 3), uint8, BGR.
    arrived_s
        Monotonic host time at which the frame reached this process, before decoding if the source
        reports that; used for latency only.
    breaks
        True if this frame does not continue the previous one (a clip restarted, a camera came
        back), so that no state may carry over.
    jpeg
        The camera's own compressed picture, possibly larger than ``image``; None if it gives none.
        For display only.
    camera
        Name of the camera in the station.
    notices
        What is wrong with the pictures up to this one, as far as the source can tell.
    """

    index: int
    time_s: float
    image: Image
    arrived_s: float = nan
    breaks: bool = False
    jpeg: bytes | None = None
    camera: str = MAIN_CAMERA
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        """Check the picture's shape and make it read-only."""
        if self.image.dtype != np.uint8:
            raise ValueError(f"image must be uint8, got {self.image.dtype}")
        freeze(self.image, "image", (None, None, 3))
