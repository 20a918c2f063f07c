"""Running and walking; running is the default exercise."""

from typing import Final

from edge.exercises.base import Sight
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.gait import Activity

RUNNING: Final = "running"
WALKING: Final = "walking"


class Locomotion:
    """Running or walking as an exercise without an end.

    It reports only whether the runner is doing it; strides, verdicts and cues come from ``gait``
    and ``coaching`` during any exercise.

    Parameters
    ----------
    activity
        Running or walking.
    """

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._code = ""

    def update(self, seen: Sight) -> list[ExerciseUpdate]:
        """Return an update when the runner starts or stops."""
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

    def finish(self) -> list[ExerciseUpdate]:
        """Return nothing: it has no result."""
        return []
