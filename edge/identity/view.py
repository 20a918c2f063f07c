"""Which way the runner faces and how long the leg is in the picture, whichever leg is which."""

from collections import deque
from dataclasses import dataclass
from math import nan

import numpy as np

from edge.identity.read_legs import disagreement_legs, read_legs
from edge.messages import Floats, Pose, Side
from edge.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_LEG, RIGHT_LEG, TOE

_WINDOW_S = 2.0
# A first answer needs this much; overturning one needs the whole window.
_FIRST_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the runner stands to the camera.

    ``facing`` is the side of the picture run towards (None before enough is seen); the leg nearer
    to a camera beside the belt is the one on that same side. ``leg_px`` is thigh plus shank.
    ``disagreement_legs`` is how far, in leg lengths, the pose model and the leg reader have been
    apart lately, the middle of two seconds; NaN without a reader.
    """

    facing: Side | None
    leg_px: float
    disagreement_legs: float = nan

    @property
    def near_side(self) -> Side | None:
        """The runner's side that faces the camera."""
        return self.facing


def both_legs(xy_px: Floats) -> Floats:
    """Return left and right leg points, shape (2, 5, 2), of keypoints shape (33, 2)."""
    return np.stack([xy_px[list(LEFT_LEG)], xy_px[list(RIGHT_LEG)]])


class ViewFinder:
    """Keep the facing and the leg length over the last two seconds.

    Exchanged legs do not matter to it: both legs are used alike.
    """

    def __init__(self, facing: Side | None = None) -> None:
        self._given = facing
        self.reset()

    def reset(self) -> None:
        """Forget the person."""
        self._facing = self._given
        self._seen: deque[tuple[float, float, float]] = deque()
        self._gaps: deque[tuple[float, float]] = deque()

    def update(self, pose: Pose) -> View:
        """Take one raw pose in and return the present view."""
        if pose.found:
            legs = both_legs(pose.xy_px) if pose.legs_px is None else read_legs(pose)
            foot = legs[:, TOE, 0] - legs[:, HEEL, 0]
            thigh = np.hypot(*(legs[:, KNEE] - legs[:, HIP]).T)
            shank = np.hypot(*(legs[:, ANKLE] - legs[:, KNEE]).T)
            whole = np.isfinite(foot) & np.isfinite(thigh + shank)
            # One leg may be out of the picture, not both.
            if whole.any():
                length = float((thigh + shank)[whole].mean())
                self._seen.append((pose.time_s, float(foot[whole].mean()), length))
        while self._seen and self._seen[0][0] < pose.time_s - _WINDOW_S:
            self._seen.popleft()
        if not self._seen:
            return View(facing=self._facing, leg_px=np.nan)
        table = np.array(self._seen)
        self._decide(table)
        leg_px = float(np.median(table[:, 2]))
        return View(
            facing=self._facing, leg_px=leg_px, disagreement_legs=self._disagreement(pose, leg_px)
        )

    def _disagreement(self, pose: Pose, leg_px: float) -> float:
        if pose.legs_px is None:
            return nan
        gap = disagreement_legs(pose, leg_px)
        if np.isfinite(gap):
            self._gaps.append((pose.time_s, gap))
        while self._gaps and self._gaps[0][0] < pose.time_s - _WINDOW_S:
            self._gaps.popleft()
        return float(np.median([g for _, g in self._gaps])) if self._gaps else nan

    def _decide(self, table: Floats) -> None:
        if self._given is not None:
            return
        span = table[-1, 0] - table[0, 0]
        toes = float(np.median(table[:, 1]))
        seen = Side.RIGHT if toes > 0 else Side.LEFT
        if self._facing is None:
            if span >= _FIRST_S:
                self._facing = seen
        elif seen is not self._facing and span >= 0.9 * _WINDOW_S:
            # The median over the whole window turned: a person who really turned round.
            self._facing = seen
