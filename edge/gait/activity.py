"""What the person does: absent, standing, walking or running."""

from collections import deque

import numpy as np

from edge.messages import Activity

_ABSENT_AFTER_S = 0.5
_STILL_OVER_S = 1.5
_STILL_RANGE_LEGS = 0.10
# A foot that is down for half of its stride leaves no time for flight.
_WALKING_DUTY = 0.5
_UNSURE = 0.02
_STRIDES = 3


class ActivityGate:
    """Decide from presence, the reach of the feet, and how much of each stride a foot is down.

    Notes
    -----
    Running has a flight phase, so each foot is down for less than half of its stride; walking has
    double support, so for more. Source: gait metrics 3.5. Differs: the near leg's own duty factor
    stands for flight, because the far leg's events are the less certain ones.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start again with nobody in view."""
        self.activity = Activity.ABSENT
        self._found_s = -np.inf
        self._reaches: deque[tuple[float, float]] = deque()
        self._duties: deque[float] = deque(maxlen=_STRIDES)

    def see(self, time_s: float, *, found: bool) -> Activity:
        """Take in whether a person was found in a frame."""
        if found:
            self._found_s = time_s
            if self.activity is Activity.ABSENT:
                self.activity = Activity.STANDING
        elif time_s - self._found_s > _ABSENT_AFTER_S:
            self.reset()
        return self.activity

    def move(self, time_s: float, reach_gap: float) -> Activity:
        """Take in how far the near ankle is ahead of the far one, in leg lengths."""
        if np.isfinite(reach_gap):
            self._reaches.append((time_s, reach_gap))
        while self._reaches and self._reaches[0][0] < time_s - _STILL_OVER_S:
            self._reaches.popleft()
        covered = self._reaches and time_s - self._reaches[0][0] > 0.8 * _STILL_OVER_S
        if covered and np.ptp([r for _, r in self._reaches]) < _STILL_RANGE_LEGS:
            self._duties.clear()
            if self.activity is not Activity.ABSENT:
                self.activity = Activity.STANDING
        return self.activity

    def stride(self, duty: float) -> Activity:
        """Take in the duty factor (stance over stride, 0 to 1) of one near-leg stride."""
        if np.isfinite(duty):
            self._duties.append(duty)
        if self._duties and self.activity is not Activity.ABSENT:
            middle = float(np.median(self._duties))
            moving = self.activity in (Activity.WALKING, Activity.RUNNING)
            if not moving or abs(middle - _WALKING_DUTY) > _UNSURE:
                walks = middle >= _WALKING_DUTY
                self.activity = Activity.WALKING if walks else Activity.RUNNING
        return self.activity
