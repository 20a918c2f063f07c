"""Detection of feet that are out of the picture, or hidden behind something in it."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    HEEL,
    HIP,
    KNEE,
    TOE,
)
from edge.numerics.quantiles import quantile
from edge.scene.blind_spots import BlindSpots
from edge.scene.near_leg import near_leg

# Less than two strides of slow running, so that it is known before strides count.
_OVER_S: Final = 1.2
_LEAST_LOOKS: Final = 15
_LEAST_LOW_LOOKS: Final = 6
# In leg lengths over that time: who walks across the floor gets ahead by 1 and more, and the ankle
# of a runner or walker swings by 0.8 to 1.1.
_IN_PLACE_LEGS: Final = 0.4
_SWING_LEGS: Final = 0.5
# A foot this near to its lowest place, in leg lengths, is on the belt.
_LOW_LEGS: Final = 0.10
_LOWEST_SHARE: Final = 0.9
# Half the side of the square around a point, in leg lengths: less than half a shoe.
_HALF_LEGS: Final = 0.04
_LEAST_HALF_PX: Final = 4
# Mean change of grey from frame to frame below which nothing moves: of 255, and of the picture's
# noise. The foot of a runner changes it by 15 to 100, that of a runner in dim light by 10.
_STILL: Final = 1.2
_STILL_OF_NOISE: Final = 2.4
# The share of pixels taken for background; runner and belt move fewer than the others.
_BACKGROUND_SHARE: Final = 0.7
_NOISE_ROWS: Final = 48
# Share of the frames with the foot on the belt. The most in pictures of feet in plain view is 0.1,
# and 0.17 where the points are wrong.
_HIDDEN_SHARE: Final = 0.35
# What hides the feet in some strides hides them in others; the numbers of all are doubtful.
_STAYS_S: Final = 2.0
# Distance from the picture's edge, in leg lengths, below which a point may lie beyond it.
_EDGE_LEGS: Final = 0.02
# Share of all frames. Feet that leave the picture in swing alone do so in up to 0.18 of them.
_CUT_SHARE, _WHOLE_AGAIN_SHARE = 0.25, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one frame shows of the near leg.

    ``low_px`` is the y of the foot's lower end, ``hip_px`` the x of the hip, ``reach_px`` that of
    the ankle relative to it, ``foot_px`` those of heel and toe.
    """

    time_s: float
    leg_px: float
    low_px: float
    hip_px: float
    reach_px: float
    foot_px: tuple[float, float]
    cut: bool
    heel_still: bool
    toe_still: bool


class FeetWatch:
    """Monitor of the near foot: whether it is in the picture and whether it can be seen.

    A pose model places heel and toe also where it cannot see them. A foot that it sees moves, and
    so do the pixels there; in front of the foot, a rail or a bench does not. A post hides it only
    when it passes, always at the same place. Frames in which the rest of the leg does not move show
    nothing.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._before: Image | None = None
        self._looks: deque[_Look] = deque()
        self._hidden = self._cut = False
        self._hidden_s = -np.inf
        self._blind = BlindSpots()

    def update(self, frame: Frame | None, pose: Pose, near_side: Side | None) -> Notice:
        """Add one frame with its raw pose; return the notice that holds, or an empty one.

        Without a frame only the picture's edge counts. While nobody runs or walks in place, feet
        may rest, or be on their way into the picture, so no notice holds.
        """
        if pose.breaks:
            self.reset()
        before, self._before = self._before, None if frame is None else frame.image
        leg = near_leg(pose, near_side)
        look = None if leg is None else _look(before, self._before, pose, leg)
        if look is not None:
            self._looks.append(look)
            for x_px, still in zip(look.foot_px, (look.heel_still, look.toe_still), strict=True):
                self._blind.add(look.time_s, x_px / look.leg_px, still=still)
        while self._looks and self._looks[0].time_s < pose.time_s - _OVER_S:
            self._looks.popleft()
        self._decide()
        if self._cut:
            return Notice("feet_cut")
        return Notice("feet_hidden") if self._hidden else Notice()

    def _decide(self) -> None:
        if not self._in_place():
            self._hidden = self._cut = False
            return
        cut = sum(look.cut for look in self._looks) / len(self._looks)
        self._cut = cut > (_WHOLE_AGAIN_SHARE if self._cut else _CUT_SHARE)
        lowest = quantile(sorted(look.low_px for look in self._looks), _LOWEST_SHARE)
        low = [x for x in self._looks if x.low_px > lowest - _LOW_LEGS * x.leg_px]
        still = max(sum(x.heel_still for x in low), sum(x.toe_still for x in low)) / len(low)
        now_s = self._looks[-1].time_s
        hidden = len(low) >= _LEAST_LOW_LOOKS and still > _HIDDEN_SHARE
        if hidden or self._blind.any(now_s):
            self._hidden_s = now_s
        self._hidden = now_s - self._hidden_s < _STAYS_S

    def _in_place(self) -> bool:
        """Return whether the person strides without getting ahead, as on a belt."""
        if len(self._looks) < _LEAST_LOOKS:
            return False
        leg_px = self._looks[-1].leg_px
        hips = [look.hip_px for look in self._looks]
        reach = [look.reach_px for look in self._looks]
        ahead, swing = max(hips) - min(hips), max(reach) - min(reach)
        return ahead < _IN_PLACE_LEGS * leg_px and swing > _SWING_LEGS * leg_px


def _look(before: Image | None, now: Image | None, pose: Pose, leg: Floats) -> _Look | None:
    """Return what a frame shows of the foot; None if it shows nothing."""
    leg_px = float(np.hypot(*(leg[HIP] - leg[KNEE])) + np.hypot(*(leg[KNEE] - leg[ANKLE])))
    if not leg_px > 0:
        return None
    still = (False, False)
    if now is not None:
        if before is None or before.shape != now.shape:
            return None
        half = max(round(_HALF_LEGS * leg_px), _LEAST_HALF_PX)
        hip, knee, ankle, heel, toe = (_change(before, now, point, half) for point in leg)
        least = max(_STILL, _STILL_OF_NOISE * _noise(before, now))
        if not np.fmax(hip, np.fmax(knee, ankle)) > least:
            return None
        # NaN, beyond the picture, is not still: the edge tells.
        still = heel <= least, toe <= least
    return _Look(
        time_s=pose.time_s,
        leg_px=leg_px,
        low_px=float(leg[[HEEL, TOE], 1].max()),
        hip_px=float(leg[HIP, 0]),
        reach_px=float(leg[ANKLE, 0] - leg[HIP, 0]),
        foot_px=(float(leg[HEEL, 0]), float(leg[TOE, 0])),
        cut=_inside_px(leg[[HEEL, TOE]], pose.size_px) < _EDGE_LEGS * leg_px,
        heel_still=still[0],
        toe_still=still[1],
    )


def _inside_px(points: Floats, size_px: tuple[int, int]) -> float:
    """Return the least distance of points, shape (n, 2), from the edge; negative beyond it."""
    return float(min(points.min(), (np.array(size_px) - 1 - points).min()))


def _change(before: Image, now: Image, at: Floats, half: int) -> float:
    """Return the mean change of grey in a square; NaN where it is beyond the picture."""
    x, y = int(at[0]), int(at[1])
    rows = slice(max(y - half, 0), max(y + half + 1, 0))
    columns = slice(max(x - half, 0), max(x + half + 1, 0))
    one, other = before[rows, columns], now[rows, columns]
    return float(cv2.absdiff(one, other).mean()) if one.size else float("nan")


def _noise(before: Image, now: Image) -> float:
    """Return the mean change of grey where nothing moves."""
    step = slice(None, None, max(now.shape[0] // _NOISE_ROWS, 1))
    change = cv2.absdiff(before[step, step].copy(), now[step, step].copy()).mean(axis=2)
    ordered = np.sort(change, axis=None)
    return float(ordered[: max(int(_BACKGROUND_SHARE * ordered.size), 1)].mean())
