"""Detection of a runner who is too dark or too bright for the pose model."""

from collections import deque
from typing import Final

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HIP, KNEE
from edge.scene.near_leg import near_leg

_LOOK_EVERY_S: Final = 0.25
_OVER_S: Final = 3.0
# A second of running, in which the legs pass most of the background behind them.
_LEAST_LOOKS: Final = 4
# Half the side of the square around a point, in leg lengths: a knee fills it.
_HALF_LEGS: Final = 0.06
_LEAST_HALF_PX: Final = 3
# Of 255. On rendered runners lit well the legs have 114 to 142 and two stops less 28 to 35; three
# stops less, 13 to 17, move the knee-toe offset by 6 % of shank.
_TOO_DARK: Final = 20.0
# Share of pixels without any drawing left. Well lit 0 to 0.06; one stop too much 0.28 to 0.5,
# which moves knee-toe offset and push-off by 6 % of shank and 6 degrees.
_WHITE: Final = 250
_MOST_WHITE: Final = 0.25


class LightWatch:
    """Monitor of the light on the near leg, four times a second."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._looks: deque[tuple[float, float, float]] = deque()
        self._looked_s = -np.inf

    def update(self, frame: Frame, pose: Pose, near_side: Side | None) -> Notice:
        """Add one frame with its raw pose; return the notice that holds, or an empty one."""
        if pose.breaks:
            self.reset()
        leg = near_leg(pose, near_side)
        if leg is not None and frame.time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = frame.time_s
            grey, white = _light(frame.image, leg)
            # A leg out of the picture says nothing about its light.
            if np.isfinite(grey):
                self._looks.append((frame.time_s, grey, white))
        while self._looks and self._looks[0][0] < frame.time_s - _OVER_S:
            self._looks.popleft()
        if len(self._looks) < _LEAST_LOOKS:
            return Notice()
        _, grey, white = np.median(np.array(self._looks), axis=0)
        if grey < _TOO_DARK:
            return Notice("too_dark")
        return Notice("overexposed") if white > _MOST_WHITE else Notice()


def _light(image: Image, leg: Floats) -> tuple[float, float]:
    """Return the mean grey about the points of a leg, and the share of white; NaN outside."""
    leg_px = float(np.hypot(*(leg[HIP] - leg[KNEE])) + np.hypot(*(leg[KNEE] - leg[ANKLE])))
    half = max(round(_HALF_LEGS * leg_px), _LEAST_HALF_PX)
    greys = [_square(image, point, half) for point in leg]
    known = np.concatenate(greys)
    if not known.size:
        return float("nan"), float("nan")
    return float(known.mean()), float((known >= _WHITE).mean())


def _square(image: Image, at: Floats, half: int) -> Floats:
    x, y = int(at[0]), int(at[1])
    rows = slice(max(y - half, 0), max(y + half + 1, 0))
    columns = slice(max(x - half, 0), max(x + half + 1, 0))
    return np.asarray(image[rows, columns].mean(axis=2).ravel(), np.float64)
