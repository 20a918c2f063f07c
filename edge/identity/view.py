"""The runner's facing and leg length in the picture, independent of leg identity."""

from dataclasses import dataclass
from math import hypot, isfinite, isnan, nan

import numpy as np

from edge.identity.read_legs import disagreement_legs, read_legs
from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG
from edge.numerics.running_median import RunningWindow

_WINDOW_S = 2.0
# The first decision needs this much data; reversing it needs the whole window.
_FIRST_S = 0.3
_BOTH = np.array([LEFT_LEG, RIGHT_LEG])


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The runner's orientation and size as seen by the camera.

    ``facing`` is the side of the picture run towards (None before enough data); the leg nearer to a
    camera at the side of the belt is on that same side. ``leg_px`` is thigh plus shank.
    ``disagreement_legs`` is the median distance, in leg lengths, between pose model and leg reader
    over two seconds; NaN without a reader.
    """

    facing: Side | None
    leg_px: float
    disagreement_legs: float = nan

    @property
    def near_side(self) -> Side | None:
        """The runner's side that faces the camera."""
        return self.facing

    def off_axis_legs(self, pose: Pose) -> float:
        """Return how far the hips are from the middle of the picture, in leg lengths."""
        hips_px = float(np.mean(pose.body_px[[LEFT_HIP, RIGHT_HIP], 0]))
        return abs(hips_px - pose.size_px[0] / 2) / self.leg_px


def both_legs(pose: Pose) -> Floats:
    """Return left and right leg points, shape (2, 5, 2)."""
    return pose.body_px.take(_BOTH, axis=0)


def _ahead_and_leg_px(leg: list[list[float]], *, feet: bool) -> tuple[float, float]:
    """Return how far the leg points to the right, and the length of thigh plus shank.

    The toe is ahead of the heel; without feet, the knee is ahead of the line from hip to ankle.
    Plain floats: NumPy takes several times as long for so few points.
    """
    hip, knee, ankle, heel, toe = leg
    thigh = hypot(knee[0] - hip[0], knee[1] - hip[1])
    shank = hypot(ankle[0] - knee[0], ankle[1] - knee[1])
    ahead = toe[0] - heel[0] if feet else knee[0] - (hip[0] + ankle[0]) / 2
    return ahead, thigh + shank


class ViewFinder:
    """Estimator of facing and leg length over the last two seconds.

    It treats both legs alike, so exchanged legs do not matter.
    """

    def __init__(self, facing: Side | None = None) -> None:
        self._given = facing
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._facing = self._given
        self._ahead, self._legs, self._gaps = (RunningWindow(_WINDOW_S) for _ in range(3))

    def update(self, pose: Pose) -> View:
        """Add one raw pose and return the current view."""
        if pose.found:
            legs = both_legs(pose) if pose.legs_px is None else read_legs(pose)
            feet = pose.legs_px is not None or pose.skeleton.has_feet
            sizes = (_ahead_and_leg_px(leg, feet=feet) for leg in legs.tolist())
            # One leg may be out of the picture, not both.
            whole = [size for size in sizes if isfinite(sum(size))]
            if whole:
                self._ahead.add(pose.time_s, sum(ahead for ahead, _ in whole) / len(whole))
                self._legs.add(pose.time_s, sum(leg for _, leg in whole) / len(whole))
        for window in (self._ahead, self._legs):
            window.forget_before(pose.time_s)
        leg_px = self._legs.median
        if isnan(leg_px):
            return View(facing=self._facing, leg_px=nan)
        self._decide()
        return View(
            facing=self._facing, leg_px=leg_px, disagreement_legs=self._disagreement(pose, leg_px)
        )

    def _disagreement(self, pose: Pose, leg_px: float) -> float:
        if pose.legs_px is None:
            return nan
        gap = disagreement_legs(pose, leg_px)
        self._gaps.add(pose.time_s, gap)
        self._gaps.forget_before(pose.time_s)
        return self._gaps.median

    def _decide(self) -> None:
        if self._given is not None:
            return
        span = self._ahead.span_s
        seen = Side.RIGHT if self._ahead.median > 0 else Side.LEFT
        if self._facing is None:
            if span >= _FIRST_S:
                self._facing = seen
        elif seen is not self._facing and span >= 0.9 * _WINDOW_S:
            # The median over the whole window changed sign, so the person really turned round.
            self._facing = seen
