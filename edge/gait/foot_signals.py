"""The few signals of one leg that its events are read from."""

from dataclasses import dataclass

import numpy as np

from edge.gait.smoother import SmoothPose
from edge.geometry import knee_flexion_deg, runner_axes
from edge.messages import Floats, Side
from edge.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_HIP, LEFT_LEG, RIGHT_HIP, RIGHT_LEG, TOE

# From the heel, the ball of the foot lies this share of the way to the toe tip.
BALL_SHARE = 0.74


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSignals:
    """One leg at one frame, in the runner's axes.

    Attributes
    ----------
    time_s, decided_at_s
        Frame described, and frame that completed its window.
    reach
        Ankle ahead of the mid hip, in leg lengths.
    knee_flexion_deg, knee_rate_deg_s
        Signed knee flexion, and how fast it grows.
    ball_forward_px_s, ball_up_px_s
        Velocity of the ball of the foot; forward is the running direction.
    speeds_px_s
        Nine velocities: the mid hip upwards, then knee, ankle, heel and toe, each forward and
        upwards.
    score
        Mean visibility of the legs' points, 0 to 1.
    """

    time_s: float
    decided_at_s: float
    reach: float
    knee_flexion_deg: float
    knee_rate_deg_s: float
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


def leg_signals(pose: SmoothPose, side: Side, facing: Side, leg_px: float) -> LegSignals:
    """Read one leg's signals from a smoothed pose; NaN where its points are absent."""
    points = runner_axes(pose.xy_px, facing)
    velocity = runner_axes(pose.velocity_px_s, facing)
    leg, speed = points[leg_indices(side)], velocity[leg_indices(side)]
    ball: Floats = speed[HEEL] + BALL_SHARE * (speed[TOE] - speed[HEEL])
    hips = [LEFT_HIP, RIGHT_HIP]
    mid_hip_x, mid_hip_up = points[hips, 0].mean(), velocity[hips, 1].mean()
    return LegSignals(
        time_s=pose.time_s,
        decided_at_s=pose.decided_at_s,
        reach=float((leg[ANKLE, 0] - mid_hip_x) / leg_px),
        knee_flexion_deg=float(knee_flexion_deg(leg[HIP], leg[KNEE], leg[ANKLE])),
        knee_rate_deg_s=_turn_rate_deg_s(leg[KNEE] - leg[HIP], speed[KNEE] - speed[HIP])
        - _turn_rate_deg_s(leg[ANKLE] - leg[KNEE], speed[ANKLE] - speed[KNEE]),
        ball_forward_px_s=float(ball[0]),
        ball_up_px_s=float(ball[1]),
        speeds_px_s=(float(mid_hip_up), *speed[KNEE:].ravel().tolist()),
        score=pose.score,
    )


def _turn_rate_deg_s(along: Floats, speed: Floats) -> float:
    """Return how fast a segment turns, its lower end forwards; NaN for one of no length."""
    turn = along[0] * speed[1] - along[1] * speed[0]
    square = along[0] ** 2 + along[1] ** 2
    return float(np.rad2deg(turn / square)) if square > 0 else float("nan")
