"""Standing on the near leg: the place and shape of the foot that is about to raise its heel."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.exercises.calf_raise.legs_seen import LegSeen
from edge.messages.arrays import Floats
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.numerics.sagittal import foot_angle_deg, knee_flexion_deg

STILL_S: Final = 1.0
_LEAST_FRAMES: Final = 12
_LEAST_SHARE: Final = 0.6
# A foot point worse than this does not show a heel's centimetres.
_LARGEST_ERROR_LEGS: Final = 0.025
# Interquartile ranges. Balancing on one leg is not quite still; a raise moves the heel by a tenth
# of the leg.
_MOST_MOTION_LEGS: Final = 0.02
# A flat foot, allowing for a rolled camera; with a raised heel it is steeper.
_FLAT_DEG: Final = (-12.0, 25.0)
# The other foot is up if its lowest point is this far above the standing one; the far foot looks
# higher than it is, by perspective, but less than that.
_UP_LEGS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneLegStance:
    """The near leg in quiet standing, runner's axes, pixels.

    Attributes
    ----------
    toe_px
        Shape (2,), where the shoe tip is.
    flat_px
        How far the heel is above the shoe tip while the foot is flat; may be negative.
    leg_px
        Thigh plus shank.
    foot_px
        From heel to shoe tip.
    hip_px, ankle_px
        Shape (2,).
    knee_rad
        Knee flexion.
    read
        Whether the leg reader placed the points.
    """

    toe_px: Floats
    flat_px: float
    leg_px: float
    foot_px: float
    hip_px: Floats
    ankle_px: Floats
    knee_rad: float
    read: bool


class OneLegStanding:
    """Finder of a second of quiet standing on the near leg.

    Attributes
    ----------
    code
        Obstacle: ``hidden``, ``far_leg``, ``both_feet``, ``not_flat`` or ``moving``; ``still``
        without one.
    """

    def __init__(self) -> None:
        self.code = "waiting"
        self._kept: deque[tuple[float, LegSeen, LegSeen]] = deque()

    def forget(self) -> None:
        """Start over."""
        self._kept.clear()

    @property
    def progress(self) -> float:
        """Share of the second that was seen, 0 to 1."""
        if not self._kept:
            return 0.0
        return min((self._kept[-1][0] - self._kept[0][0]) / STILL_S, 1.0)

    def update(self, time_s: float, near: LegSeen, far: LegSeen) -> OneLegStance | None:
        """Add one frame; return the stance when a whole second was quiet."""
        self._kept.append((time_s, near, far))
        while len(self._kept) > 1 and self._kept[1][0] <= time_s - STILL_S:
            self._kept.popleft()
        if self._kept[0][0] > time_s - STILL_S:
            self.code = "still"
            return None
        return self._judge()

    def _judge(self) -> OneLegStance | None:
        near = _sure([near for _, near, _ in self._kept])
        far = _sure([far for _, _, far in self._kept])
        if len(near) < max(_LEAST_FRAMES, _LEAST_SHARE * len(self._kept)):
            self.code = "hidden"
            return None
        leg_px = _leg_px(near)
        if len(far) >= _LEAST_SHARE * len(self._kept):
            higher_legs = (_lowest(far) - _lowest(near)) / leg_px
            if higher_legs < _UP_LEGS:
                self.code = "far_leg" if higher_legs < -_UP_LEGS else "both_feet"
                return None
        self.code = _unrest(near, leg_px)
        if self.code != "still":
            return None
        toe, heel = np.median(near[:, TOE], axis=0), np.median(near[:, HEEL], axis=0)
        return OneLegStance(
            toe_px=toe,
            flat_px=float(heel[1] - toe[1]),
            leg_px=leg_px,
            foot_px=float(np.hypot(*(heel - toe))),
            hip_px=np.median(near[:, HIP], axis=0),
            ankle_px=np.median(near[:, ANKLE], axis=0),
            knee_rad=float(np.median([np.deg2rad(knee_deg(leg)) for leg in near])),
            read=self._kept[-1][1].read,
        )


def sure_foot(leg: LegSeen, leg_px: float) -> bool:
    """Return whether ankle, heel and toe are known well enough."""
    errors = leg.error_legs(leg_px)[ANKLE:]
    return bool(np.isfinite(leg.points).all() and (errors <= _LARGEST_ERROR_LEGS).all())


def _sure(legs: list[LegSeen]) -> Floats:
    """Return the legs that are known well, shape (n, 5, 2)."""
    points = [leg.points for leg in legs if sure_foot(leg, _leg_px(leg.points[None]))]
    return np.array(points) if points else np.empty((0, 5, 2))


def _leg_px(legs: Floats) -> float:
    thigh = np.hypot(*(legs[:, HIP] - legs[:, KNEE]).T)
    shank = np.hypot(*(legs[:, KNEE] - legs[:, ANKLE]).T)
    return float(np.median(thigh + shank))


def _lowest(legs: Floats) -> float:
    return float(np.median(legs[:, [HEEL, TOE], 1].min(axis=1)))


def _unrest(near: Floats, leg_px: float) -> str:
    rise = near[:, HEEL, 1] - near[:, TOE, 1]
    spreads = [_middle_half(rise), _middle_half(near[:, TOE, 0]), _middle_half(near[:, HIP, 1])]
    if max(spreads) > _MOST_MOTION_LEGS * leg_px:
        return "moving"
    angle = float(np.median(foot_angle_deg(near[:, HEEL], near[:, TOE])))
    return "still" if _FLAT_DEG[0] <= angle <= _FLAT_DEG[1] else "not_flat"


def _middle_half(values: Floats) -> float:
    low, high = np.percentile(values, [25, 75])
    return float(high - low)


def knee_deg(leg: Floats) -> float:
    """Return the knee flexion of one leg, shape (5, 2)."""
    return float(knee_flexion_deg(leg[HIP], leg[KNEE], leg[ANKLE]))
