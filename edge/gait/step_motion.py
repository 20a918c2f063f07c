"""Whether the legs move as a runner's do, whichever leg is which."""

from collections import deque
from dataclasses import dataclass
from math import isfinite, nan
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.numerics.periodicity import evenly_spaced, period_of

_OVER_S: Final = 2.0
# Three steps of slow running: fewer show no rhythm.
_LEAST_S: Final = 1.5
# Nobody runs with fewer than 120 or more than 286 steps a minute.
_STEP_S: Final = (0.21, 0.5)
# Samples per second on which the rhythm is looked for: ten and more to a step.
_RATE_HZ: Final = 50.0
# In leg lengths. The ankles of 17 rendered runners and three real ones are 0.55 to 1.1 apart at
# most; those of people who squat, rise on their toes or jump on the spot are less.
_APART_LEGS: Final = 0.45
# Legs that pass each other: somebody who jumps to and fro with legs spread does not reach it.
_PASSING_LEGS: Final = 0.2
# A runner lifts the swinging foot past the other one, by 0.3 and more, a walker by 0.19. In jumping
# jacks and split jumps both feet are at the same height (0.03).
_LIFT_LEGS: Final = 0.15
_LEVEL_LEGS: Final = 0.08
# Scatter of both ankles' mean against half their distance: the ankles of a runner move against each
# other (0.2 to 0.45); of a person who swings one leg, only one of them moves (1).
_AGAINST: Final = 0.65
_LEAST_LIKENESS: Final = 0.5
# Share of the samples beyond what counts as the least and the most: a few are stray points.
_FEW: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How the legs move.

    Attributes
    ----------
    step_s
        Time of one step, seconds; NaN unless the legs move as a runner's do.
    level
        Whether the feet go far apart at the same height, as in jumps and jacks: no gait.
    """

    step_s: float = nan
    level: bool = False


class StepMotion:
    """Detector of leg motion at a runner's step rate.

    Everything it uses is the same if near and far leg are exchanged, in any frame.
    """

    def __init__(self) -> None:
        self._past: deque[tuple[float, float, float, float]] = deque()

    def reset(self) -> None:
        """Forget the person."""
        self._past.clear()

    def add(self, time_s: float, one: tuple[float, float], other: tuple[float, float]) -> None:
        """Add one frame.

        Parameters
        ----------
        time_s
            Time of the pose, later than the last.
        one, other
            The ankles relative to the mid hip, in leg lengths, x along the belt; a frame with NaN
            is left out.
        """
        values = (one[0] - other[0], one[1] - other[1], one[0] + other[0])
        if isfinite(sum(values)):
            self._past.append((time_s, *values))
        while self._past and self._past[0][0] < time_s - _OVER_S:
            self._past.popleft()

    def steps(self) -> Steps:
        """Return how the legs have moved in the last two seconds."""
        if not self._past or self._past[-1][0] - self._past[0][0] < _LEAST_S:
            return Steps()
        table = np.array(self._past)
        return steps_of(table[:, 0], table[:, 1:3], table[:, 3])


def steps_of(times_s: Floats, apart: Floats, together: Floats) -> Steps:
    """Return how legs have moved.

    Parameters
    ----------
    times_s
        Shape (n,), seconds, increasing.
    apart
        Shape (n, 2), one ankle minus the other, in leg lengths; the sign of any row does not
        matter.
    together
        Shape (n,), the sum of both ankles' x relative to the mid hip, in leg lengths.
    """
    distance, rise = np.abs(apart).T
    ordered = np.sort(distance)
    few = int(_FEW * ordered.size)
    low, high = ordered[few], ordered[-1 - few]
    lift = np.sort(rise)[-1 - few]
    if high < _APART_LEGS or low > _PASSING_LEGS:
        return Steps()
    if lift < _LEVEL_LEGS:
        return Steps(level=True)
    against = float(together.std()) <= _AGAINST * float(np.sqrt(np.mean(distance**2)))
    if lift < _LIFT_LEGS or not against:
        return Steps()
    shortest, longest = (round(step_s * _RATE_HZ) for step_s in _STEP_S)
    lag, alike = period_of(evenly_spaced(times_s, distance, _RATE_HZ), shortest, longest)
    return Steps(step_s=lag / _RATE_HZ) if alike > _LEAST_LIKENESS else Steps()
