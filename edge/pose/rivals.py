"""Other people in the picture, and which of them strides while the one followed stands."""

from collections import deque
from dataclasses import dataclass, field
from math import hypot, isfinite, nan
from typing import Final, Protocol

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.skeleton import ANKLE, HIP, KNEE, LEFT_LEG, RIGHT_LEG, Skeleton
from edge.pose.models.port import Landmarks
from edge.pose.region import Region

# Longer than a step of slow running, so that the ankles show their whole range.
_RANGE_OVER_S: Final = 0.45
_RANGE_SURE_S: Final = 0.35
# Ankles of runners and walkers move by 0.4 to 1.0 leg lengths in that time; those of people who
# stand, shift their weight or operate a treadmill by less than 0.15.
_STRIDING_LEGS: Final = 0.28
_STILL_LEGS: Final = 0.18
# Two bodies nearer to each other than this share of their region are one body found twice.
_APART: Final = 0.25
_MOST_RIVALS: Final = 2
_SURELY_PRESENT: Final = 0.8


class Looker(Protocol):
    """A keypoint model for the person in one region."""

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints in ``region``."""


def apart(one: Region, other: Region, share: float = _APART) -> bool:
    """Return whether two regions hold different bodies: their middles are far from each other."""
    away_px = hypot(one.center_x_px - other.center_x_px, one.center_y_px - other.center_y_px)
    return away_px > share * max(one.side_px, other.side_px)


class LegMotion:
    """How far a person's ankles move past the hips within half a second.

    The ankles are sorted by place, so exchanged legs do not matter.

    Parameters
    ----------
    skeleton
        Definition of the points.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._past: deque[tuple[float, float, float]] = deque()

    def clear(self) -> None:
        """Forget the person."""
        self._past.clear()

    def add(self, time_s: float, xy_px: Floats) -> None:
        """Add the keypoints of one frame, shape (k, 2)."""
        left, right = self._skeleton.body_of(xy_px)[np.array([LEFT_LEG, RIGHT_LEG])].tolist()
        leg_px = (_length(left) + _length(right)) / 2
        middle = (left[HIP][0] + right[HIP][0]) / 2
        rear, front = sorted((left[ANKLE][0], right[ANKLE][0]))
        if isfinite(leg_px + middle + rear + front) and leg_px > 0:
            self._past.append((time_s, (rear - middle) / leg_px, (front - middle) / leg_px))
        while self._past and self._past[0][0] < time_s - _RANGE_OVER_S:
            self._past.popleft()

    @property
    def range_legs(self) -> float:
        """Range of the ankle that moves more, in leg lengths; NaN before a third of a second."""
        if not self._past or self._past[-1][0] - self._past[0][0] < _RANGE_SURE_S:
            return nan
        rear, front = [rear for _, rear, _ in self._past], [front for *_, front in self._past]
        return max(max(rear) - min(rear), max(front) - min(front))

    @property
    def strides(self) -> bool:
        """Whether the person surely walks or runs."""
        return self.range_legs > _STRIDING_LEGS

    @property
    def still(self) -> bool:
        """Whether the person surely stands."""
        return self.range_legs < _STILL_LEGS


@dataclass(slots=True, kw_only=True)
class _Rival:
    region: Region
    motion: LegMotion
    seen: Landmarks | None = field(default=None)


class Rivals:
    """Other people, watched for half a second beside the one followed.

    Parameters
    ----------
    skeleton
        Definition of the points.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self.clear()

    def clear(self) -> None:
        """Watch nobody."""
        self._rivals: list[_Rival] = []
        self._until_s = -np.inf
        self.watching = False

    @property
    def present(self) -> bool:
        """Whether another person was surely there at the last look."""
        return any(r.seen is not None and r.seen.presence >= _SURELY_PRESENT for r in self._rivals)

    def begin(self, regions: list[Region], followed: Region, time_s: float) -> None:
        """Watch the people in these regions, the largest first, except the one followed."""
        others = [region for region in regions if apart(region, followed)][:_MOST_RIVALS]
        self._rivals = [_Rival(region=r, motion=LegMotion(self._skeleton)) for r in others]
        self._until_s = time_s + _RANGE_OVER_S
        self.watching = bool(self._rivals)

    def update(self, frame: Frame, looker: Looker, followed: Region, min_presence: float) -> bool:
        """Look at each of them in the next frame; return whether they were watched long enough."""
        for rival in list(self._rivals):
            seen = looker.look(frame.image, rival.region)
            there = seen.presence >= min_presence and seen.next_region.usable
            if not there or not apart(seen.next_region, followed):
                self._rivals.remove(rival)
                continue
            rival.seen, rival.region = seen, seen.next_region
            rival.motion.add(frame.time_s, seen.xy_px)
        self.watching = bool(self._rivals) and frame.time_s < self._until_s
        return not self.watching

    def striding(self) -> Landmarks | None:
        """Return the one who strides most; None if nobody does."""
        found = [r for r in self._rivals if r.motion.strides and r.seen is not None]
        return max(found, key=lambda r: r.motion.range_legs).seen if found else None


def _length(leg: list[list[float]]) -> float:
    thigh = hypot(leg[KNEE][0] - leg[HIP][0], leg[KNEE][1] - leg[HIP][1])
    return thigh + hypot(leg[ANKLE][0] - leg[KNEE][0], leg[ANKLE][1] - leg[KNEE][1])
