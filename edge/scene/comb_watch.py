"""Detection of combed pictures: two instants in alternate rows, in film that claims to be whole."""

from collections import deque
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose

_LOOK_EVERY_S: Final = 0.25
_OVER_S: Final = 3.0
_LEAST_LOOKS: Final = 4
_MARGIN: Final = 0.1
# Rows must not be skipped; columns may.
_COLUMNS: Final = 200
# Of 255: what moves from one picture to the next, and what stands out from the rows beside it.
_MOVES: Final = 15
_STANDS_OUT: Final = 12
_LEAST_PIXELS: Final = 50
# Share of the moving pixels that stand out from both rows beside them while those two agree. Of
# rendered and real runners: whole pictures up to 0.013, compressed hard 0.016, very noisy 0.18;
# two pictures in alternate rows 0.28 and more.
_COMBED: Final = 0.23


class CombWatch:
    """Monitor of the rows where the person moves, four times a second."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the pictures."""
        self._before: Image | None = None
        self._looks: deque[tuple[float, float]] = deque()
        self._looked_s = -np.inf

    def update(self, frame: Frame, pose: Pose) -> Notice:
        """Add one frame with its raw pose; return the notice that holds, or an empty one."""
        if frame.breaks:
            self.reset()
        before, self._before = self._before, frame.image
        due = frame.time_s - self._looked_s >= _LOOK_EVERY_S
        if due and before is not None and before.shape == frame.image.shape:
            share = _combed_share(before, frame.image, pose)
            if np.isfinite(share):
                self._looked_s = frame.time_s
                self._looks.append((frame.time_s, share))
        while self._looks and self._looks[0][0] < frame.time_s - _OVER_S:
            self._looks.popleft()
        if len(self._looks) < _LEAST_LOOKS:
            return Notice()
        combed = np.median([share for _, share in self._looks]) > _COMBED
        return Notice("pictures_combed") if combed else Notice()


def _combed_share(before: Image, now: Image, pose: Pose) -> float:
    """Return the share of combed pixels among those that move; NaN if nothing does."""
    known = pose.xy_px[np.isfinite(pose.xy_px).all(axis=1)]
    if not len(known):
        return float("nan")
    margin = _MARGIN * float(np.ptp(known[:, 1]))
    left, top = np.maximum(known.min(axis=0) - margin, 0).astype(int)
    right, bottom = np.maximum(known.max(axis=0) + margin, 0).astype(int)
    step = max((right - left) // _COLUMNS, 1)
    part = slice(top, bottom), slice(left, right, step)
    if before[part].size == 0:
        return float("nan")
    one, other = (_grey(picture[part]) for picture in (before, now))
    moves = np.abs(other - one)[1:-1] > _MOVES
    if moves.sum() < _LEAST_PIXELS:
        return float("nan")
    above, below = other[:-2] - other[1:-1], other[2:] - other[1:-1]
    least = np.minimum(np.abs(above), np.abs(below))
    out = (above * below > 0) & (least > _STANDS_OUT) & (2 * np.abs(above - below) < least)
    return float(out[moves].mean())


def _grey(picture: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2GRAY).astype(np.int16)
