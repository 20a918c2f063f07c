"""The cadence that a runner is to reach, and whether it has been held."""

from collections import deque
from math import isfinite, nan
from typing import Final, NamedTuple

import numpy as np

from edge.settings.coaching_settings import CoachingSettings

# 16 steps, so that the mean is within 1 step/min: docs/gait-metrics.md, "Feedback dose".
_LEAST_STRIDES: Final = 8


class CadenceTarget(NamedTuple):
    """The target range and the tempo of a metronome, steps per minute; NaN without a baseline."""

    low_spm: float
    high_spm: float
    aim_spm: float


def cadence_target(baseline_spm: float, settings: CoachingSettings) -> CadenceTarget:
    """Return the target over a baseline, in whole steps per minute and never above the cap.

    Examples
    --------
    >>> cadence_target(160.4, CoachingSettings())
    CadenceTarget(low_spm=166.0, high_spm=168.0, aim_spm=166.4)
    """
    cap = baseline_spm * (1 + settings.cadence_cap_pct / 100)
    low = min(baseline_spm + settings.cadence_low_spm, cap)
    high = min(baseline_spm + settings.cadence_high_spm, cap)
    aim = min(baseline_spm + settings.cadence_aim_spm, cap)
    # Round inwards, so that the upper end never exceeds the cap.
    return CadenceTarget(float(np.ceil(low)), float(np.floor(high)), float(aim))


class CadenceGoal:
    """Whether the mean cadence has stayed inside the target for long enough.

    Notes
    -----
    Success is a 15-s mean inside baseline + 5 to baseline + 8 for 30 s. Source:
    docs/gait-metrics.md, "Feedback dose". Differs: none. A time without enough strides ends the
    stay inside, and a goal that was reached stays reached until ``reset``.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self._strides: deque[tuple[float, float]] = deque()
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._strides.clear()
        self._first_s = self._inside_s = nan
        self._reached = False

    @property
    def reached(self) -> bool:
        """Whether the cadence was held since the last reset."""
        return self._reached

    def update(self, time_s: float, cadence_spm: float, baseline_spm: float) -> None:
        """Add a valid stride of the near leg; without its cadence it changes nothing.

        Parameters
        ----------
        time_s
            Capture time at which it was decided.
        cadence_spm, baseline_spm
            Its cadence and that of the baseline, steps per minute.
        """
        if not isfinite(cadence_spm):
            return
        self._first_s = time_s if not isfinite(self._first_s) else self._first_s
        self._strides.append((time_s, cadence_spm))
        while self._strides[0][0] < time_s - self._settings.cadence_mean_s:
            self._strides.popleft()
        if not self._is_inside(time_s, baseline_spm):
            self._inside_s = nan
            return
        self._inside_s = time_s if not isfinite(self._inside_s) else self._inside_s
        self._reached |= time_s - self._inside_s >= self._settings.cadence_held_s

    def _is_inside(self, time_s: float, baseline_spm: float) -> bool:
        enough = len(self._strides) >= _LEAST_STRIDES
        if not (enough and time_s - self._first_s >= self._settings.cadence_mean_s):
            return False
        mean = float(np.mean([cadence for _, cadence in self._strides]))
        above = mean - baseline_spm
        return self._settings.cadence_low_spm <= above <= self._settings.cadence_high_spm
