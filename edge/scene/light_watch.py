"""Detection of a runner who is too dark or too bright for the pose model."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG, SIDE_LEG

_LOOK_EVERY_S: Final = 0.25
_OVER_S: Final = 3.0
# A second of running, in which the legs pass most of the background behind them.
_LEAST_LOOKS: Final = 4
_LEAST_POINTS: Final = 4
# Half the side of the square around a point, and the margin of the box around all, in heights of
# the legs: a knee fills the one, the other holds what is directly behind the legs.
_HALF_LEGS: Final = 0.06
_LEAST_HALF_PX: Final = 3
_MARGIN_LEGS: Final = 0.15
_BOX_ROWS: Final = 64
# Of 255, of the box's brightest tenth: shoe, skin or wall. On 17 rendered and three real runners
# 154 to 244 lit well, 77 to 122 at half, 37 to 62 at a quarter, where a real runner in dim light
# loses half of the strides, and 19 to 35 at an eighth, which moves the knee by 6 % of the shank.
_BRIGHTEST_PERCENT: Final = 90
_DARK: Final = 66.0
# Of 255, of the legs' own pixels: legs against the light, where the box is bright. Black tights lit
# well stay above.
_DARK_LEGS: Final = 20.0
# A white pixel: one of its colours is at the limit, and it is pale; a red shoe is not. Clipping
# before the colours are added, as cameras do, leaves the other colours below the limit.
_CLIPPED: Final = 250
_PALE: Final = 180.0
_LUMA_OF_BGR: Final = (0.114, 0.587, 0.299)
# Share of the legs' pixels without any drawing left. Well lit 0 to 0.04; twice too much 0.38 to
# 0.69, which moves knee-toe offset and push-off by 6 % of shank and 6 degrees.
_MOST_WHITE: Final = 0.28


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The light of one frame: grey of legs and box, 0 to 255, and the legs' share of white."""

    time_s: float
    legs: float
    brightest: float
    white: float


class LightWatch:
    """Monitor of the light on the legs, four times a second."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._looks: deque[_Look] = deque()
        self._looked_s = -np.inf

    def update(self, frame: Frame, pose: Pose) -> Notice:
        """Add one frame with its raw pose; return the notice that holds, or an empty one."""
        if pose.breaks:
            self.reset()
        if frame.time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = frame.time_s
            look = _look(frame, _legs(pose))
            # Legs out of the picture say nothing about its light.
            if look is not None:
                self._looks.append(look)
        while self._looks and self._looks[0].time_s < frame.time_s - _OVER_S:
            self._looks.popleft()
        return self._judge() if len(self._looks) >= _LEAST_LOOKS else Notice()

    def _judge(self) -> Notice:
        legs = np.median([look.legs for look in self._looks])
        brightest = np.median([look.brightest for look in self._looks])
        if brightest < _DARK or legs < _DARK_LEGS:
            return Notice("too_dark")
        white = np.median([look.white for look in self._looks])
        return Notice("overexposed") if white > _MOST_WHITE else Notice()


def _legs(pose: Pose) -> Floats:
    """Return the known points of both legs, shape (n, 2): whose leg is whose does not matter."""
    known = pose.body_px[[*LEFT_LEG, *RIGHT_LEG]]
    if pose.legs_px is not None:
        known = pose.legs_px[:, SIDE_LEG].reshape(-1, 2)
    return known[np.isfinite(known).all(axis=1)]


def _look(frame: Frame, legs: Floats) -> _Look | None:
    """Return the light on the points of legs, shape (n, 2); None if too few are known or inside."""
    if len(legs) < _LEAST_POINTS:
        return None
    high_px = float(np.ptp(legs[:, 1]))
    half = max(_HALF_LEGS * high_px, _LEAST_HALF_PX)
    squares = [_part(frame.image, point - half, point + half) for point in legs]
    pixels = np.concatenate(squares)
    margin = _MARGIN_LEGS * high_px
    step = max(int(high_px / _BOX_ROWS), 1)
    box = _part(frame.image, legs.min(axis=0) - margin, legs.max(axis=0) + margin, step)
    if not len(pixels) or not len(box):
        return None
    clipped = (pixels.max(axis=1) >= _CLIPPED) & (pixels @ _LUMA_OF_BGR >= _PALE)
    return _Look(
        time_s=frame.time_s,
        legs=float(pixels.mean()),
        brightest=float(np.percentile(box.mean(axis=1), _BRIGHTEST_PERCENT)),
        white=float(clipped.mean()),
    )


def _part(image: Image, least: Floats, most: Floats, step: int = 1) -> Floats:
    """Return the pixels between two corners, shape (n, 3); none beyond the picture."""
    (left, top), (right, bottom) = (
        np.maximum(least, 0).astype(int),
        np.maximum(most, -1).astype(int),
    )
    part = image[top : bottom + 1 : step, left : right + 1 : step]
    return np.asarray(part.reshape(-1, 3), np.float64)
