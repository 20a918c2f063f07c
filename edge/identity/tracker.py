"""Poses in, poses with their legs told apart out: the last moments seen with present knowledge."""

from collections import deque
from dataclasses import replace

import numpy as np

from edge.identity.hypotheses import SignTracker
from edge.identity.memory import LegPoints, StrideMemory
from edge.identity.view import View, ViewFinder, both_legs
from edge.messages import Floats, Pose, Side
from edge.skeleton import KNEE, LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG

# Longest silence across which identity may be carried.
_GAP_S = 0.25
_MEMORY_S = 0.5
# After so long a frame's identity no longer changes, and its points may teach the memory.
_SETTLED_S = 0.1
# A point this far from where the strides before say it is, in leg lengths, is not believed.
_STRAY_LEGS = 0.16
_STRAY_UNSURE_LEGS = 0.10
# With a typical error above this the memory foretells nothing.
_FORETOLD_LEGS = 0.12
_FORETOLD_AGAIN_LEGS = 0.08


class LegIdentity:
    """Repair exchanged legs with a beam of hypotheses.

    A later frame may still turn an earlier decision, so each update returns a window; the frame
    at the smoother's centre is thereby decided with the frames after it in sight.

    Parameters
    ----------
    facing
        The facing if a person told it; None to find it.
    """

    def __init__(self, facing: Side | None = None) -> None:
        self._finder = ViewFinder(facing)
        self._signs = SignTracker()
        self._memory = StrideMemory()
        self._remembered_s = -np.inf
        self._memory_held = False
        self._poses: deque[tuple[Pose, Floats | None]] = deque()
        self.view = View(facing=facing, leg_px=np.nan)

    def reset(self) -> None:
        """Forget the person."""
        self._finder.reset()
        self._signs.reset()
        self._memory.reset()
        self._remembered_s = -np.inf
        self._memory_held = False
        self._poses.clear()

    def update(self, pose: Pose) -> list[Pose]:
        """Take one raw pose in.

        Returns
        -------
        The poses of the last half second, oldest first, legs repaired by what is known now.
        """
        if pose.breaks:
            self.reset()
        self.view = self._finder.update(pose)
        expected = None
        if pose.found and self.view.near_side is not None and self.view.leg_px > 0:
            vector = self._difference(pose)
            if np.isfinite(vector).all():
                last = next((p.time_s for p, e in reversed(self._poses) if e is not None), -np.inf)
                if pose.time_s - last > _GAP_S:
                    self._signs.reset()
                    self._memory.reset()
                    self._poses = deque((p, None) for p, _ in self._poses)
                self._signs.update(pose.time_s, vector)
                expected = self._expect(pose)
        self._poses.append((pose, expected))
        while self._poses[0][0].time_s < pose.time_s - _MEMORY_S:
            self._poses.popleft()
        return self._repaired()

    def _difference(self, pose: Pose) -> Floats:
        left, right = both_legs(pose.xy_px)[:, KNEE:]
        near, far = (right, left) if self.view.near_side is Side.RIGHT else (left, right)
        difference = (near - far) / self.view.leg_px
        if self.view.facing is Side.LEFT:
            difference = difference * np.array([-1.0, 1.0])
        return np.asarray(difference.ravel())

    def _repaired(self) -> list[Pose]:
        known = sum(expected is not None for _, expected in self._poses)
        belief = iter(self._signs.exchanged(known) if known else ())
        legs = [(p, e) for p, e in self._poses if e is not None]
        exchanged = np.array([next(belief) > 0.5 for _ in legs], bool)
        times = np.array([p.time_s for p, _ in legs])
        right = [exchange_legs(p) if x else p for (p, _), x in zip(legs, exchanged, strict=True)]
        memory_holds = self._memory_holds(right, [e for _, e in legs])
        repaired = {}
        for pose, (_, expected) in zip(right, legs, strict=True):
            sure = not exchanged[np.abs(times - pose.time_s) <= _SETTLED_S / 2 + 1e-3].any()
            if self._remembered_s < pose.time_s <= times[-1] - _SETTLED_S:
                self._memory.remember(self._relative(pose, sure=sure))
                self._remembered_s = pose.time_s
            if memory_holds:
                repaired[pose.time_s] = self._without_strays(pose, expected, sure=sure)
            else:
                repaired[pose.time_s] = pose
        return [repaired.get(p.time_s, p) for p, _ in self._poses]

    def _memory_holds(self, poses: list[Pose], expected: list[Floats]) -> bool:
        """Whether the strides before foretell most points of the last half second.

        If they do not, the runner changed or the stride time is wrong, and it is the memory that
        must not be believed.
        """
        away = [
            np.hypot(*(p.xy_px - e - _mid_hip(p)).T) for p, e in zip(poses, expected, strict=True)
        ]
        typical = np.array(
            [np.median(a[np.isfinite(a)]) if np.isfinite(a).any() else np.nan for a in away]
        )
        known = typical[np.isfinite(typical)]
        if not known.size:
            return False
        limit = _FORETOLD_LEGS if self._memory_held else _FORETOLD_AGAIN_LEGS
        self._memory_held = float(np.median(known)) < limit * self.view.leg_px
        return self._memory_held

    def _relative(self, pose: Pose, *, sure: bool) -> LegPoints:
        left, right = both_legs(pose.xy_px) - _mid_hip(pose)
        near, far = (right, left) if self.view.near_side is Side.RIGHT else (left, right)
        return LegPoints(pose.time_s, near, far, sure)

    def _expect(self, pose: Pose) -> Floats:
        """Return where the legs should be now, shape (33, 2), relative to the middle of the hips.

        It does not depend on which leg is which in this frame, so it is asked once a frame.
        """
        near, far = self._memory.expect(pose.time_s, self._signs.stride_s)
        left, right = (far, near) if self.view.near_side is Side.RIGHT else (near, far)
        expected = np.full_like(pose.xy_px, np.nan)
        expected[list(LEFT_LEG)], expected[list(RIGHT_LEG)] = left, right
        return expected

    def _without_strays(self, pose: Pose, expected: Floats, *, sure: bool) -> Pose:
        expected_px = expected + _mid_hip(pose)
        away = np.hypot(*(pose.xy_px - expected_px).T)
        limit = _STRAY_LEGS if sure else _STRAY_UNSURE_LEGS
        stray = away > limit * self.view.leg_px
        xy = np.where(stray[:, None], np.nan, pose.xy_px)
        return replace(pose, xy_px=xy, expected_px=expected_px)


def _mid_hip(pose: Pose) -> Floats:
    middle: Floats = pose.xy_px[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
    return middle


def exchange_legs(pose: Pose) -> Pose:
    """Return ``pose`` with the two legs exchanged from the hips down and ``swapped`` turned."""
    order = np.arange(len(pose.visibility))
    order[list(LEFT_LEG)], order[list(RIGHT_LEG)] = RIGHT_LEG, LEFT_LEG
    return replace(
        pose,
        xy_px=pose.xy_px[order],
        visibility=pose.visibility[order],
        depth_px=pose.depth_px[order],
        swapped=not pose.swapped,
    )
