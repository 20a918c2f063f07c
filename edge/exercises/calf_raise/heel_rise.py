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
# How much that share is believed, beside what is seen: as much as a few frames at the top.
_BELIEF: Final = 0.05
# The two are compared where the heel is up by this.
_LEARNS_LEGS: Final = 0.04
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
    reader calls it. The hips rise with the ankle, by a share of the heel's rise that differs
    between people and is learnt in the set; the mean of both halves the noise of a raise's height.
    In frames where the foot is uncertain, as when the other foot hides it, the hips stand in.
    """

    def __init__(self, stance: OneLegStance) -> None:
        self._stance = stance
        self._window: deque[tuple[float, ...]] = deque()
        # Products of heel and hips, and of the hips with themselves: their ratio is the slope.
        self._products = np.array([_BELIEF * _HIP_SHARE, _BELIEF * _HIP_SHARE**2])
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
            up = self._slope * (hip[1] - stance.hip_px[1]) / leg_px
            return _HIP_ERROR_LEGS, up, np.nan, (hip[0] - stance.toe_px[0]) / leg_px, np.nan
        self.seen_s = time_s
        leg = min(found, key=self._off)
        points = leg.points
        rise = (points[HEEL, 1] - points[TOE, 1] - stance.flat_px) / leg_px
        rise = (rise + self._hips_say(rise, self._lift(leg))) / 2
        error = float(np.hypot(*leg.error_legs(leg_px)[[HEEL, TOE]]))
        x = (points[[HIP, ANKLE], 0] - stance.toe_px[0]) / leg_px
        return error, rise, knee_deg(points), x[0], x[1]

    @property
    def _slope(self) -> float:
        """How much the heel rises for what the hips rise."""
        return float(self._products[0] / self._products[1])

    def _lift(self, leg: LegSeen) -> float:
        """Return how far the ankle rose as the hips tell it, whatever knee and trunk do."""
        stance, points = self._stance, leg.points
        quiet = np.hypot(*(stance.hip_px - stance.ankle_px))
        span = quiet * np.cos(np.deg2rad(knee_deg(points)) / 2) / np.cos(stance.knee_rad / 2)
        ahead = points[HIP, 0] - points[ANKLE, 0]
        down = np.sqrt(max(span**2 - ahead**2, 0.0))
        return float((points[HIP, 1] - down - stance.ankle_px[1]) / stance.leg_px)

    def _hips_say(self, rise: float, lift: float) -> float:
        """Return the heel's rise as the hips tell it, and learn how the two go together."""
        if rise > _LEARNS_LEGS:
            self._products += lift * np.array([rise, lift])
        return self._slope * lift

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
        curve = _quadratic(t[known], values[known], error[known] ** -2)
        off = np.abs(values - curve @ (np.ones_like(t), t, t * t)) > _OUTLIER_LEGS
        if not (known & off).any():
            break
        known &= ~off
    return float(curve[0])


def _quadratic(t: Floats, values: Floats, weights: Floats) -> Floats:
    """Return the coefficients of the weighted quadratic, from the constant up.

    The normal equations: for nine samples within a third of a second they are exact enough, and
    ``polyfit`` takes ten times as long.
    """
    powers = np.array([np.ones_like(t), t, t * t])
    weighted = powers * weights
    return np.asarray(np.linalg.solve(weighted @ powers.T, weighted @ values))


def _level(values: Floats) -> float:
    """Return the median, NaN of nothing."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
