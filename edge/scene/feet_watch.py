"""Detection of feet that are out of the picture, or hidden behind something in it."""

from collections import deque
from dataclasses import dataclass
from math import isfinite, isnan, nan
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
    LEFT_HIP,
    LEFT_SHOULDER,
    RIGHT_HIP,
    RIGHT_SHOULDER,
    TOE,
)
from edge.numerics.quantiles import median, quantile
from edge.scene.black_bars import seen_part
from edge.scene.blind_spots import BlindSpots, Place
from edge.scene.near_leg import near_leg, toe_doubt

# Less than two strides of slow running, so that it is known before strides count.
_OVER_S: Final = 1.2
_LEAST_LOOKS: Final = 15
_LEAST_LOW_LOOKS: Final = 6
# In leg lengths over that time: who walks across the floor gets ahead by 1 and more, and the ankle
# of a runner or walker swings by 0.8 to 1.1.
_IN_PLACE_LEGS: Final = 0.4
_SWING_LEGS: Final = 0.5
# Outliers aside: points jump when something hides the leg now and then.
_OUTLIERS_SHARE: Final = 0.1
# In trunk lengths, how far apart the shoulders are across the picture: up to 0.3 from the side, and
# two thirds from the front, where legs that jump apart look like a stride.
_FRONT_TRUNKS: Final = 0.45
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
# Blurred, in mosaic or behind a grille a foot moves, and its pixels do, but the reader of the legs
# doubts where its toe is, and puts it where a foot would be too short. Both, on the belt: heel to
# toe in leg lengths, and the toe's expected error over the knee's. Such feet: 0.28 to 0.30 and 2.2
# to 2.6; in plain view, 17 rendered clips and three real: 0.31 to 0.34 and 0.6 to 1.4, and both at
# once for a sixth of a second of the real ones.
_SHORT_LEGS, _DOUBT, _GUESSED_S = 0.305, 1.7, 0.5
# What hides the feet in some strides hides them in others; the numbers of all are doubtful.
_STAYS_S: Final = 2.0
# Distance from the picture's edge, in leg lengths, below which a point may lie beyond it.
_EDGE_LEGS: Final = 0.02
# Bars do not move; a dark picture may hide that there are any.
_BARS_EVERY_S: Final = 1.0
# Share of all frames. Feet that leave the picture in swing alone do so in up to 0.18 of them.
_CUT_SHARE, _WHOLE_AGAIN_SHARE = 0.25, 0.15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """What one frame shows of the near leg.

    ``low_px`` is the y of the foot's lower end, ``foot_legs`` its length in leg lengths, ``doubt``
    as of ``toe_doubt``, ``hip_px`` the x of the hip, ``reach_px`` that of the ankle relative to it,
    ``front_trunks`` how far apart the shoulders are. ``still`` is of heel and toe: whether their
    pixels do not change. ``least`` is the change from which something moves; NaN without pictures.
    """

    time_s: float
    leg_px: float
    low_px: float
    foot_legs: float
    doubt: float
    hip_px: float
    reach_px: float
    front_trunks: float
    cut: bool
    still: tuple[bool, bool]
    least: float


class FeetWatch:
    """Monitor of the near foot: whether it is in the picture and whether it can be seen.

    A pose model places heel and toe also where it cannot see them. A foot that it sees moves, and
    so do the pixels there; in front of the foot, a rail or a bench does not. A post hides it only
    when it passes, and is still while what is beside it moves. Frames in which the rest of the leg
    does not move show nothing. A black bar ends the picture like its edge.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the runner."""
        self._before: Image | None = None
        self._part_px: Floats | None = None
        self._part_s = -np.inf
        self._looks: deque[_Look] = deque()
        self._cut = False
        self._hidden_s = -np.inf
        self._sure_s = nan
        self._blind = BlindSpots()

    def update(self, frame: Frame | None, pose: Pose, near_side: Side | None) -> Notice:
        """Add one frame with its raw pose; return the notice that holds, or an empty one.

        Without a frame only the picture's edge counts. While nobody runs or walks in place, feet
        may rest, or be on their way into the picture, so nothing is looked for.
        """
        if pose.breaks:
            self.reset()
        before, now = self._before, None if frame is None else frame.image
        self._before = now
        leg = near_leg(pose, near_side)
        part_px = self._seen_part(now, pose)
        look = None if leg is None else _look(before, now, pose, leg, part_px)
        if look is not None:
            self._looks.append(look)
        while self._looks and self._looks[0].time_s < pose.time_s - _OVER_S:
            self._looks.popleft()
        place = self._place()
        if look and place and before is not None and now is not None:
            self._blind.add(pose.time_s, (before, now), place, look.least)
        if self._hides(place):
            self._hidden_s = pose.time_s
        if self._cut:
            return Notice("feet_cut")
        return Notice("feet_hidden") if pose.time_s - self._hidden_s < _STAYS_S else Notice()

    def _seen_part(self, now: Image | None, pose: Pose) -> Floats:
        """Return the corners of the picture within black bars."""
        if self._part_px is None or pose.time_s - self._part_s >= _BARS_EVERY_S:
            whole = np.array([[0.0, 0.0], np.array(pose.size_px) - 1.0])
            self._part_px = whole if now is None else seen_part(now)
            self._part_s = pose.time_s
        return self._part_px

    def _place(self) -> Place | None:
        """Return where the foot is; None while too little is known."""
        if len(self._looks) < _LEAST_LOOKS:
            return None
        return Place(
            floor_px=quantile(sorted(look.low_px for look in self._looks), _LOWEST_SHARE),
            hip_px=median(look.hip_px for look in self._looks),
            leg_px=median(look.leg_px for look in self._looks),
        )

    def _hides(self, place: Place | None) -> bool:
        """Decide whether the foot is cut; return whether something hides it now."""
        if place is None or not self._in_place():
            self._cut = False
            return False
        cut = sum(look.cut for look in self._looks) / len(self._looks)
        self._cut = cut > (_WHOLE_AGAIN_SHARE if self._cut else _CUT_SHARE)
        low = [x for x in self._looks if x.low_px > place.floor_px - _LOW_LEGS * x.leg_px]
        now_s = self._looks[-1].time_s
        if isnan(self._sure_s) or not _guessed(low):
            self._sure_s = now_s
        stands = len(low) >= _LEAST_LOW_LOOKS and _stands(low)
        return stands or now_s - self._sure_s > _GUESSED_S or self._blind.any(now_s, place)

    def _in_place(self) -> bool:
        """Return whether the person, seen from the side, strides without getting ahead."""
        leg_px = self._looks[-1].leg_px
        seen = (x.front_trunks for x in self._looks if isfinite(x.front_trunks))
        if median(seen) > _FRONT_TRUNKS:
            return False
        ahead = _range([look.hip_px for look in self._looks])
        swing = _range([look.reach_px for look in self._looks])
        return ahead < _IN_PLACE_LEGS * leg_px and swing > _SWING_LEGS * leg_px


def _stands(low: list[_Look]) -> bool:
    """Return whether what is in front of the foot does not move."""
    return max(sum(look.still[at] for look in low) for at in (0, 1)) > _HIDDEN_SHARE * len(low)


def _guessed(low: list[_Look]) -> bool:
    """Return whether the reader of the legs guesses where the toe is; False without one."""
    doubts = [look.doubt for look in low if isfinite(look.doubt)]
    if len(doubts) < _LEAST_LOW_LOOKS:
        return False
    return median(doubts) > _DOUBT and median(look.foot_legs for look in low) < _SHORT_LEGS


def _range(values: list[float]) -> float:
    """Return the range of values without outliers."""
    rising = sorted(values)
    return quantile(rising, 1 - _OUTLIERS_SHARE) - quantile(rising, _OUTLIERS_SHARE)


def _look(
    before: Image | None, now: Image | None, pose: Pose, leg: Floats, part_px: Floats
) -> _Look | None:
    """Return what a frame shows of the foot; None if it shows nothing."""
    leg_px = float(np.hypot(*(leg[HIP] - leg[KNEE])) + np.hypot(*(leg[KNEE] - leg[ANKLE])))
    if not leg_px > 0:
        return None
    still, least = (False, False), float("nan")
    if now is not None:
        if before is None or before.shape != now.shape:
            return None
        half = max(round(_HALF_LEGS * leg_px), _LEAST_HALF_PX)
        hip, knee, ankle, heel, toe = (_change(before, now, point, half) for point in leg)
        least = max(_STILL, _STILL_OF_NOISE * _noise(before, now))
        if not np.fmax(hip, np.fmax(knee, ankle)) > least:
            return None
        # NaN, beyond the picture, is not still: the edge tells.
        still = bool(heel <= least), bool(toe <= least)
    return _Look(
        time_s=pose.time_s,
        leg_px=leg_px,
        low_px=float(leg[[HEEL, TOE], 1].max()),
        foot_legs=float(np.hypot(*(leg[HEEL] - leg[TOE]))) / leg_px,
        doubt=toe_doubt(pose),
        hip_px=float(leg[HIP, 0]),
        reach_px=float(leg[ANKLE, 0] - leg[HIP, 0]),
        front_trunks=_front_trunks(pose),
        cut=_inside_px(leg[[HEEL, TOE]], part_px) < _EDGE_LEGS * leg_px,
        still=still,
        least=least,
    )


def _front_trunks(pose: Pose) -> float:
    """Return the shoulders' distance across the picture over the trunk's length; NaN if unseen."""
    shoulders, hips = (
        pose.body_px[[LEFT_SHOULDER, RIGHT_SHOULDER]],
        pose.body_px[[LEFT_HIP, RIGHT_HIP]],
    )
    trunk_px = float(np.hypot(*(shoulders.mean(axis=0) - hips.mean(axis=0))))
    return float(abs(np.diff(shoulders[:, 0])[0])) / trunk_px if trunk_px > 0 else float("nan")


def _inside_px(points: Floats, part_px: Floats) -> float:
    """Return the least distance of points, shape (n, 2), from the edge; negative beyond it."""
    return float(min((points - part_px[0]).min(), (part_px[1] - points).min()))


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
