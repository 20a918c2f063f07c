"""What keeps a light from flickering: entering, leaving and dwelling, all counted in strides."""

import numpy as np

from edge.coaching.limits import Band, Grade
from edge.messages.arrays import Floats
from edge.messages.verdict import VerdictState
from edge.numerics.statistics import trimmed_mean
from edge.settings.coaching_settings import CoachingSettings


class LimitSwitch:
    """Say whether strides are beyond one limit, with memory.

    Notes
    -----
    Turns on when the mean is beyond and enough of the strides are; turns off when the mean has been
    inside by a margin for a number of strides in a row.
    Source: docs/gait-metrics.md, "Verdict states". Differs: none.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Start again, not beyond."""
        self._on = False
        self._inside = 0

    def update(self, excess: Floats, inside: float) -> bool:
        """Take in the window at a new stride.

        Parameters
        ----------
        excess
            Shape (n,), n > 0, how far each stride is beyond the limit, positive beyond; no NaN.
        inside
            The margin for turning off, in the same unit, not negative.
        """
        mean = trimmed_mean(excess)
        if not self._on:
            self._on = mean > 0 and float(np.mean(excess > 0)) >= self._settings.share_beyond
            self._inside = 0
            return self._on
        self._inside = self._inside + 1 if mean <= -inside else 0
        if self._inside >= self._settings.dwell_strides:
            self.reset()
        return self._on


class MetricLight:
    """Grade one metric over its strides: one switch for each of its two limits."""

    def __init__(self, settings: CoachingSettings) -> None:
        self._amber = LimitSwitch(settings)
        self._red = LimitSwitch(settings)

    def reset(self) -> None:
        """Start again at green."""
        self._amber.reset()
        self._red.reset()

    def update(self, values: Floats, band: Band) -> Grade:
        """Take in the window at a new stride: shape (n,), n > 0, the metric's unit, no NaN."""
        amber = self._amber.update(band.worse * (values - band.amber), band.inside)
        red = self._red.update(band.worse * (values - band.red), band.inside)
        return Grade.RED if red else Grade.AMBER if amber else Grade.GREEN


class StateDwell:
    """Hold a state for a minimum number of strides before it may change."""

    def __init__(self, strides: int) -> None:
        self._strides = strides
        self.reset()

    def reset(self) -> None:
        """Let the next state in at once."""
        self._state: VerdictState | None = None
        self._held = 0

    def update(self, wanted: VerdictState) -> VerdictState:
        """Take in what the stride asks for; return what is in force."""
        if self._state is None or (wanted is not self._state and self._held >= self._strides):
            self._state = wanted
            self._held = 0
        self._held += 1
        return self._state
