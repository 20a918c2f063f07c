"""The heel's rise above the standing foot, from noisy points, smoothed with a short delay."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.exercises.calf_raise.legs_seen import LegSeen
from edge.exercises.calf_raise.one_leg_standing import OneLegStance, knee_deg, sure_foot
from edge.messages.arrays import Floats
from edge.messages.skeleton import ANKLE, HEEL, HIP, TOE

# Half the smoother's window: a quadratic over 0.27 s follows a raise of 1 s up, 1 s down.
_HALF_S: Final = 0.133
_LEAST_SAMPLES: Final = 4
# The toe of the foot that stands stays where it is; another leg's is elsewhere.
_IN_PLACE_LEGS: Final = 0.06
# The ankle, and with it a straight leg and the hips, rises by this share of the heel: of the length
# from heel to ball, what lies ahead of the ankle. Rendered raises: 0.62.
_HIP_SHARE: Final = 0.62
# The expected error of a rise read from the hips, in leg lengths: a bent knee spoils it.
_HIP_ERROR_LEGS: Final = 0.04
# A point this far from the curve, in leg lengths, is of another leg.
_OUTLIER_LEGS: Final = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class RiseSample:
    """One smoothed sample; lengths in leg lengths.

    Attributes
    ----------
    rise
        Heel above its standing height.
    knee_deg
        Knee flexion.
    hip_x, ankle_x
        Forward of the standing shoe tip.
    """

    time_s: float
    rise: float
    knee_deg: float
    hip_x: float
    ankle_x: float


class HeelRise:
    """Follower of the standing foot: each frame's rise, then a weighted local quadratic.

    Parameters
    ----------
    stance
        The foot in quiet standing.

    Notes
    -----
    The rise is the heel above the shoe tip, less than while standing: both are seen by the same
    camera, and neither sway nor a nodding camera changes it. The shoe tip of the standing leg does
    not move, so of the two legs seen the one whose tip is there is the standing one, whatever the
    reader calls it. In frames where its foot is uncertain, as when the other foot hides it, the
    hips' rise stands in: a straight leg carries them up with the ankle.
    """

    def __init__(self, stance: OneLegStance) -> None:
        self._stance = stance
        self._window: deque[tuple[float, ...]] = deque()
        self._given_s = -np.inf
        self.seen_s = -np.inf

    def update(self, time_s: float, near: LegSeen, far: LegSeen) -> list[RiseSample]:
        """Add one frame; return the samples whose window is now complete."""
        self._window.append((time_s, *self._measure(time_s, near, far)))
        while self._window[0][0] < time_s - 4 * _HALF_S:
            self._window.popleft()
        due = [row[0] for row in self._window if self._given_s < row[0] <= time_s - _HALF_S + 1e-3]
        return [sample for at in due if (sample := self._fit(at))]

    def _measure(self, time_s: float, near: LegSeen, far: LegSeen) -> tuple[float, ...]:
        """Return error, rise, knee, hip and ankle of one frame."""
        stance, leg_px = self._stance, self._stance.leg_px
        found = [leg for leg in (near, far) if sure_foot(leg, leg_px) and self._in_place(leg)]
        hip = near.points[HIP]
        if not found:
            up = (hip[1] - stance.hip_px[1]) / leg_px / _HIP_SHARE
            return _HIP_ERROR_LEGS, up, np.nan, (hip[0] - stance.toe_px[0]) / leg_px, np.nan
        self.seen_s = time_s
        leg = min(found, key=self._off)
        points = leg.points
        rise = (points[HEEL, 1] - points[TOE, 1] - stance.flat_px) / leg_px
        error = float(np.hypot(*leg.error_legs(leg_px)[[HEEL, TOE]]))
        x = (points[[HIP, ANKLE], 0] - stance.toe_px[0]) / leg_px
        return error, rise, knee_deg(points), x[0], x[1]

    def _off(self, leg: LegSeen) -> float:
        return float(np.hypot(*(leg.points[TOE] - self._stance.toe_px)))

    def _in_place(self, leg: LegSeen) -> bool:
        return self._off(leg) <= _IN_PLACE_LEGS * self._stance.leg_px

    def _fit(self, at_s: float) -> RiseSample | None:
        self._given_s = at_s
        rows = np.array([row for row in self._window if abs(row[0] - at_s) <= _HALF_S + 1e-3])
        t, error, values = rows[:, 0] - at_s, rows[:, 1], rows[:, 2:]
        rise = _robust(t, values[:, 0], error)
        if np.isnan(rise):
            return None
        knee, hip, ankle = (_level(values[:, i]) for i in (1, 2, 3))
        return RiseSample(time_s=at_s, rise=rise, knee_deg=knee, hip_x=hip, ankle_x=ankle)


def _robust(t: Floats, values: Floats, error: Floats) -> float:
    """Return the value at 0 of a weighted quadratic, fitted again without its outliers."""
    known = np.isfinite(values)
    for _ in range(2):
        if known.sum() < _LEAST_SAMPLES:
            return float("nan")
        curve = np.polyfit(t[known], values[known], 2, w=1 / error[known])
        known &= ~(np.abs(values - np.polyval(curve, t)) > _OUTLIER_LEGS)
    return float(curve[2])


def _level(values: Floats) -> float:
    """Return the median, NaN of nothing."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
