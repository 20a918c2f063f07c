"""Signals of one leg from which its events are detected."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import atan2, degrees, nan

import numpy as np

from edge.gait.smoother import SmoothPose
from edge.messages.arrays import Floats
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG

# Position of the ball of the foot, as a share of the way from heel to toe tip.
BALL_SHARE = 0.74
# Indices of the leg, then of both hips.
_READ = {
    Side.LEFT: (*LEFT_LEG, LEFT_HIP, RIGHT_HIP),
    Side.RIGHT: (*RIGHT_LEG, LEFT_HIP, RIGHT_HIP),
}

Vector = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSignals:
    """One leg at one frame, in the runner's axes.

    Attributes
    ----------
    time_s, decided_at_s
        Time of the frame described, and of the frame that completed its window.
    reach
        Ankle ahead of the mid hip, in leg lengths.
    knee_flexion_deg, knee_rate_deg_s
        Signed knee flexion, and its rate of change.
    foot_deg
        Pitch of the foot from heel to toe tip, positive with the toes up.
    ball_forward_px_s, ball_up_px_s
        Velocity of the ball of the foot; forward is the running direction.
    speeds_px_s
        Nine velocities: the mid hip upwards; then knee, ankle, heel and toe, each forward and
        upwards.
    score
        Mean visibility of the legs' points, 0 to 1.
    """

    time_s: float
    decided_at_s: float
    reach: float
    knee_flexion_deg: float
    knee_rate_deg_s: float
    foot_deg: float
    ball_forward_px_s: float
    ball_up_px_s: float
    speeds_px_s: tuple[float, ...]
    score: float

    @property
    def heel_forward_px_s(self) -> float:
        """Velocity of the heel in the running direction."""
        return self.speeds_px_s[5]


def leg_indices(side: Side) -> list[int]:
    """Return the keypoint indices of one leg: hip, knee, ankle, heel, toe."""
    return list(LEFT_LEG if side is Side.LEFT else RIGHT_LEG)


def floats(values: Iterable[float]) -> Floats:
    """Return values as an array, shape (n,), also if there are none."""
    return np.array(list(values), float)


def times_of(samples: Iterable[LegSignals]) -> Floats:
    """Return the times of samples, shape (n,)."""
    return floats(s.time_s for s in samples)


def flexion_of(samples: Iterable[LegSignals]) -> Floats:
    """Return the knee flexion of samples, shape (n,), degrees."""
    return floats(s.knee_flexion_deg for s in samples)


def leg_signals(pose: SmoothPose, side: Side, facing: Side, leg_px: float) -> LegSignals:
    """Compute one leg's signals from a smoothed pose; NaN where its points are absent.

    Plain floats: NumPy takes several times as long for seven points, and this runs four times per
    frame.
    """
    hip, knee, ankle, heel, toe, *hips = _in_runner_axes(pose.xy_px, side, facing)
    hip_v, knee_v, ankle_v, heel_v, toe_v, *hips_v = _in_runner_axes(
        pose.velocity_px_s, side, facing
    )
    thigh, thigh_v = _less(knee, hip), _less(knee_v, hip_v)
    shank, shank_v = _less(ankle, knee), _less(ankle_v, knee_v)
    foot = _less(toe, heel)
    return LegSignals(
        time_s=pose.time_s,
        decided_at_s=pose.decided_at_s,
        reach=(ankle[0] - (hips[0][0] + hips[1][0]) / 2) / leg_px,
        knee_flexion_deg=(_forward_deg(thigh) - _forward_deg(shank) + 180.0) % 360.0 - 180.0,
        knee_rate_deg_s=_turn_rate_deg_s(thigh, thigh_v) - _turn_rate_deg_s(shank, shank_v),
        foot_deg=degrees(atan2(foot[1], foot[0])),
        ball_forward_px_s=heel_v[0] + BALL_SHARE * (toe_v[0] - heel_v[0]),
        ball_up_px_s=heel_v[1] + BALL_SHARE * (toe_v[1] - heel_v[1]),
        speeds_px_s=((hips_v[0][1] + hips_v[1][1]) / 2, *knee_v, *ankle_v, *heel_v, *toe_v),
        score=pose.score,
    )


def _in_runner_axes(xy_px: Floats, side: Side, facing: Side) -> list[Vector]:
    """Return the points of a leg in the runner's axes, as ``sagittal.runner_axes`` does."""
    forward = 1.0 if facing is Side.RIGHT else -1.0
    return [(forward * x, -y) for x, y in xy_px.take(_READ[side], axis=0).tolist()]


def _less(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1]


def _forward_deg(along: Vector) -> float:
    """Return a segment's angle to the vertical, positive with the lower end ahead."""
    return degrees(atan2(along[0], -along[1]))


def _turn_rate_deg_s(along: Vector, speed: Vector) -> float:
    """Return how fast a segment's lower end turns forward; NaN for zero length."""
    turn = along[0] * speed[1] - along[1] * speed[0]
    square = along[0] ** 2 + along[1] ** 2
    return degrees(turn / square) if square > 0 else nan
