"""Running and walking: what is done when nothing else is asked for."""

from typing import Final

from edge.exercises.base import Sight
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.gait import Activity

RUNNING: Final = "running"
WALKING: Final = "walking"


class Locomotion:
    """Say when the runner does what this exercise is, and when not; it has no end.

    Strides, verdicts and cues come from ``gait`` and ``coaching`` whatever the exercise.

    Parameters
    ----------
    activity
        Running or walking.
    """

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._code = ""

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Return an update whenever the runner begins or stops."""
        code = "on" if seen.state.activity is self._activity else "waiting"
        before, self._code = self._code, code
        if code == before:
            return []
        return [
            ExerciseUpdate(
                kind=str(self._activity),
                state=ExerciseState.MEASURING,
                time_s=seen.pose.time_s,
                code=code,
            )
        ]
