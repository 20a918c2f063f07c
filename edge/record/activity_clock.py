"""Time spent absent, standing, walking and running."""

from math import isfinite
from typing import Final

from edge.messages.gait import Activity, GaitState

MOVING: Final = (Activity.WALKING, Activity.RUNNING)

_SETTLING_S: Final = 2.5
_GAP_S: Final = 2.0


class ActivityClock:
    """Sum of the time per activity; each interval counts for the state at its start.

    Notes
    -----
    The activity is decided from whole strides, so it is still standing at the start of motion.
    Standing for less than 2.5 s after the start or an absence, followed by walking or running, is
    therefore counted as what follows. A gap of 2 s or more without a state, as when the camera was
    lost, is counted as absence.
    """

    def __init__(self) -> None:
        self._totals_s = dict.fromkeys(Activity, 0.0)
        self._activity: Activity | None = None
        self._before: Activity | None = None
        self._stretch_s = 0.0
        self._time_s = 0.0

    @property
    def activity(self) -> Activity | None:
        """The latest state's activity; None before the first."""
        return self._activity

    def update(self, state: GaitState) -> None:
        """Add the next state; one without a time is ignored."""
        if not isfinite(state.time_s):
            return
        if self._activity is not None:
            elapsed_s = max(0.0, state.time_s - self._time_s)
            if elapsed_s >= _GAP_S:
                self._turn(Activity.ABSENT)
            self._stretch_s += elapsed_s
        self._turn(state.activity)
        self._time_s = max(self._time_s, state.time_s)

    def totals_s(self, last_s: float = 0.0) -> dict[Activity, float]:
        """Return the seconds of each activity, assuming that the latest state lasts ``last_s``."""
        totals_s = dict(self._totals_s)
        if self._activity is not None:
            totals_s[self._activity] += self._stretch_s + last_s
        return totals_s

    def _turn(self, activity: Activity) -> None:
        if activity is self._activity:
            return
        if self._activity is not None:
            owner = activity if self._settled_as(activity) else self._activity
            self._totals_s[owner] += self._stretch_s
        self._before, self._activity, self._stretch_s = self._activity, activity, 0.0

    def _settled_as(self, next_activity: Activity) -> bool:
        """Return whether this interval was only the wait for the first decided activity."""
        return (
            self._activity is Activity.STANDING
            and self._before in (None, Activity.ABSENT)
            and next_activity in MOVING
            and self._stretch_s < _SETTLING_S
        )
