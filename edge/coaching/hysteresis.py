"""Hysteresis that keeps a light from flickering: entering, leaving and dwell, in strides."""

import numpy as np

from edge.coaching.limits import Band, Grade
from edge.messages.arrays import Floats
from edge.messages.verdict import VerdictState
from edge.numerics.statistics import trimmed_mean
from edge.settings.coaching_settings import CoachingSettings


class LimitSwitch:
    """Switch with hysteresis for one limit.

    Notes
    -----
    Turns on when the mean and enough of the strides are beyond the limit; turns off when the mean
    has been inside by a margin for a number of consecutive strides. Source: docs/gait-metrics.md,
    "Verdict states". Differs: none.
    """

    def __init__(self, settings: CoachingSettings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Turn off."""
        self._on = False
        self._inside = 0

    def update(self, excess: Floats, inside: float) -> bool:
        """Process the window at a new stride; return whether the switch is on.

        Parameters
        ----------
        excess
            Shape (n,), n > 0, distance of each stride beyond the limit, positive beyond; no NaN.
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
    """Light of one metric, with one switch for each of its two limits."""

    def __init__(self, settings: CoachingSettings) -> None:
        self._amber = LimitSwitch(settings)
        self._red = LimitSwitch(settings)

    def reset(self) -> None:
        """Restart at green."""
        self._amber.reset()
        self._red.reset()

    def update(self, values: Floats, band: Band) -> Grade:
        """Grade the window at a new stride: shape (n,), n > 0, in the metric's unit, no NaN."""
        amber = self._amber.update(band.worse * (values - band.amber), band.inside)
        red = self._red.update(band.worse * (values - band.red), band.inside)
        return Grade.RED if red else Grade.AMBER if amber else Grade.GREEN


class StateDwell:
    """Minimum dwell of a state, in strides, before it may change."""

    def __init__(self, strides: int) -> None:
        self._strides = strides
        self.reset()

    def reset(self) -> None:
        """Accept the next state at once."""
        self._state: VerdictState | None = None
        self._held = 0

    def update(self, wanted: VerdictState) -> VerdictState:
        """Process the state wanted by a stride; return the state in force."""
        if self._state is None or (wanted is not self._state and self._held >= self._strides):
            self._state = wanted
            self._held = 0
        self._held += 1
        return self._state
