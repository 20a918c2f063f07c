"""Detection of a change of belt speed, and of the warm-up strides after it."""

from collections import deque

import numpy as np

from edge.numerics.quantiles import median
from edge.settings.coaching_settings import CoachingSettings


class BeltWatch:
    """Monitor of belt speed over the strides of one leg.

    Notes
    -----
    A change is a speed away from the median of the previous strides, on the same side, for several
    strides in a row; these strides are the first of the warm-up. A slow drift is not a change:
    limits follow it. Source: docs/gait-metrics.md, "Verdict states" (the first 10 strides after a
    change of more than 0.4 m/s are not judged), a choice without literature. The change has to
    last, because a speed measured in the picture may be wrong for one stride.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self._before: deque[float] = deque(maxlen=settings.window_strides)
        self.reset()

    def reset(self) -> None:
        """Forget every speed; the start of a recording is not a change."""
        self._before.clear()
        self._away: list[float] = []
        self._warm_up = 0

    @property
    def warm_up(self) -> int:
        """Number of warm-up strides since the change; 0 outside the warm-up."""
        return self._warm_up

    @property
    def speed_mps(self) -> float:
        """Median speed of the last strides; NaN if unknown."""
        return median(self._before)

    def update(self, speed_mps: float) -> bool:
        """Add the speed of one stride; return whether the belt has just changed.

        Parameters
        ----------
        speed_mps
            Positive; anything else, including NaN, is unknown and has no effect.
        """
        if self._warm_up:
            self._warm_up = (self._warm_up + 1) % (self._settings.warm_up_strides + 1)
        if not (np.isfinite(speed_mps) and speed_mps > 0):
            return False
        change = speed_mps - self.speed_mps
        learned = len(self._before) >= self._settings.speed_change_strides
        if not learned or abs(change) <= self._settings.speed_change_mps:
            self._away.clear()
            self._before.append(speed_mps)
            return False
        if self._away and (self._away[-1] > self.speed_mps) != (change > 0):
            self._away.clear()
        self._away.append(speed_mps)
        if len(self._away) < self._settings.speed_change_strides:
            return False
        self._before.clear()
        self._before.extend(self._away)
        self._away.clear()
        seen = self._settings.speed_change_strides
        self._warm_up = seen if seen <= self._settings.warm_up_strides else 0
        return True
