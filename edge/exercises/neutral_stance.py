"""The neutral stance: a runner's near leg in quiet standing."""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.exercises.base import Sight
from edge.messages.arrays import Floats
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.gait import Activity
from edge.messages.pose import Pose
from edge.messages.seen import Stance
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_LEG, RIGHT_LEG, TOE
from edge.numerics.sagittal import foot_angle_deg, knee_flexion_deg, runner_axes, shank_angle_deg

NEUTRAL: Final = "neutral"
# The code of a stance that is no longer in force: it is relative to the camera as it stood.
WITHDRAWN: Final = "camera_moved"
STILL_S: Final = 3.0
GIVE_UP_S: Final = 20.0
_LEAST_SHARE: Final = 0.6
_LEAST_FRAMES: Final = 30
# Limits of interquartile ranges: many single frames are misread while one leg hides the other.
_MOST_SWAY_LEGS: Final = 0.03
# The model scatters the knee angle in quiet standing by 2 to 6 degrees, as it exaggerates sway.
_MOST_SPREAD_DEG: Final = 8.0
# Outside this range the person is not standing at ease.
_KNEE_DEG: Final = (-15.0, 25.0)
_FOOT_DEG: Final = (-35.0, 25.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Progress of the measurement.

    Attributes
    ----------
    progress
        0 to 1, the share of the three still seconds.
    code
        Obstacle: ``no_runner``, ``moving``, ``hidden``, ``unclear`` or ``bent``; ``waiting`` or
        ``still`` without one.
    stance
        The result, once available.
    failed
        Whether the measurement was given up; ``code`` says why.
    """

    progress: float
    code: str
    stance: Stance | None = None
    failed: bool = False


class NeutralStance:
    """The exercise: stand still until the stance is measured or the time is up."""

    def __init__(self) -> None:
        self._still = StandingStill()
        self._reported = ("", -1)
        self._over = False

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Return an update at each tenth of the time, when the obstacle changes, and at the end.

        The values of the last update are the angles of the stance.
        """
        if self._over:
            return []
        standing = self._still.update(seen.pose, seen.state.activity)
        self._over = standing.failed or standing.stance is not None
        before, self._reported = self._reported, (standing.code, round(10 * standing.progress))
        if self._reported == before and not self._over:
            return []
        return [_update_of(standing, seen.pose.time_s)]

    def finish(self) -> list[ExerciseUpdate]:
        """Return nothing: half a stance is none."""
        return []


def _update_of(standing: Standing, time_s: float) -> ExerciseUpdate:
    stance = standing.stance
    state = ExerciseState.FAILED if standing.failed else ExerciseState.MEASURING
    angles = ("knee_flexion_deg", "shank_angle_deg", "foot_angle_deg")
    return ExerciseUpdate(
        kind=NEUTRAL,
        state=state if stance is None else ExerciseState.DONE,
        time_s=time_s,
        progress=standing.progress,
        code=standing.code,
        values={} if stance is None else {name: getattr(stance, name) for name in angles},
        stance=stance,
    )


class StandingStill:
    """Measurement of the near leg once a runner has stood still for three seconds.

    Notes
    -----
    Source: docs/gait-metrics.md, "Neutral stance". It takes the medians of knee flexion, shank and
    foot angle over raw keypoints, because nothing moves and smoothing is unnecessary. Differs: the
    middle half of the frames must agree on the ankle within 3 % of the leg (a choice) and on the
    knee within 8 degrees; if the legs cannot be distinguished, they do not agree. On seven rendered
    runners in quiet standing, the zero of the ankle (shank and foot together) was within 2.5
    degrees of the truth, and the knee was measured up to 5 degrees too straight. The facing comes
    from the feet and determines the near side, so it works before the first stride.
    """

    def __init__(self) -> None:
        self._began_s = np.nan
        self._kept: deque[tuple[float, Side, Floats]] = deque()
        self._code = "waiting"

    def update(self, pose: Pose, activity: Activity) -> Standing:
        """Process one frame's pose, after identity repair."""
        if np.isnan(self._began_s):
            self._began_s = pose.time_s
        found = self._look(pose, activity)
        if found is None:
            self._kept.clear()
        else:
            self._kept.append((pose.time_s, *found))
            stance = self._judge(pose.time_s)
            if stance is not None:
                return Standing(progress=1.0, code="done", stance=stance)
        failed = pose.time_s - self._began_s > GIVE_UP_S
        return Standing(progress=self._progress(pose.time_s), code=self._code, failed=failed)

    def _progress(self, time_s: float) -> float:
        if not self._kept:
            return 0.0
        return float(min((time_s - self._kept[0][0]) / STILL_S, 0.99))

    def _look(self, pose: Pose, activity: Activity) -> tuple[Side, Floats] | None:
        """Return the near side and both legs, shape (2, 5, 2); None if nobody is standing."""
        if not pose.found or activity is Activity.ABSENT:
            self._code = "no_runner"
            return None
        if activity is not Activity.STANDING:
            self._code = "moving"
            return None
        body = pose.body_px
        feet = body[[LEFT_LEG[TOE], RIGHT_LEG[TOE]]] - body[[LEFT_LEG[HEEL], RIGHT_LEG[HEEL]]]
        known = feet[np.isfinite(feet).all(axis=1), 0]
        if not known.size or known.sum() == 0:
            self._code = "hidden"
            return None
        # A person facing right shows the right side.
        side = Side.RIGHT if known.sum() > 0 else Side.LEFT
        self._code = "still"
        return side, body[[LEFT_LEG, RIGHT_LEG], :]

    def _judge(self, time_s: float) -> Stance | None:
        """Return the stance of the last three seconds, if they were still."""
        # Keep one frame from before the three seconds; otherwise they would be incomplete at the
        # next frame, and the obstacle would flicker.
        while len(self._kept) > 1 and self._kept[1][0] <= time_s - STILL_S:
            self._kept.popleft()
        if self._kept[0][0] > time_s - STILL_S:
            return None
        rights = sum(side is Side.RIGHT for _, side, _ in self._kept)
        # A single frame may be misread, but not three seconds: take the majority.
        side = Side.RIGHT if 2 * rights > len(self._kept) else Side.LEFT
        own = 1 if side is Side.RIGHT else 0
        legs = runner_axes(np.stack([both[own] for _, _, both in self._kept]), side)
        seen = legs[np.isfinite(legs).all(axis=(1, 2))]
        if len(seen) < max(_LEAST_FRAMES, _LEAST_SHARE * len(legs)):
            self._code = "hidden"
            return None
        knee = knee_flexion_deg(seen[:, HIP], seen[:, KNEE], seen[:, ANKLE])
        length = float(np.median(np.hypot(*(seen[:, HIP] - seen[:, ANKLE]).T)))
        sway = float(_middle_half(seen[:, ANKLE]).max())
        if sway > _MOST_SWAY_LEGS * length or float(_middle_half(knee)) > _MOST_SPREAD_DEG:
            self._code = "unclear"
            return None
        return self._stance(time_s, side, seen, knee)

    def _stance(self, time_s: float, side: Side, seen: Floats, knee: Floats) -> Stance | None:
        foot = float(np.median(foot_angle_deg(seen[:, HEEL], seen[:, TOE])))
        flexion = float(np.median(knee))
        if not (_KNEE_DEG[0] <= flexion <= _KNEE_DEG[1] and _FOOT_DEG[0] <= foot <= _FOOT_DEG[1]):
            self._code = "bent"
            return None
        return Stance(
            side=side,
            knee_flexion_deg=flexion,
            shank_angle_deg=float(np.median(shank_angle_deg(seen[:, KNEE], seen[:, ANKLE]))),
            foot_angle_deg=foot,
            captured_at_s=time_s,
        )


def _middle_half(values: Floats) -> Floats:
    """Return the interquartile range along the first axis."""
    low, high = np.percentile(values, [25, 75], axis=0)
    return np.asarray(high - low)
