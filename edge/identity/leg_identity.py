"""Leg identity over a short window of poses, revised as later frames arrive."""

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.identity.hypotheses import SignTracker
from edge.identity.read_legs import with_read_legs
from edge.identity.stride_memory import LegPoints, StrideMemory
from edge.identity.view import View, ViewFinder, both_legs
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
    """One frame of the window, with lazily computed results for both leg identities."""

    def __init__(self, pose: Pose, expected: Floats | None) -> None:
        self.pose = pose
        self.expected = expected
        self._shown: dict[tuple[bool, bool], Pose] = {}
        self._right: dict[bool, Pose] = {False: pose}
        self._away: dict[bool, Floats] = {}

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
        assert self.expected is not None
        return self.expected + _mid_hip(self.pose)


class LegIdentity:
    """Repair of exchanged legs with a beam of hypotheses.

    A later frame may reverse an earlier decision, so each update returns a window. The frame at the
    smoother's centre is therefore decided with knowledge of the frames after it.

    Parameters
    ----------
    facing
        The facing if a person entered it; None to detect it.
    """

    def __init__(self, facing: Side | None = None) -> None:
        self._finder = ViewFinder(facing)
        self._signs = SignTracker()
        self._memory = StrideMemory()
        self._remembered_s = -np.inf
        self._memory_held = False
        self._moments: deque[_Moment] = deque()
        self.view = View(facing=facing, leg_px=np.nan)

    def reset(self) -> None:
        """Forget the person."""
        self._finder.reset()
        self._signs.reset()
        self._memory.reset()
        self._remembered_s = -np.inf
        self._memory_held = False
        self._moments.clear()

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose.

        Returns
        -------
        The poses of the last 0.3 s, oldest first, legs repaired with current knowledge.
        """
        if pose.breaks:
            self.reset()
        facing = self.view.facing
        self.view = self._finder.update(pose)
        if self.view.facing is not facing:
            # Near and far have swapped, so what was learnt belongs to the other leg.
            self._forget_legs()
        near_side, leg_px = self.view.near_side, self.view.leg_px
        if pose.legs_px is not None and near_side is not None and leg_px > 0:
            pose = with_read_legs(pose, near_side, leg_px)
        self._moments.append(_Moment(pose, self._track(pose)))
        while self._moments[0].pose.time_s < pose.time_s - KEPT_S:
            self._moments.popleft()
        return self._repaired()

    def _track(self, pose: Pose) -> Floats | None:
        """Track the legs; return their expected position, or None if they cannot be tracked."""
        if not (pose.found and self.view.near_side is not None and self.view.leg_px > 0):
            return None
        if pose.legs_px is not None:
            return None
        vector = self._difference(pose)
        if not np.isfinite(vector).all():
            return None
        tracked = (m.pose.time_s for m in reversed(self._moments) if m.expected is not None)
        if pose.time_s - next(tracked, -np.inf) > _GAP_S:
            self._forget_legs()
        self._signs.update(pose.time_s, vector)
        return self._expect(pose)

    def _forget_legs(self) -> None:
        self._signs.reset()
        self._memory.reset()
        for moment in self._moments:
            moment.expected = None

    def _difference(self, pose: Pose) -> Floats:
        legs = both_legs(pose)
        if not pose.skeleton.has_feet:
            # The ankle replaces the foot, so knee and ankle alone distinguish the legs.
            legs[:, ANKLE + 1 :] = legs[:, ANKLE, None]
        left, right = legs[:, KNEE:]
        near, far = (right, left) if self.view.near_side is Side.RIGHT else (left, right)
        difference = (near - far) / self.view.leg_px
        if self.view.facing is Side.LEFT:
            difference = difference * np.array([-1.0, 1.0])
        return np.asarray(difference.ravel())

    def _repaired(self) -> list[Pose]:
        legs = [m for m in self._moments if m.expected is not None]
        exchanged = self._signs.exchanged(len(legs)) > 0.5
        times = np.array([m.pose.time_s for m in legs])
        memory_holds = self._memory_holds(legs, exchanged)
        repaired = {}
        for moment, swap in zip(legs, exchanged.tolist(), strict=True):
            time_s = moment.pose.time_s
            pose = moment.right(exchanged=swap)
            sure = not exchanged[np.abs(times - time_s) <= _SETTLED_S / 2 + 1e-3].any()
            if self._remembered_s < time_s <= times[-1] - _SETTLED_S:
                self._memory.remember(self._relative(pose, sure=sure))
                self._remembered_s = time_s
            if memory_holds:
                pose = moment.without_strays(exchanged=swap, sure=sure, leg_px=self.view.leg_px)
            repaired[time_s] = pose
        return [repaired.get(m.pose.time_s, m.pose) for m in self._moments]

    def _memory_holds(self, legs: list[_Moment], exchanged: NDArray[np.bool_]) -> bool:
        """Return whether previous strides predict most points of the window.

        If they do not, the runner changed or the stride time is wrong, and the memory must not be
        trusted.
        """
        if not legs:
            return False
        away = np.array(
            [m.away(exchanged=x) for m, x in zip(legs, exchanged.tolist(), strict=True)]
        )[:, [*LEFT_LEG, *RIGHT_LEG]]
        foretold = np.isfinite(away).all(axis=1)
        if not foretold.any():
            return False
        limit = _FORETOLD_LEGS if self._memory_held else _FORETOLD_AGAIN_LEGS
        typical = float(np.median(np.median(away[foretold], axis=1)))
        self._memory_held = typical < limit * self.view.leg_px
        return self._memory_held

    def _relative(self, pose: Pose, *, sure: bool) -> LegPoints:
        left, right = both_legs(pose) - _mid_hip(pose)
        near, far = (right, left) if self.view.near_side is Side.RIGHT else (left, right)
        return LegPoints(pose.time_s, near, far, sure)

    def _expect(self, pose: Pose) -> Floats:
        """Return the expected leg points, shape (k, 2), relative to the middle of the hips.

        They do not depend on leg identity in this frame, so one call per frame is enough.
        """
        near, far = self._memory.expect(pose.time_s, self._signs.stride_s)
        left, right = (far, near) if self.view.near_side is Side.RIGHT else (near, far)
        expected = np.full((BODY_COUNT, 2), np.nan)
        expected[list(LEFT_LEG)], expected[list(RIGHT_LEG)] = left, right
        return pose.skeleton.spread(expected)


def _mid_hip(pose: Pose) -> Floats:
    middle: Floats = pose.body_px[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
    return middle


def exchange_legs(pose: Pose) -> Pose:
    """Return ``pose`` with its legs exchanged from the hips down and ``swapped`` inverted."""
    order = pose.skeleton.exchanged
    return replace(
        pose,
        xy_px=pose.xy_px[order],
        visibility=pose.visibility[order],
        depth_px=pose.depth_px[order],
        swapped=not pose.swapped,
    )
