"""The limits of the traffic lights at a belt speed: screening defaults, adjust per clinic.

None of them is a published injury cut-off. Source: docs/gait-metrics.md, "Limits"; the quantiles
are from 26 runners, the margins from the error budget, and the rest is choice.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import isfinite

from edge.messages.metric import Metric
from edge.settings.coaching_settings import (
    LIMIT_SPEED_ZERO_MPS,
    LIMIT_SPEEDS_MPS,
    CoachingSettings,
)


class Grade(IntEnum):
    """Grade of one value; higher is worse."""

    GREEN = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The two limits of one metric, in the metric's own unit.

    Attributes
    ----------
    amber, red
        A value is beyond a limit if it is strictly on its worse side; on the limit is inside.
    inside
        Distance inside a limit that the mean must reach to leave the state; not negative.
    worse
        +1 if larger values are worse, -1 if smaller ones are.
    """

    amber: float
    red: float
    inside: float
    worse: int = 1

    def grade(self, value: float) -> Grade:
        """Return the grade of one value, without hysteresis; NaN is green."""
        if self.worse * (value - self.red) > 0:
            return Grade.RED
        return Grade.AMBER if self.worse * (value - self.amber) > 0 else Grade.GREEN


def limits_at(settings: CoachingSettings, speed_mps: float) -> dict[Metric, Band]:
    """Return the limits of every voting metric at one belt speed.

    Parameters
    ----------
    settings
        Screening defaults, or the clinic's values.
    speed_mps
        Belt speed; clamped to 2.2 to 4.8. NaN, zero or less means unknown, and
        ``settings.unknown_speed_mps`` is used.

    Notes
    -----
    Source: docs/gait-metrics.md, "Limits". Differs: none.

    Examples
    --------
    >>> band = limits_at(CoachingSettings(), 2.5)[Metric.PUSH_OFF]
    >>> band.amber, band.red
    (22.5, 27.5)
    """
    s = settings
    ahead = limit_speed_mps(s, speed_mps) - LIMIT_SPEED_ZERO_MPS
    push_off = s.push_off_amber_deg + s.push_off_slope_deg * ahead
    thigh = s.thigh_amber_deg + s.thigh_slope_deg * ahead
    ankle = s.plantarflexion_amber_deg + s.plantarflexion_slope_deg * ahead
    return {
        Metric.KNEE_TOE: Band(
            amber=s.knee_toe_amber_pct,
            red=s.knee_toe_red_pct,
            inside=s.knee_toe_inside_pct,
        ),
        Metric.SHANK: Band(amber=s.shank_amber_deg, red=s.shank_red_deg, inside=s.angle_inside_deg),
        Metric.HIP_ANKLE: Band(
            amber=s.hip_ankle_amber_pct, red=s.hip_ankle_red_pct, inside=s.hip_ankle_inside_pct
        ),
        Metric.PUSH_OFF: Band(
            amber=push_off, red=push_off + s.push_off_red_above_deg, inside=s.angle_inside_deg
        ),
        Metric.THIGH: Band(
            amber=thigh, red=thigh - s.thigh_red_below_deg, inside=s.angle_inside_deg, worse=-1
        ),
        Metric.PLANTARFLEXION: Band(
            amber=ankle,
            red=ankle - s.plantarflexion_red_below_deg,
            inside=s.angle_inside_deg,
            worse=-1,
        ),
    }


def limit_speed_mps(settings: CoachingSettings, speed_mps: float) -> float:
    """Return the speed to use for limits: clamped, and never unknown."""
    known = isfinite(speed_mps) and speed_mps > 0
    low, high = LIMIT_SPEEDS_MPS
    return min(max(speed_mps if known else settings.unknown_speed_mps, low), high)
