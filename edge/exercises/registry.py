"""Registry of exercises by name; to add one, write its file and add a line here."""

from collections.abc import Callable
from functools import partial
from typing import Final

from edge.exercises.base import Exercise
from edge.exercises.locomotion import RUNNING, WALKING, Locomotion
from edge.exercises.neutral_stance import NEUTRAL, NeutralStance
from edge.exercises.set_up_check.check import SET_UP, SetUpCheck
from edge.messages.gait import Activity

EXERCISES: Final[dict[str, Callable[[], Exercise]]] = {
    RUNNING: partial(Locomotion, Activity.RUNNING),
    WALKING: partial(Locomotion, Activity.WALKING),
    NEUTRAL: NeutralStance,
    SET_UP: SetUpCheck,
}
