"""Legs of the pose model, tracked over time and revised as later frames arrive."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.identity.exchange import exchange_legs
from edge.identity.hypotheses import SignTracker
from edge.identity.source_quality import SourceQuality
from edge.identity.stride_memory import LegPoints, StrideMemory
from edge.identity.view import View, both_legs
from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import (
    ANKLE,
    BODY_COUNT,
    KNEE,
    LEFT_HIP,
    LEFT_LEG,
    RIGHT_HIP,
    RIGHT_LEG,
)
from edge.numerics.quantiles import median, row_medians

# Longest gap across which identity may be carried.
_GAP_S = 0.25
# Length of the window of repaired poses.
KEPT_S = 0.3
# After this time a frame's identity no longer changes, and its points may enter the memory.
_SETTLED_S = 0.1
# A point further than this from its prediction, in leg lengths, is rejected.
_STRAY_LEGS = 0.16
_STRAY_UNSURE_LEGS = 0.10
# If its typical error is above this, the memory is not used for prediction.
_FORETOLD_LEGS = 0.12
_FORETOLD_AGAIN_LEGS = 0.08


class _Moment:
    """One frame of the window, with lazily computed results for both leg identities.

    ``expect`` returns the expected leg points; None if the legs cannot be tracked at this frame.
    """

    def __init__(self, pose: Pose, expect: Callable[[], Floats] | None) -> None:
        self.pose = pose
        self._expect = expect
        self._expected: Floats | None = None
        self._shown: dict[tuple[bool, bool], Pose] = {}
        self._right: dict[bool, Pose] = {False: pose}
        self._away: dict[bool, Floats] = {}

    @property
    def tracked(self) -> bool:
        """Whether the legs are tracked at this frame."""
        return self._expect is not None

    def forget(self) -> None:
        """Track the legs no longer."""
        self._expect = None

    def right(self, *, exchanged: bool) -> Pose:
        """Return the pose, with its legs exchanged if asked."""
        if exchanged not in self._right:
            self._right[exchanged] = exchange_legs(self.pose)
        return self._right[exchanged]

    def away(self, *, exchanged: bool) -> Floats:
        """Return each point's distance from its expected position, shape (k,), pixels."""
        if exchanged not in self._away:
            pose = self.right(exchanged=exchanged)
            self._away[exchanged] = np.hypot(*(pose.xy_px - self._expected_px()).T)
        return self._away[exchanged]

    def without_strays(self, *, exchanged: bool, sure: bool, leg_px: float) -> Pose:
        """Return the pose without stray points, with its legs exchanged if asked."""
        key = exchanged, sure
        if key not in self._shown:
            pose = self.right(exchanged=exchanged)
            limit = _STRAY_LEGS if sure else _STRAY_UNSURE_LEGS
            stray = self.away(exchanged=exchanged) > limit * leg_px
            xy = np.where(stray[:, None], np.nan, pose.xy_px)
            self._shown[key] = replace(pose, xy_px=xy, expected_px=self._expected_px())
        return self._shown[key]

    def _expected_px(self) -> Floats:
        if self._expected is None:
            assert self._expect is not None
            self._expected = self._expect() + _mid_hip(self.pose)
        return self._expected


@dataclass(frozen=True, slots=True, eq=False)
class _Belief:
    """The tracked frames of the window, and which of them have exchanged legs.

    A frame is ``sure`` if neither it nor any around it has exchanged legs.
    """

    moments: list[_Moment]
    exchanged: list[bool]
    sure: list[bool]


def _belief(moments: list[_Moment], exchanged: NDArray[np.bool_]) -> _Belief:
    if not exchanged.any():
        return _Belief(moments, [False] * len(moments), [True] * len(moments))
    times_s = np.array([m.pose.time_s for m in moments])
    near = np.abs(times_s[:, None] - times_s) <= _SETTLED_S / 2 + 1e-3
    return _Belief(moments, exchanged.tolist(), (~(near & exchanged).any(axis=1)).tolist())


class TrackedLegs:
    """Repair of exchanged legs with a beam of hypotheses.

    A later frame may reverse an earlier decision, so the window is revised at every frame. The
    frame at the smoother's centre is therefore decided with knowledge of the frames after it.

    Attributes
    ----------
    quality
        The score of the tracked points.
    """

    def __init__(self) -> None:
        self.quality = SourceQuality()
        self._signs = SignTracker()
        self._memory = StrideMemory()
        self._view = View(facing=None, leg_px=np.nan)
        self._remembered_s = -np.inf
        self._memory_held = False
        self._moments: deque[_Moment] = deque()

    def reset(self) -> None:
        """Forget the person."""
        self.forget_legs()
        self._remembered_s = -np.inf
        self._memory_held = False
        self._moments.clear()

    def forget_legs(self) -> None:
        """Forget how the legs moved; the poses of the window stay."""
        self.quality.reset()
        self._signs.reset()
        self._memory.reset()
        for moment in self._moments:
            moment.forget()

    def update(self, pose: Pose, view: View, *, repair: bool) -> list[Pose]:
        """Add one raw pose.

        Parameters
        ----------
        pose
            The pose model's own points.
        view
            The current view.
        repair
            Whether the poses are needed; repairing takes several times as long as tracking.

        Returns
        -------
        The poses of the last 0.3 s, oldest first, legs repaired with current knowledge; none if
        they are not needed.
        """
        self._view = view
        self._moments.append(_Moment(pose, self._track(pose)))
        while self._moments[0].pose.time_s < pose.time_s - KEPT_S:
            self._moments.popleft()
        moments = [m for m in self._moments if m.tracked]
        exchanged = self._signs.exchanged(len(moments)) > 0.5
        belief = _belief(moments, exchanged)
        repaired = self._repaired(belief) if repair else []
        self._settle(belief)
        return repaired

    def _track(self, pose: Pose) -> Callable[[], Floats] | None:
        """Track the legs; return their expectation, or None if they cannot be tracked."""
        if not (pose.found and self._view.near_side is not None and self._view.leg_px > 0):
            return None
        vector = self._difference(pose)
        if not np.isfinite(vector).all():
            return None
        tracked = (m.pose.time_s for m in reversed(self._moments) if m.tracked)
        if pose.time_s - next(tracked, -np.inf) > _GAP_S:
            self.forget_legs()
        self._signs.update(pose.time_s, vector)
        return lambda: self._expect(pose)

    def _difference(self, pose: Pose) -> Floats:
        legs = both_legs(pose)
        if not pose.skeleton.has_feet:
            # The ankle replaces the foot, so knee and ankle alone distinguish the legs.
            legs[:, ANKLE + 1 :] = legs[:, ANKLE, None]
        near, far = self._near_and_far(legs[:, KNEE:])
        difference = (near - far) / self._view.leg_px
        if self._view.facing is Side.LEFT:
            difference = difference * np.array([-1.0, 1.0])
        return np.asarray(difference.ravel())

    def _near_and_far(self, legs: Floats) -> tuple[Floats, Floats]:
        """Return near and far of the left and right one, as the labels have them."""
        left, right = legs
        return (right, left) if self._view.near_side is Side.RIGHT else (left, right)

    def _repaired(self, belief: _Belief) -> list[Pose]:
        repaired = {}
        memory_holds = self._memory_holds(belief)
        leg_px = self._view.leg_px
        for moment, swap, sure in zip(belief.moments, belief.exchanged, belief.sure, strict=True):
            if memory_holds:
                pose = moment.without_strays(exchanged=swap, sure=sure, leg_px=leg_px)
            else:
                pose = moment.right(exchanged=swap)
            repaired[moment.pose.time_s] = pose
        return [repaired.get(m.pose.time_s, m.pose) for m in self._moments]

    def _memory_holds(self, belief: _Belief) -> bool:
        """Return whether previous strides predict most points of the window.

        If they do not, the runner changed or the stride time is wrong, and the memory must not be
        trusted.
        """
        if not belief.moments:
            return False
        pairs = zip(belief.moments, belief.exchanged, strict=True)
        away = np.array([m.away(exchanged=x) for m, x in pairs])[:, [*LEFT_LEG, *RIGHT_LEG]]
        foretold = np.isfinite(away).all(axis=1)
        if not foretold.any():
            return False
        limit = _FORETOLD_LEGS if self._memory_held else _FORETOLD_AGAIN_LEGS
        typical = median(row_medians(away[foretold]).tolist())
        self._memory_held = typical < limit * self._view.leg_px
        return self._memory_held

    def _settle(self, belief: _Belief) -> None:
        """Remember the frames whose identity no longer changes."""
        for moment, swap, sure in zip(belief.moments, belief.exchanged, belief.sure, strict=True):
            time_s = moment.pose.time_s
            if not self._remembered_s < time_s <= belief.moments[-1].pose.time_s - _SETTLED_S:
                continue
            self._remembered_s = time_s
            legs = both_legs(moment.pose)
            near, far = self._near_and_far(legs[::-1] if swap else legs)
            middle = (legs[0, 0] + legs[1, 0]) / 2
            self._memory.remember(LegPoints(time_s, near - middle, far - middle, sure))
            self.quality.add(time_s, near, far, self._view.leg_px)

    def _expect(self, pose: Pose) -> Floats:
        """Return the expected leg points, shape (k, 2), relative to the middle of the hips.

        They do not depend on leg identity in this frame, so one call per frame is enough.
        """
        near, far = self._memory.expect(pose.time_s, self._signs.stride_s)
        left, right = (far, near) if self._view.near_side is Side.RIGHT else (near, far)
        expected = np.full((BODY_COUNT, 2), np.nan)
        expected[list(LEFT_LEG)], expected[list(RIGHT_LEG)] = left, right
        return pose.skeleton.spread(expected)


def _mid_hip(pose: Pose) -> Floats:
    middle: Floats = pose.body_px[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
    return middle
