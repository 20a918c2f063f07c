"""Detection of a camera that is tilted from the start, by the straight edges in its picture."""

from collections.abc import Callable
from math import isfinite
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice

RollOf = Callable[[Image], float]
"""Returns the roll of a grey picture in degrees, positive clockwise; NaN if it is not sure."""

# Before the first stride counts.
_LOOK_EVERY_S: Final = 0.2
_LOOKS: Final = 6
_LEAST_SURE: Final = 2
_APART_DEG: Final = 1.5
# Wide enough for edges to half a degree, small enough for a few milliseconds.
_WIDTH_PX: Final = 480
# 4 degrees move the knee by 6 % of the shank, more than lies between green and red.
_TILTED_DEG: Final = 4.0


class TiltWatch:
    """Monitor of the camera's roll in the first second of a session.

    Parameters
    ----------
    roll_of
        Measures one picture.
    """

    def __init__(self, roll_of: RollOf) -> None:
        self._roll_of = roll_of
        self.reset()

    def reset(self) -> None:
        """Measure again."""
        self._rolls: list[float] = []
        self._looked_s = -np.inf
        self._notice = Notice()

    def update(self, frame: Frame) -> Notice:
        """Add one frame; return the notice that holds, or an empty one."""
        if frame.breaks:
            self.reset()
        due = frame.time_s - self._looked_s >= _LOOK_EVERY_S
        if len(self._rolls) < _LOOKS and due:
            self._looked_s = frame.time_s
            self._rolls.append(self._roll_of(_grey(frame.image)))
            self._notice = self._judge()
        return self._notice

    def _judge(self) -> Notice:
        sure = [roll for roll in self._rolls if isfinite(roll)]
        if len(sure) < _LEAST_SURE or max(sure) - min(sure) > _APART_DEG:
            return Notice()
        roll_deg = float(np.median(sure))
        if abs(roll_deg) < _TILTED_DEG:
            return Notice()
        return Notice("camera_tilted", deg=round(roll_deg, 1))


def _grey(picture: Image) -> Image:
    height, width = picture.shape[:2]
    scale = min(1.0, _WIDTH_PX / width)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
