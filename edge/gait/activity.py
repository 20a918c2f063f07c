"""Detection of activity: absent, standing, walking or running."""

from collections import deque

import numpy as np

from edge.gait.step_motion import StepMotion, Steps
from edge.messages.gait import Activity
from edge.numerics.quantiles import median

_ABSENT_AFTER_S = 0.5
# docs/gait-metrics.md, "Reference rules", has 1.5 s; walking never leaves the feet still for 1 s.
_STILL_OVER_S = 1.0
_STILL_RANGE_LEGS = 0.10
_BOUNCE_OVER_S = 2.0
_LEAST_SAMPLES = 12
_DECIDE_EVERY_S = 0.2
_BOUNCE_SCALE = 0.3
_CADENCE_MIDDLE_SPM = 135.0
_CADENCE_SCALE_SPM = 8.0
_MOST_CADENCE_SCORE = 3.0
_MOST_CADENCE_SPM = 205.0
_LONGEST_STRIDE_S = 2.0
_FORGET_AFTER_S = 2.5
# Cadence is undefined if stride times differ by more than this ratio.
_STEADY = 1.4
_SURE_SCORE = 1.0
_STRIDES = 3


class ActivityGate:
    """Classifier of activity from presence, foot distance, bounce of the hips and cadence.

    Notes
    -----
    A runner's hips are lowest while the legs pass each other; a walker's are highest. The sign of
    the correlation between hip height and ankle distance shows this. A cadence above 140 or below
    130 steps/min is the second criterion. Source: docs/gait-metrics.md, "Activity". Differs: bounce
    replaces flight, because it needs no events and does not depend on which leg is which. Where no
    stride is found, legs that move as a runner's are running all the same (``StepMotion``): the
    person is not standing because the legs cannot be told apart.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Restart with nobody in view."""
        self.activity = Activity.ABSENT
        self._found_s = -np.inf
        self._decided_s = -np.inf
        self._past: deque[tuple[float, float, float]] = deque()
        self._strides: deque[tuple[float, float]] = deque(maxlen=_STRIDES)
        self._steps = Steps()
        self._stood = False

    @property
    def undecided(self) -> bool:
        """Whether somebody is in view who has not been seen to stand still, walk or run yet."""
        return self.activity is Activity.STANDING and not self._stood

    @property
    def unclear(self) -> bool:
        """Whether the legs run, but no stride has been found lately."""
        return self.activity is Activity.RUNNING and not self._strides

    def resume(self, other: "ActivityGate") -> None:
        """Go on with what another gate knows of the same person, unless more is known here."""
        self._found_s = max(self._found_s, other._found_s)
        if self.activity in (Activity.ABSENT, Activity.STANDING):
            self.activity, self._stood = other.activity, self._stood or other._stood

    def see(self, time_s: float, *, found: bool) -> Activity:
        """Record whether a person was found in a frame; return the activity."""
        if found:
            self._found_s = time_s
            if self.activity is Activity.ABSENT:
                self.activity = Activity.STANDING
        elif time_s - self._found_s > _ABSENT_AFTER_S:
            self.reset()
        return self.activity

    def move(
        self, time_s: float, reach_gap: float, hip_height: float, motion: StepMotion | None = None
    ) -> Activity:
        """Add one smoothed pose; return the activity.

        Parameters
        ----------
        time_s
            Time of the pose.
        reach_gap
            Near ankle ahead of the far one, in leg lengths; NaN is ignored.
        hip_height
            Height of the mid hip above any fixed level, in leg lengths; NaN is ignored.
        motion
            How the legs move, whichever is which; without it running requires strides.
        """
        if np.isfinite(reach_gap) and np.isfinite(hip_height):
            self._past.append((time_s, reach_gap, hip_height))
        while self._past and self._past[0][0] < time_s - _BOUNCE_OVER_S:
            self._past.popleft()
        if self.activity is Activity.ABSENT or time_s - self._decided_s < _DECIDE_EVERY_S:
            return self.activity
        self._decided_s = time_s
        if motion is not None:
            self._steps = motion.steps()
        if self._still(time_s):
            self._strides.clear()
            self.activity, self._stood = Activity.STANDING, True
        else:
            self._decide(time_s)
        return self.activity

    def stride(self, time_s: float, stride_s: float) -> None:
        """Add the end and duration of a near-leg stride; NaN or over 2 s is ignored."""
        if stride_s < _LONGEST_STRIDE_S:
            self._strides.append((time_s, stride_s))
            if self.activity is not Activity.ABSENT:
                self._decide(time_s)

    def _still(self, time_s: float) -> bool:
        recent = [gap for t, gap, _ in self._past if t >= time_s - _STILL_OVER_S]
        covered = bool(self._past) and time_s - self._past[0][0] > 0.8 * _STILL_OVER_S
        return covered and bool(recent) and bool(np.ptp(recent) < _STILL_RANGE_LEGS)

    def _decide(self, time_s: float) -> None:
        self._judge(time_s)
        self._stood = self._stood and self.activity is Activity.STANDING

    def _judge(self, time_s: float) -> None:
        while self._strides and self._strides[0][0] < time_s - _FORGET_AFTER_S:
            self._strides.popleft()
        bounce = self._bounce() / _BOUNCE_SCALE
        durations = [s for _, s in self._strides]
        steady = durations and max(durations) < _STEADY * min(durations)
        score = bounce + (_cadence_score(120 / median(durations)) if steady else 0.0)
        if score < -_SURE_SCORE:
            self.activity = Activity.WALKING
        elif self._steps.level:
            # A walker may shuffle so; a runner does not.
            if self.activity is Activity.RUNNING:
                self.activity = Activity.STANDING
        elif self._strides:
            if score > _SURE_SCORE:
                self.activity = Activity.RUNNING
        elif bounce > 0 and bounce + _cadence_score(60 / self._steps.step_s) > _SURE_SCORE:
            self.activity = Activity.RUNNING
        elif self.activity is Activity.RUNNING:
            # Jumping also bounces, and shuffling does neither.
            self.activity = Activity.STANDING

    def _bounce(self) -> float:
        """Return the correlation of hip height with foot distance, -1 to 1; 0 if unknown."""
        if len(self._past) < _LEAST_SAMPLES:
            return 0.0
        table = np.array(self._past)
        time_s, apart, height = table[:, 0] - table[0, 0], np.abs(table[:, 1]), table[:, 2]
        if np.ptp(apart) < _STILL_RANGE_LEGS or time_s[-1] < _BOUNCE_OVER_S / 4:
            return 0.0
        # Drifting along the belt or towards the camera is not bouncing.
        height = height - np.polyval(np.polyfit(time_s, height, 2), time_s)
        spread = float(height.std() * apart.std())
        if spread == 0:
            return 0.0
        return float(((height - height.mean()) * (apart - apart.mean())).mean() / spread)


def _cadence_score(cadence_spm: float) -> float:
    """Return how much a cadence speaks for running, negative for walking; NaN for NaN."""
    if cadence_spm > _MOST_CADENCE_SPM:
        # Faster than people run: contacts of both feet were attributed to one.
        return 0.0
    score = (cadence_spm - _CADENCE_MIDDLE_SPM) / _CADENCE_SCALE_SPM
    return float(np.clip(score, -_MOST_CADENCE_SCORE, _MOST_CADENCE_SCORE))
