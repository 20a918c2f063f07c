"""Registry of exercises by name; to add one, write its file and add a line here."""

from collections.abc import Callable
from typing import Final

from edge.exercises.base import Exercise
from edge.exercises.calf_raise.calf_raise import CALF_RAISE, CalfRaise
from edge.exercises.locomotion import RUNNING, WALKING, Locomotion
from edge.exercises.neutral_stance import NEUTRAL, NeutralStance
from edge.exercises.set_up_check.check import SET_UP, SetUpCheck
from edge.messages.gait import Activity
from edge.messages.raises import ExercisePlan

EXERCISES: Final[dict[str, Callable[[ExercisePlan], Exercise]]] = {
    RUNNING: lambda _plan: Locomotion(Activity.RUNNING),
    WALKING: lambda _plan: Locomotion(Activity.WALKING),
    NEUTRAL: lambda _plan: NeutralStance(),
    SET_UP: lambda _plan: SetUpCheck(),
    CALF_RAISE: CalfRaise,
}
